//! The tools that a model asked for in one breath, and who is on the line.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use crate::vapi::arguments::Arguments;
use crate::vapi::call_key::CallKeyParts;
use crate::vapi::text::{is_unresolved, one_line, scalar_text};
use crate::vapi::tool_call::ToolCall;

/// A message may ask for this many tools; calls beyond it are answered with a question, not acted on.
pub const MAX_ASKED: usize = 32;

/// The lists of tool calls, in order of preference. They repeat each other; the first that has
/// anything in it is read.
const LISTS: [&str; 3] = ["toolCallList", "toolCalls", WRAPPERS];
const WRAPPERS: &str = "toolWithToolCallList";

#[derive(Clone, PartialEq)]
pub struct ToolCallsMessage {
    /// One per item of the list, in its order, so that each gets a reply. An item that repeats an
    /// earlier one wholly (id, name and arguments) is the same call and is left out.
    pub calls: Vec<ToolCall>,
    /// The number that the telephone network gave; `None` on the web and in chats.
    pub caller_number: Option<String>,
    pub call: CallKeyParts,
}

impl ToolCallsMessage {
    /// From the object `message` of a server message.
    pub(super) fn read(message: &Value) -> Self {
        Self::new(read_calls(message), message)
    }

    /// The legacy form: one call, in `functionCall`.
    pub(super) fn read_function_call(message: &Value) -> Self {
        let function_call = message.get("functionCall").unwrap_or(&Value::Null);
        Self::new(vec![ToolCall::read_function_call(function_call)], message)
    }

    fn new(calls: Vec<ToolCall>, message: &Value) -> Self {
        let caller_number = ["/customer/number", "/call/customer/number"]
            .iter()
            .filter_map(|pointer| scalar_text(message.pointer(pointer)?))
            .map(|number| one_line(&number))
            .find(|number| !number.is_empty() && !is_unresolved(number));
        Self { calls, caller_number, call: CallKeyParts::read(message) }
    }

    /// Whether `message` carries a list of tool calls at all.
    pub(super) fn has_list(message: &Value) -> bool {
        LISTS.iter().any(|list| message.get(list).is_some_and(|v| v.is_array() || v.is_object()))
    }

    /// The calls to act on: the first [`MAX_ASKED`].
    pub fn asked(&self) -> impl Iterator<Item = &ToolCall> {
        self.calls.iter().take(MAX_ASKED)
    }

    /// The calls that are too many: each gets a reply, none is acted on.
    pub fn surplus(&self) -> impl Iterator<Item = &ToolCall> {
        self.calls.iter().skip(MAX_ASKED)
    }

    /// The caller's number: the envelope's, else the static parameter `caller_number` of the tool's
    /// definition. A definition without that parameter leaves its place to the model, so what comes
    /// from there is as good as the definition.
    pub fn caller_number_of<'a>(&'a self, arguments: &'a Arguments) -> Option<Cow<'a, str>> {
        self.caller_number.as_deref().map(Cow::Borrowed).or_else(|| arguments.text("caller_number"))
    }
}

fn read_calls(message: &Value) -> Vec<ToolCall> {
    let wrappers = items(message, WRAPPERS);
    let Some(list) = LISTS.iter().find(|list| !items(message, list).is_empty()) else {
        return Vec::new();
    };
    let mut calls: Vec<ToolCall> = Vec::new();
    for (place, item) in items(message, list).iter().enumerate() {
        let mut call = if *list == WRAPPERS {
            // Without a call inside, a wrapper's parameters are still not arguments.
            let inner = item.get("toolCall").unwrap_or(&Value::Null);
            ToolCall::read(inner, item)
        } else {
            ToolCall::read(item, wrapper_of(item, place, wrappers))
        };
        let same_id = || calls.iter().filter(|c| !call.id.is_empty() && c.id == call.id);
        if same_id().any(|c| c.name == call.name && c.arguments == call.arguments) {
            continue;
        }
        if same_id().next().is_some() {
            // Two wishes under one id: each is answered, and neither may pass for the other's repeat.
            call.key_by_wish();
        }
        calls.push(call);
    }
    calls
}

/// The wrapper with the item's id, else the one at its place if that names no id.
fn wrapper_of<'a>(item: &Value, place: usize, wrappers: &'a [Value]) -> &'a Value {
    let id = |v: &'a Value| v.pointer("/toolCall/id").filter(|id| !id.is_null());
    item.get("id")
        .filter(|own| !own.is_null())
        .and_then(|own| wrappers.iter().find(|w| id(w) == Some(own)))
        .or_else(|| wrappers.get(place).filter(|w| id(w).is_none()))
        .unwrap_or(&Value::Null)
}

/// A list's items; an object that stands alone is one.
fn items<'a>(message: &'a Value, list: &str) -> &'a [Value] {
    match message.get(list) {
        Some(Value::Array(items)) => items,
        Some(object @ Value::Object(_)) => std::slice::from_ref(object),
        _ => &[],
    }
}

/// Nothing of a person is ever printed, not even by accident.
impl fmt::Debug for ToolCallsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCallsMessage")
            .field("calls", &self.calls.len())
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
