//! One request for a tool, read from any of the shapes in which it has been seen or documented: the
//! name and the arguments stand in the item, in its `function`, or in a wrapper around it.

use std::fmt;

use serde_json::Value;

use crate::vapi::arguments::{Arguments, arguments_digest};
use crate::vapi::keep::Keep;
use crate::vapi::text::{hex, one_line, scalar_text, storable_key};

/// Vapi allows 80 characters for a tool's name.
const MAX_NAME_CHARACTERS: usize = 80;

/// What is kept of an item of any list of tool calls.
pub(super) const ITEM: Keep = Keep::Fields(&[
    ("id", Keep::Scalar),
    ("name", Keep::Scalar),
    ("function", FUNCTION),
    ("arguments", Keep::Flat),
    ("parameters", Keep::Flat),
    ("tool", Keep::Fields(&[("name", Keep::Scalar)])),
    ("toolCall", INNER),
]);
const INNER: Keep = Keep::Fields(&[
    ("id", Keep::Scalar),
    ("name", Keep::Scalar),
    ("function", FUNCTION),
    ("arguments", Keep::Flat),
    ("parameters", Keep::Flat),
]);
pub(super) const FUNCTION: Keep =
    Keep::Fields(&[("name", Keep::Scalar), ("arguments", Keep::Flat), ("parameters", Keep::Flat)]);

/// In order of precedence. Inside a wrapper `function.parameters` and `parameters` are the schema and
/// the static list, so arguments are never read from there.
const ARGUMENTS: [&str; 4] =
    ["/function/arguments", "/function/parameters", "/arguments", "/parameters"];

#[derive(Clone, PartialEq)]
pub struct ToolCall {
    /// As sent; the reply carries it back unchanged. Empty where there was none.
    pub id: String,
    /// What the call is stored and found under: the id on one line, at most 128 characters. Without an
    /// id, or where another call of the message has the same one, it is made from what was asked.
    pub key: String,
    pub name: Option<String>,
    pub arguments: Arguments,
}

impl ToolCall {
    /// `wrapper` is the item's counterpart in `toolWithToolCallList`, or null.
    pub(super) fn read(item: &Value, wrapper: &Value) -> Self {
        let (inner, wrapper) = match item.get("toolCall") {
            Some(inner) => (inner, item),
            None => (item, wrapper),
        };
        let counterpart = wrapper.get("toolCall").unwrap_or(&Value::Null);
        let id = [inner, counterpart].into_iter().find_map(|v| scalar_text(v.get("id")?));
        let name = [
            inner.pointer("/function/name"),
            inner.get("name"),
            wrapper.get("name"),
            wrapper.pointer("/function/name"),
            wrapper.pointer("/tool/name"),
            inner.pointer("/tool/name"),
        ];
        let arguments = ARGUMENTS
            .iter()
            .filter_map(|pointer| inner.pointer(pointer))
            .chain(ARGUMENTS.iter().filter_map(|pointer| counterpart.pointer(pointer)))
            .find(|value| !value.is_null());
        Self::new(
            id.unwrap_or_default(),
            name.into_iter().flatten().find_map(name_of),
            Arguments::read(arguments),
        )
    }

    /// The legacy `functionCall`, which has no id.
    pub(super) fn read_function_call(function_call: &Value) -> Self {
        let arguments = ["parameters", "arguments"]
            .iter()
            .filter_map(|key| function_call.get(key))
            .find(|value| !value.is_null());
        Self::new(
            String::new(),
            function_call.get("name").and_then(name_of),
            Arguments::read(arguments),
        )
    }

    fn new(id: String, name: Option<String>, arguments: Arguments) -> Self {
        let key = storable_key(&id);
        let mut call = Self { id, key, name, arguments };
        if call.key.is_empty() {
            call.key_by_wish();
        }
        call
    }

    /// Gives the call a key that only the same wish has.
    pub(super) fn key_by_wish(&mut self) {
        let digest = arguments_digest(self.name.as_deref().unwrap_or_default(), &self.arguments);
        self.key = storable_key(&format!("{}#{}", self.key, hex(&digest)));
    }
}

fn name_of(value: &Value) -> Option<String> {
    let name: String = one_line(&scalar_text(value)?).chars().take(MAX_NAME_CHARACTERS).collect();
    (!name.is_empty()).then_some(name)
}

/// Neither the name nor the arguments: a model may have put anything into them.
impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToolCall(***)")
    }
}
