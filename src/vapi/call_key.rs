//! Which conversation a tool call belongs to. Tool-call ids are short and repeat from one conversation
//! to the next, so they mean something only together with it.

use std::fmt;

use serde_json::Value;

use crate::vapi::text::{is_unresolved, scalar_text, storable_key};

/// The ids by which Vapi names a conversation, each storable: one line, at most 128 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallKeyParts {
    pub call_id: Option<String>,
    pub session_id: Option<String>,
    pub chat_id: Option<String>,
}

/// The scope in which a tool-call id means one thing, for example `call:…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKey(String);

impl CallKeyParts {
    /// From the object `message` of a server message.
    pub(super) fn read(message: &Value) -> Self {
        Self {
            call_id: id_at(message, "/call/id"),
            session_id: id_at(message, "/chat/sessionId"),
            chat_id: id_at(message, "/chat/id"),
        }
    }

    /// The call's id, else the chat's session, else the chat. `None` where Vapi names nothing: the
    /// tools then make a key from what was asked.
    pub fn key(&self) -> Option<CallKey> {
        let scoped = |kind: &str, id: &Option<String>| id.as_ref().map(|id| format!("{kind}:{id}"));
        scoped("call", &self.call_id)
            .or_else(|| scoped("session", &self.session_id))
            .or_else(|| scoped("chat", &self.chat_id))
            .map(CallKey)
    }
}

impl CallKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn id_at(message: &Value, pointer: &str) -> Option<String> {
    let key = storable_key(&scalar_text(message.pointer(pointer)?)?);
    (!key.is_empty() && !is_unresolved(&key)).then_some(key)
}
