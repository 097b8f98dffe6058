//! What we answer. Vapi drops a reply whose text has a line break or is not a string, so both are
//! ruled out here, whatever a sentence was made from. The status is always 200.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::vapi::text::one_line;
use crate::vapi::tool_call::ToolCall;

#[derive(Clone, PartialEq)]
pub struct ToolReply {
    /// As it was sent.
    pub tool_call_id: String,
    /// As it was asked for; empty where the call had none.
    pub name: String,
    /// The sentence: `Ok` also for a refusal, `Err` only where we failed technically.
    pub body: Result<String, String>,
    /// For machines: an object, or null for none.
    pub metadata: Value,
}

/// The replies to one message, in the order of its calls.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolReplies(pub Vec<ToolReply>);

impl ToolReply {
    pub fn to(call: &ToolCall, body: Result<String, String>, metadata: Value) -> Self {
        let name = call.name.clone().unwrap_or_default();
        Self { tool_call_id: call.id.clone(), name, body, metadata }
    }

    fn to_json(&self) -> Value {
        let (key, sentence) = match &self.body {
            Ok(sentence) => ("result", sentence),
            Err(sentence) => ("error", sentence),
        };
        let mut item = Map::new();
        item.insert("toolCallId".to_owned(), json!(self.tool_call_id));
        item.insert("name".to_owned(), json!(self.name));
        item.insert(key.to_owned(), json!(one_line(sentence)));
        if !self.metadata.is_null() {
            item.insert("metadata".to_owned(), self.metadata.clone());
        }
        Value::Object(item)
    }
}

impl ToolReplies {
    /// The body for a message of type `tool-calls`.
    pub fn to_json(&self) -> Value {
        json!({ "results": self.0.iter().map(ToolReply::to_json).collect::<Vec<_>>() })
    }

    /// The body for a legacy message of type `function-call`, which knows neither ids nor errors.
    pub fn to_function_call_json(&self) -> Value {
        let sentence = self.0.first().map(|reply| match &reply.body {
            Ok(sentence) | Err(sentence) => one_line(sentence),
        });
        json!({ "result": sentence.unwrap_or_default() })
    }
}

/// A sentence may name a patient.
impl fmt::Debug for ToolReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToolReply(***)")
    }
}
