//! Names that a voice says, a text prints and a caller repeats: what they may hold, and that no two of a
//! kind sound alike.

use crate::domain::patient::fold_name;

use super::reading::{Section, Text};

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

/// The place of what `text` names among `names`, however it is spelled.
pub(super) fn find(names: &[String], text: Text<'_>) -> Option<usize> {
    let folded = fold_name(text.text);
    names.iter().position(|name| fold_name(name) == folded)
}

/// Whether an earlier name sounds like the last one, which would make every mention of either a question.
pub(super) fn is_repeated(names: &[String]) -> bool {
    names.split_last().is_some_and(|(last, earlier)| {
        earlier.iter().any(|name| fold_name(name) == fold_name(last))
    })
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
