//! Messages that are not about tools are answered `{}` and leave nothing; the legacy message is answered
//! by its sentence alone; tools that we do not have are refused in words.

use serde_json::{Value, json};
use vapi_gateway::tools::Tool;

use crate::harness::fixtures::{fixtures, folders};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{ToolCall, check_availability};

/// Whether a folder's bodies ask for something.
fn is_about_tools(folder: &str) -> bool {
    Tool::find(folder).is_some() || ["function-call", "tool-calls"].contains(&folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_message_is_answered_with_an_empty_object() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let mut seen = 0;
    for folder in folders().iter().filter(|folder| !is_about_tools(folder)) {
        for body in fixtures(folder) {
            assert_eq!(gateway.replay("demo", &body).await, json!({}), "{folder}/{}", body.name);
            seen += 1;
        }
    }
    assert!(seen >= 35, "only {seen} messages");
    assert_eq!(gateway.traces().await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_does_not_exist_yet_is_answered_too() {
    let gateway = Gateway::unhurried().await;
    for kind in ["telepathy-update", "tool-calls-v2", "", "tool.completed", "TOOL-CALLS"] {
        let body = json!({ "message": { "type": kind, "toolCallList": [
            { "id": "call_1", "name": "check_availability", "arguments": {} } ] } });
        assert_eq!(gateway.post("demo", &body).await, (200, json!({})), "{kind:?}");
    }
}

/// What each legacy body is told, of which a machine reads nothing.
const LEGACY: [(&str, &str); 7] = [
    ("book_appointment_garbage", "I did not get the details of that."),
    ("book_appointment_object", "That is booked: Tuesday, November twenty-fourth at two thirty PM"),
    ("book_appointment_string", "That is booked: Tuesday, November twenty-fourth at two thirty PM"),
    ("check_availability_garbage", "I did not get the details of that."),
    ("check_availability_object", "On Tuesday, November twenty-fourth, I have nine AM,"),
    ("check_availability_string", "On Tuesday, November twenty-fourth, I have nine AM,"),
    ("unknown_function", "I cannot do that here."),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_legacy_message_is_answered_by_its_sentence_alone() {
    let gateway = Gateway::unhurried().await;
    let bodies = fixtures("function-call");
    let names: Vec<&str> = bodies.iter().map(|body| body.name.as_str()).collect();
    assert_eq!(names, LEGACY.map(|(name, _)| name));
    for (body, (name, starts)) in bodies.iter().zip(LEGACY) {
        let answer = gateway.replay("demo", body).await;
        let said = answer["result"].as_str().expect("a sentence");
        assert_eq!(answer, json!({ "result": said }), "{name}");
        assert!(said.starts_with(starts), "{name}: {said}");
        gateway.forget().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_we_do_not_have_is_refused_in_words() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    for tool in ["order_pizza", "book", "appointment", "cancel_appointment", "book_appointment2"] {
        let call = ToolCall { tool, ..check_availability(json!({ "date": "2026-11-24" })) };
        let reply = gateway.call("demo", &call).await;
        assert_eq!(reply.outcome(), "unknown_tool", "{tool}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"I cannot do that here. I can look for free times, or book an appointment. Which would you like?");
        }
    }
    assert_eq!(gateway.traces().await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_is_known_however_a_model_spells_it() {
    let gateway = Gateway::unhurried().await;
    for tool in
        ["checkAvailability", "CHECK_AVAILABILITY", "check-availability", "Check Availability"]
    {
        let call = ToolCall { tool, ..check_availability(Value::Null) };
        // The reply carries the name as it was asked for.
        assert_eq!(gateway.call("demo", &call).await.outcome(), "offered", "{tool}");
    }
}
