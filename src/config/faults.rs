//! What is wrong with a configuration, one line each. A fault names a key and a rule, never a value
//! that could be secret.

use std::fmt;

/// All that is wrong, in the order in which it was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ConfigFaults(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// A key, a variable or a file.
    place: String,
    what: String,
}

impl ConfigFaults {
    /// The lines as they are shown, without line ends.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Fault::to_string)
    }

    pub(super) fn add(&mut self, place: &str, what: impl Into<String>) {
        self.0.push(Fault { place: place.escape_debug().to_string(), what: what.into() });
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether something is wrong with this key itself, so that comparing it would only add noise.
    pub(super) fn concern(&self, key: &str) -> bool {
        self.0.iter().any(|fault| fault.place == key)
    }

    /// `value`, if nothing is wrong.
    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.what)
    }
}

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            let line_end = if i == 0 { "" } else { "\n" };
            write!(f, "{line_end}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFaults {}
