//! Several calls in one message: one reply for each, in their order, under their ids; and items that are
//! hardly calls at all.

use serde_json::{Value, json};

use crate::harness::fixtures::{Fixture, fixture, fixtures};
use crate::harness::gateway::Gateway;

/// `(id, name, outcome)` of each reply.
fn replies(answer: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let items = answer["results"].as_array().expect("results");
    items
        .iter()
        .map(|i| (text(&i["toolCallId"]), text(&i["name"]), text(&i["metadata"]["outcome"])))
        .collect()
}

fn json_of(fixture: &Fixture) -> Value {
    serde_json::from_slice(&fixture.body).expect("JSON")
}

fn ids_in(body: &Value) -> Vec<String> {
    let list = body["message"]["toolCallList"].as_array().cloned().unwrap_or_default();
    list.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Each body of `tool-calls` with the outcomes of its replies.
const EXPECTED: [(&str, &[&str]); 19] = [
    ("deep_nesting", &["offered"]),
    ("empty_list", &[]),
    ("envelope_of_nulls", &["offered"]),
    ("envelope_of_wrong_types", &["offered"]),
    (
        "items_that_are_none",
        &[
            "offered",
            "unknown_tool",
            "unknown_tool",
            "unknown_tool",
            "unknown_tool",
            "unknown_tool",
        ],
    ),
    ("large", &["booked"]),
    ("lone_surrogate", &["question"]),
    ("missing_arguments", &["offered"]),
    ("missing_id", &["offered"]),
    ("missing_name", &["unknown_tool"]),
    ("no_list", &[]),
    ("nul_character", &["question"]),
    ("number_as_id", &["offered"]),
    ("number_beyond_a_double", &["question"]),
    ("parallel_tools", &["offered", "unknown_tool", "booked"]),
    ("same_id_for_two_wishes", &["offered", "offered"]),
    ("same_item_twice", &["offered"]),
    ("short_ids", &["offered", "offered"]),
    ("unknown_tool", &["unknown_tool"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_message_is_answered_as_expected() {
    let gateway = Gateway::unhurried().await;
    gateway.forget().await;
    let nothing = gateway.traces().await;
    let bodies = fixtures("tool-calls");
    let names: Vec<&str> = bodies.iter().map(|b| b.name.as_str()).collect();
    let table = EXPECTED;
    assert_eq!(names, table.map(|(name, _)| name).to_vec());
    for (body, (name, outcomes)) in bodies.iter().zip(table) {
        let answer = gateway.replay("demo", body).await;
        let told: Vec<String> = replies(&answer).into_iter().map(|(.., outcome)| outcome).collect();
        assert_eq!(told, *outcomes, "{name}: {answer:#}");
        if !outcomes.contains(&"booked") {
            assert_eq!(gateway.traces().await, nothing, "{name}");
        }
        gateway.forget().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_come_in_the_order_of_the_calls() {
    let gateway = Gateway::unhurried().await;
    for (folder, name) in [
        ("tool-calls", "parallel_tools"),
        ("tool-calls", "short_ids"),
        ("tool-calls", "same_id_for_two_wishes"),
        ("book_appointment", "parallel"),
        ("check_availability", "parallel"),
    ] {
        let body = fixture(folder, name);
        let answer = gateway.replay("demo", &body).await;
        let ids: Vec<String> = replies(&answer).into_iter().map(|(id, ..)| id).collect();
        assert_eq!(ids, ids_in(&json_of(&body)), "{name}");
        gateway.forget().await;
    }
    // Each has the words of its own wish.
    let answer = gateway.replay("demo", &fixture("tool-calls", "same_id_for_two_wishes")).await;
    let words: Vec<&str> = answer["results"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|i| i["result"].as_str())
        .collect();
    assert!(words[0].starts_with("On Tuesday, November twenty-fourth,"), "{words:?}");
    assert!(words[1].starts_with("On Wednesday, November twenty-fifth,"), "{words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_call_counts_for_a_later_one() {
    let gateway = Gateway::unhurried().await;
    let item = |id: &str, tool: &str, arguments: Value| json!({ "id": id, "function": { "name": tool, "arguments": arguments } });
    let wish = |name: &str| json!({ "patient_name": name, "date": "2026-11-24", "time": "9 AM", "provider": "Lee" });
    let free = json!({ "date": "2026-11-24", "provider": "Lee" });
    let body = json!({ "message": { "type": "tool-calls", "call": { "id": "one" },
        "customer": { "number": "+12125550142" }, "toolCallList": [
            item("1", "check_availability", free.clone()),
            item("2", "book_appointment", wish("Ada Sample")),
            item("3", "check_availability", free),
            item("4", "book_appointment", wish("Ada Sample")),
    ]}});
    let (_, answer) = gateway.post("demo", &body).await;
    let outcomes: Vec<String> = replies(&answer).into_iter().map(|(.., outcome)| outcome).collect();
    assert_eq!(outcomes, ["offered", "booked", "offered", "already_booked"]);
    let first = |n: usize| answer["results"][n]["metadata"]["slots"][0]["starts_at"].clone();
    assert_eq!(
        (first(0), first(2)),
        (json!("2026-11-24T14:00:00Z"), json!("2026-11-24T14:30:00Z"))
    );
    assert_eq!(gateway.count("appointments").await, 1);
    assert_eq!(gateway.count("sms_messages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_conversation_can_mean_is_too_much() {
    let gateway = Gateway::unhurried().await;
    let items: Vec<Value> = (0..40)
        .map(
            |n| json!({ "id": format!("call_{n}"), "name": "check_availability", "arguments": {} }),
        )
        .collect();
    let body = json!({ "message": { "type": "tool-calls", "toolCallList": items } });
    let (_, answer) = gateway.post("demo", &body).await;
    let replies = replies(&answer);
    assert_eq!(replies.len(), 40);
    for (n, (id, name, outcome)) in replies.iter().enumerate() {
        assert_eq!(
            (id.as_str(), name.as_str()),
            (format!("call_{n}").as_str(), "check_availability")
        );
        assert_eq!(outcome, if n < 32 { "offered" } else { "question" });
    }
    insta::assert_snapshot!(answer["results"][39]["result"].as_str().unwrap_or_default(), @"That was too much at once. Which one thing shall I do first?");
}
