//! Names that a voice says, a text prints and a caller repeats: what they may hold, and that no two of a
//! kind sound alike.

use crate::domain::patient::fold_name;

use super::reading::Section;

/// Longer names leave no room for the rest of a sentence or a text.
const LONGEST: usize = 80;

/// Means something to a model or to a reader of markup, or nothing to a voice.
const UNSPEAKABLE: &str = "[]{}<>|\\*_`~^";

/// The section's required `name`, if it is one.
pub(super) fn read(section: &mut Section<'_, '_>) -> String {
    let Some(text) = section.required_text("name") else { return String::new() };
    if let Some(fault) = fault(text.text) {
        section.fault_of(text, &fault);
    }
    text.text.trim().to_owned()
}

/// The names of a kind, in the file's order, as they sound.
#[derive(Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Adds a name. False: it sounds like an earlier one, and every mention of either would be a question.
    pub(super) fn add(&mut self, name: &str) -> bool {
        let folded = fold_name(name);
        // A name that is no name has its fault already.
        let is_new = folded.is_empty() || !self.0.contains(&folded);
        self.0.push(folded);
        is_new
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The place of what is named, however it is spelled.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let folded = fold_name(name);
        self.0.iter().position(|name| *name == folded)
    }
}

fn fault(name: &str) -> Option<String> {
    let is_unspeakable = |c: char| {
        let invisible = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        c.is_control() || (c.is_whitespace() && c != ' ') || invisible || UNSPEAKABLE.contains(c)
    };
    if fold_name(name).is_empty() {
        Some("must have letters or digits".to_owned())
    } else if name.chars().any(is_unspeakable) {
        Some(format!(
            "has a character that cannot be spoken: line ends, tabs or one of {UNSPEAKABLE}"
        ))
    } else if name.trim().chars().count() > LONGEST {
        Some(format!("must have at most {LONGEST} characters"))
    } else {
        None
    }
}
