//! A recorded conversation while it is being replayed. Recorded bodies name what only the gateway can
//! know by placeholders: [`SLOT_ID`] for the first slot it offered last, `$REPLY_1` for its first
//! sentence as the assistant spoke it. Everything else is sent as recorded.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;

/// In a recorded body, stands for the first slot of the latest offer.
pub const SLOT_ID: &str = "$SLOT_ID";

/// Where a body names the conversation.
const CONVERSATION_IDS: [&str; 3] =
    ["/message/call/id", "/message/chat/id", "/message/chat/sessionId"];
const LISTS: [&str; 3] = ["toolCallList", "toolCalls", "toolWithToolCallList"];

/// What the bodies and replies so far leave behind for the next body.
#[derive(Default)]
pub struct Conversation {
    fresh_ids: bool,
    /// Recorded id → the one that is sent.
    ids: HashMap<String, String>,
    /// Placeholder → what it stands for.
    known: HashMap<String, String>,
    replies: usize,
}

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Caller,
    Assistant,
}

impl Conversation {
    /// `fresh_ids` gives conversations and tool calls new ids, so that no gateway recognizes them; an id
    /// that stands in several bodies stays one id.
    pub fn new(fresh_ids: bool) -> Self {
        Self { fresh_ids, ..Self::default() }
    }

    /// The body to send. One that is not JSON stays as it was recorded.
    pub fn rewrite(&mut self, recorded: Vec<u8>) -> Vec<u8> {
        let Ok(mut body) = serde_json::from_slice::<Value>(&recorded) else { return recorded };
        let mut names = self.known.clone();
        if self.fresh_ids {
            for id in ids_of(&body) {
                let fresh = || format!("replay-{}", Uuid::new_v4());
                let fresh = self.ids.entry(id.clone()).or_insert_with(fresh).clone();
                names.insert(id, fresh);
            }
        }
        if names.is_empty() {
            return recorded;
        }
        rename(&mut body, &names);
        body.to_string().into_bytes()
    }

    /// Takes in what the gateway answered.
    pub fn remember(&mut self, reply: &Value) {
        for sentence in sentences(reply) {
            self.replies += 1;
            self.known.insert(format!("$REPLY_{}", self.replies), spoken(sentence).to_owned());
        }
        let results = reply.get("results").and_then(Value::as_array);
        let offered = results
            .into_iter()
            .flatten()
            .find_map(|item| item.pointer("/metadata/slots/0/slot_id")?.as_str());
        if let Some(slot) = offered {
            self.known.insert(SLOT_ID.to_owned(), slot.to_owned());
        }
    }
}

/// The sentences of a reply, in order: of `results`, or of a legacy `result`.
pub fn sentences(reply: &Value) -> Vec<&str> {
    let results = reply.get("results").and_then(Value::as_array);
    results
        .into_iter()
        .flatten()
        .chain([reply])
        .filter_map(|item| item.get("result").or_else(|| item.get("error"))?.as_str())
        .collect()
}

/// What is said of a sentence: all but the bracket for the model.
pub fn spoken(sentence: &str) -> &str {
    sentence.split_once(" [").map_or(sentence, |(spoken, _)| spoken)
}

/// What was said on the line so far, as the body carries it: each body repeats the turns of those
/// before it.
pub fn turns(body: &Value) -> Vec<(Speaker, &str)> {
    let messages = body.pointer("/message/artifact/messages").and_then(Value::as_array);
    messages
        .into_iter()
        .flatten()
        .filter_map(|turn| {
            let speaker = match turn.get("role")?.as_str()? {
                "user" => Speaker::Caller,
                "bot" | "assistant" => Speaker::Assistant,
                _ => return None,
            };
            Some((speaker, turn.get("message")?.as_str()?))
        })
        .collect()
}

/// The ids of the conversation and of its tool calls.
fn ids_of(body: &Value) -> BTreeSet<String> {
    let conversation = CONVERSATION_IDS.iter().filter_map(|pointer| body.pointer(pointer));
    let tool_calls = LISTS
        .iter()
        .filter_map(|list| body.get("message")?.get(list)?.as_array())
        .flatten()
        .flat_map(|item| [item.get("id"), item.pointer("/toolCall/id")])
        .flatten();
    let ids = conversation.chain(tool_calls).filter_map(Value::as_str);
    ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

/// Replaces every string that is one of `names`, wherever it stands.
fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(name) = names.get(text) {
                name.clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Object(members) => members.values_mut().for_each(|member| rename(member, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
