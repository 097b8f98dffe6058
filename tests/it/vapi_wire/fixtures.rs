//! Every recorded body, and what is read from it.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::Value;
use vapi_gateway::vapi::{Arguments, ServerMessage};

use super::{fixture, fixture_files, root, tool_calls};

const TOOLS: [&str; 2] = ["check_availability", "book_appointment"];
const SHAPES: [&str; 10] = ["a", "a_prime", "b", "c", "d", "e", "e_wrapped", "f", "f_list", "g"];

#[test]
fn every_shape_of_a_call_is_the_same_call() {
    for tool in TOOLS {
        for shape in SHAPES {
            let body = fixture(&format!("{tool}/shape_{shape}.json"));
            let message = tool_calls(ServerMessage::parse(&body).unwrap());
            let [call] = message.calls.as_slice() else { panic!("{shape}: not one call") };
            assert!(call.id.starts_with("call_") && call.key == call.id, "{tool} {shape}");
            assert_eq!(call.name.as_deref(), Some(tool), "{shape}");
            let said = |key| call.arguments.text(key).map(|t| t.into_owned());
            assert_eq!(said("date").as_deref(), Some("2026-11-24"), "{tool} {shape}");
            assert_eq!(said("service").as_deref(), Some("Consultation"), "{tool} {shape}");
            let name = (tool == "book_appointment").then_some("Robin Sample");
            assert_eq!(said("patient_name").as_deref(), name, "{tool} {shape}");
            let caller = message.caller_number_of(&call.arguments);
            assert_eq!(caller.as_deref(), Some("+12125550142"), "{tool} {shape}");
            let key = message.call.key().map(|key| key.to_string());
            assert_eq!(key.is_some(), shape != "a_prime", "{tool} {shape}");
        }
    }
}

#[test]
fn every_shape_is_recorded_for_every_tool() {
    for tool in TOOLS {
        for shape in SHAPES {
            assert!(root().join(format!("fixtures/vapi/{tool}/shape_{shape}.json")).exists());
        }
    }
}

/// One line per body: what kind it is, whose call, which tools with which arguments.
#[test]
fn what_is_read_from_every_body() {
    let mut lines = String::new();
    for file in fixture_files("").iter().filter(|f| f.extension().is_some_and(|e| e == "json")) {
        let name = file.strip_prefix(root().join("fixtures")).unwrap().display();
        let message = ServerMessage::parse(&std::fs::read(file).unwrap()).unwrap();
        write!(lines, "{name}: {}", message.kind()).unwrap();
        if let ServerMessage::ToolCalls(calls) | ServerMessage::FunctionCall(calls) = &message {
            let caller = calls.caller_number.as_deref().unwrap_or("nobody");
            let scope = calls.call.key().map_or("none".to_owned(), |key| {
                key.as_str().split(':').next().unwrap().to_owned()
            });
            write!(lines, " by {caller} in {scope}").unwrap();
            for call in &calls.calls {
                let id = if call.id.is_empty() { "no id" } else { "id" };
                let tool = call.name.as_deref().unwrap_or("?");
                let arguments = match &call.arguments {
                    Arguments::Object(members) => Value::from(members.clone()).to_string(),
                    Arguments::NotAnObject => "not an object".to_owned(),
                };
                write!(lines, "\n    {tool} ({id}) {arguments}").unwrap();
            }
        }
        lines.push('\n');
    }
    insta::assert_snapshot!("what_is_read_from_every_body", lines);
}

#[test]
fn a_body_lies_in_the_folder_of_its_tool_or_message() {
    for file in fixture_files("vapi") {
        let folder = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let message = ServerMessage::parse(&std::fs::read(&file).unwrap()).unwrap();
        match &message {
            ServerMessage::ToolCalls(calls) if folder != "tool-calls" => {
                for call in &calls.calls {
                    assert_eq!(call.name.as_deref(), Some(folder), "{}", file.display());
                }
            }
            ServerMessage::Other { kind, .. } if folder != "unknown-type" => {
                assert!(kind.starts_with(folder), "{}", file.display());
            }
            other => assert!(
                [other.kind(), "unknown-type"].contains(&folder),
                "{}: {}",
                file.display(),
                other.kind()
            ),
        }
    }
}

/// A conversation or tool call that appeared twice would answer the second test with the first's words.
#[test]
fn no_two_bodies_share_an_id() {
    let mut seen = HashSet::new();
    for file in fixture_files("vapi") {
        let message = ServerMessage::parse(&std::fs::read(&file).unwrap()).unwrap();
        if let ServerMessage::ToolCalls(calls) = message {
            let ids = calls.calls.iter().filter(|call| call.id.starts_with("call_")).map(|c| &c.id);
            for id in ids.collect::<HashSet<_>>() {
                assert!(seen.insert(id.clone()), "{}: {id}", file.display());
            }
            let key = calls.call.key().map(|key| key.to_string());
            assert!(key.is_none_or(|key| seen.insert(key)), "{}", file.display());
        }
    }
}

#[test]
fn the_large_body_has_the_size_of_a_real_one() {
    let body = fixture("tool-calls/large.json");
    assert!((50_000..80_000).contains(&body.len()), "{}", body.len());
    let message = tool_calls(ServerMessage::parse(&body).unwrap());
    assert_eq!(message.calls.len(), 1);
    assert_eq!(message.calls[0].arguments.text("provider").as_deref(), Some("Doctor Weber"));
}
