//! What Vapi POSTs: a closed enum with an honest `Other`, because message types are added monthly.
//! Only what a reply needs is read; the assistant, the transcript and the credentials that travel in
//! the same body are skipped and never held.

use serde_json::Value;

use crate::vapi::call_key::CallKeyParts;
use crate::vapi::keep::{self, Keep};
use crate::vapi::text::one_line;
use crate::vapi::tool_call::{FUNCTION, ITEM};
use crate::vapi::tool_calls_message::ToolCallsMessage;

const MAX_KIND_CHARACTERS: usize = 80;

const CUSTOMER: Keep = Keep::Fields(&[("number", Keep::Scalar)]);
const BODY: Keep = Keep::Fields(&[(
    "message",
    Keep::Fields(&[
        ("type", Keep::Scalar),
        ("call", Keep::Fields(&[("id", Keep::Scalar), ("customer", CUSTOMER)])),
        ("chat", Keep::Fields(&[("id", Keep::Scalar), ("sessionId", Keep::Scalar)])),
        ("customer", CUSTOMER),
        ("functionCall", FUNCTION),
        ("toolCallList", Keep::Items(&ITEM)),
        ("toolCalls", Keep::Items(&ITEM)),
        ("toolWithToolCallList", Keep::Items(&ITEM)),
    ]),
)]);

#[derive(Debug, Clone, PartialEq)]
pub enum ServerMessage {
    /// Answered with one reply per call.
    ToolCalls(ToolCallsMessage),
    /// The legacy form: always one call, answered by its sentence alone.
    FunctionCall(ToolCallsMessage),
    /// Answered with an empty object.
    Other { kind: String, call: CallKeyParts },
}

/// Why a body is refused. Nothing that stands inside a tool's arguments leads here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAServerMessage {
    #[error("the body is not JSON")]
    NotJson,
    #[error("the body has no object `message` with a string `type`")]
    NoMessage,
}

impl ServerMessage {
    /// Reads a body. One documented shape of tool calls leaves `type` out, so a message that has none
    /// is one if it carries a list of them; another spells the type `tool_calls`.
    pub fn parse(body: &[u8]) -> Result<Self, NotAServerMessage> {
        let body = keep::read(body, BODY).ok_or(NotAServerMessage::NotJson)?;
        let message =
            body.get("message").filter(|m| m.is_object()).ok_or(NotAServerMessage::NoMessage)?;
        match message.get("type") {
            Some(Value::String(kind)) => Ok(Self::of_kind(kind, message)),
            None | Some(Value::Null) if ToolCallsMessage::has_list(message) => {
                Ok(Self::ToolCalls(ToolCallsMessage::read(message)))
            }
            _ => Err(NotAServerMessage::NoMessage),
        }
    }

    /// The message's type as Vapi names it, for logs and counters.
    pub fn kind(&self) -> &str {
        match self {
            Self::ToolCalls(_) => "tool-calls",
            Self::FunctionCall(_) => "function-call",
            Self::Other { kind, .. } => kind,
        }
    }

    /// The conversation that the message belongs to.
    pub fn call(&self) -> &CallKeyParts {
        match self {
            Self::ToolCalls(message) | Self::FunctionCall(message) => &message.call,
            Self::Other { call, .. } => call,
        }
    }

    fn of_kind(kind: &str, message: &Value) -> Self {
        match kind {
            "tool-calls" | "tool_calls" => Self::ToolCalls(ToolCallsMessage::read(message)),
            "function-call" => Self::FunctionCall(ToolCallsMessage::read_function_call(message)),
            other => Self::Other {
                kind: one_line(other).chars().take(MAX_KIND_CHARACTERS).collect(),
                call: CallKeyParts::read(message),
            },
        }
    }
}
