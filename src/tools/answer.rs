//! What a tool call is answered with: words for the assistant, facts for machines.

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::clock::wall_now;
use crate::domain::outcome::Outcome;
use crate::domain::sms::SmsState;
use crate::tools::offering::NamedSlot;
use crate::vapi::{ToolCall, ToolReply, arguments_digest};

/// How long a sender without call, chat or session may repeat a tool call and be recognized.
const STRAY_WINDOW_SECONDS: i64 = 600;

/// An answer, before it is put into Vapi's form.
#[derive(Clone, PartialEq)]
pub struct Answer {
    words: String,
    metadata: Value,
    failed: bool,
}

impl Answer {
    pub(super) fn new(outcome: Outcome, words: String) -> Self {
        Self { words, metadata: json!({ "outcome": outcome.as_str() }), failed: false }
    }

    /// A technical failure: the words go into `error`, so that the assistant does not take them for a no.
    pub(super) fn failed(words: String) -> Self {
        Self { failed: true, ..Self::new(Outcome::Unavailable, words) }
    }

    /// The same words as before.
    pub(super) fn recorded(words: String, metadata: Value) -> Self {
        Self { words, metadata, failed: false }
    }

    pub(super) fn with_appointment(mut self, id: Uuid, starts_at: OffsetDateTime) -> Self {
        self.set("appointment_id", json!(id));
        self.set("starts_at", json!(rfc3339(starts_at)));
        self
    }

    pub(super) fn with_sms(mut self, sms: &SmsState) -> Self {
        self.set("sms_status", json!(sms.status.as_str()));
        self.set("sms_reason", json!(sms.reason.as_ref().map(ToString::to_string)));
        self
    }

    pub(super) fn with_slots(mut self, slots: &[NamedSlot]) -> Self {
        let slots: Vec<Value> = slots
            .iter()
            .map(|s| {
                let starts_at = rfc3339(s.starts_at);
                json!({ "slot_id": s.slot_id, "starts_at": starts_at, "provider": s.provider })
            })
            .collect();
        self.set("slots", Value::Array(slots));
        self
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }

    pub(super) fn metadata(&self) -> &Value {
        &self.metadata
    }

    pub(super) fn metadata_text(&self, key: &str) -> Option<String> {
        self.metadata.get(key).and_then(Value::as_str).map(str::to_owned)
    }

    pub(super) fn into_reply(self, call: &ToolCall) -> ToolReply {
        let body = if self.failed { Err(self.words) } else { Ok(self.words) };
        ToolReply::to(call, body, self.metadata)
    }

    fn set(&mut self, key: &str, value: Value) {
        let members = self.metadata.as_object_mut();
        members.unwrap_or(&mut Map::new()).insert(key.to_owned(), value);
    }
}

/// The scopes of a tool call that names no call, chat or session: who asks, what, and about when. The
/// second is that of now; the others are those of the windows beside it, because a repetition may fall on
/// the other side of an edge.
pub(super) fn stray_call_keys(caller_number: Option<&str>, call: &ToolCall) -> [String; 3] {
    let window = wall_now().unix_timestamp().div_euclid(STRAY_WINDOW_SECONDS);
    let name = call.name.as_deref().unwrap_or_default();
    let mut told = Vec::new();
    for part in [caller_number.unwrap_or_default(), &call.key] {
        told.extend_from_slice(digest(&SHA256, part.as_bytes()).as_ref());
    }
    told.extend_from_slice(&arguments_digest(name, &call.arguments));
    let digest = digest(&SHA256, &told);
    let hex: String = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    [window - 1, window, window + 1].map(|window| format!("stray:{hex}:{window}"))
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
