//! What is wrong with a clinic's file, one line each. A fault names the line, the key and the rule, never
//! the value: a secret may stand where it should not.

use std::fmt;

/// All that is wrong, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFaults(Vec<(usize, String)>);

impl FileFaults {
    pub(super) fn new(mut faults: Vec<(usize, String)>) -> Self {
        faults.sort_by_key(|(line, _)| *line);
        Self(faults)
    }

    /// The lines as they are shown, without line ends.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(line, what)| format!("line {line}: {what}"))
    }
}

impl fmt::Display for FileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for FileFaults {}
