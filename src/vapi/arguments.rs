//! The arguments of a tool call, in whatever form a model wrote them. Reading one never fails: what is
//! not there, not filled in or not a scalar is `None`, and the tool asks for it.

use std::borrow::Cow;
use std::fmt;

use ring::digest::{Context, SHA256};
use serde_json::{Map, Value};

use crate::vapi::keep::{self, Keep};
use crate::vapi::text::{is_unresolved, one_line, scalar_text};

/// Characters kept of one argument; notes are the longest of them.
const MAX_TEXT_CHARACTERS: usize = 1000;

/// What was handed to a tool. Static parameters of the tool's definition are already among them.
#[derive(Clone, PartialEq)]
pub enum Arguments {
    /// Scalars by name; an array or object inside has lost its content, because no tool reads one.
    /// No key and no string holds a NUL, which Postgres could not store.
    Object(Map<String, Value>),
    /// An array, a number, a string that is no JSON: to be asked again, never a failure.
    NotAnObject,
}

impl Arguments {
    /// No arguments at all is an empty object; a string is JSON, as in the documented form.
    pub(super) fn read(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Object(Map::new()),
            Some(Value::Object(members)) => Self::Object(members.iter().map(without_nul).collect()),
            Some(Value::String(json)) if json.trim().is_empty() => Self::Object(Map::new()),
            Some(Value::String(json)) => match keep::read(json.as_bytes(), Keep::Flat) {
                // One level is unwrapped, not two: a string in a string is not what anybody sends.
                Some(Value::String(_)) | None => Self::NotAnObject,
                Some(inner) => Self::read(Some(&inner)),
            },
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_)) => Self::NotAnObject,
        }
    }

    /// The argument `key` as one trimmed line of at most 1,000 characters; numbers and booleans as
    /// text. `None` where it is missing, null, an array or object, blank, `"null"`, `"undefined"`, or a
    /// template that nobody filled in. `"none"` is a word that somebody said, and stays.
    ///
    /// The exact key comes first; else one that differs only in case and separators (`patientName`).
    pub fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        let Self::Object(members) = self else { return None };
        members.get(key).and_then(spoken).or_else(|| {
            let wanted = fold(key);
            members.iter().filter(|(k, _)| fold(k) == wanted).find_map(|(_, v)| spoken(v))
        })
    }

    /// The first of `keys` that has a [`text`](Self::text).
    pub fn text_any(&self, keys: &[&str]) -> Option<Cow<'_, str>> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// The argument `key` as a yes or no; `None` where it is neither.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.text(key)?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }
}

/// SHA-256 over the tool's name and all its arguments, whatever their order: the same wish has the
/// same digest.
pub fn arguments_digest(tool: &str, arguments: &Arguments) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(tool.as_bytes());
    context.update(b"\0");
    match arguments {
        Arguments::Object(members) => {
            // Sorted here and not left to the map, whose order is a compile-time choice of any crate.
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in sorted {
                // Neither holds a NUL, so that no two lists of arguments run together alike.
                context.update(key.as_bytes());
                context.update(b"\0");
                context.update(value.to_string().as_bytes());
                context.update(b"\0");
            }
        }
        Arguments::NotAnObject => context.update(b"\0"),
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

fn spoken(value: &Value) -> Option<Cow<'_, str>> {
    let line = match value {
        // Most arguments are tidy, and borrowed.
        Value::String(text) if is_tidy(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(cut(&one_line(&scalar_text(other)?))),
    };
    let absent = line.is_empty()
        || is_unresolved(&line)
        || ["null", "undefined"].iter().any(|word| line.eq_ignore_ascii_case(word));
    (!absent).then_some(line)
}

fn is_tidy(text: &str) -> bool {
    text.len() <= MAX_TEXT_CHARACTERS
        && text.trim() == text
        && !text.contains("  ")
        && !text.chars().any(|c| c != ' ' && (c.is_whitespace() || c.is_control()))
}

fn cut(line: &str) -> String {
    line.chars().take(MAX_TEXT_CHARACTERS).collect()
}

fn fold(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn without_nul((key, value): (&String, &Value)) -> (String, Value) {
    let value = match value {
        Value::String(text) => Value::String(text.replace('\0', " ")),
        other => other.clone(),
    };
    (key.replace('\0', " "), value)
}

/// Nothing of a person is ever printed, not even by accident.
impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(members) => write!(f, "Arguments({} ***)", members.len()),
            Self::NotAnObject => f.write_str("Arguments(not an object)"),
        }
    }
}
