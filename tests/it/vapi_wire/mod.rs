//! Vapi's wire: what is read from every recorded body, what no sender can break, signatures, the
//! tools' definitions, and replaying.

mod definitions;
mod fixtures;
mod reading;
mod replaying;
mod replies;
mod signatures;
mod strange;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vapi_gateway::vapi::{Arguments, ServerMessage, ToolCallsMessage};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `fixtures/{folder}`, sorted.
fn fixture_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("fixtures").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

fn fixture(path: &str) -> Vec<u8> {
    std::fs::read(root().join("fixtures/vapi").join(path)).unwrap()
}

fn parse(body: &Value) -> ServerMessage {
    ServerMessage::parse(body.to_string().as_bytes()).unwrap()
}

fn tool_calls(message: ServerMessage) -> ToolCallsMessage {
    match message {
        ServerMessage::ToolCalls(calls) | ServerMessage::FunctionCall(calls) => calls,
        ServerMessage::Other { kind, .. } => panic!("{kind} is not about tools"),
    }
}

/// The arguments of a call that has `value` as its `function.arguments`.
fn arguments(value: &Value) -> Arguments {
    let item = json!({ "id": "call_1", "function": { "name": "t", "arguments": value } });
    let body = json!({ "message": { "type": "tool-calls", "toolCallList": [item] } });
    tool_calls(parse(&body)).calls[0].arguments.clone()
}
