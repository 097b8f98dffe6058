//! Arguments of every JSON type, at every place where a shape has them: an object and its text mean the
//! same; no arguments mean none; anything else is a question that leaves nothing behind.

use serde_json::{Value, json};

use super::only_item;
use crate::harness::gateway::Gateway;

/// A message whose one call has `arguments`, in each shape.
fn bodies(tool: &str, arguments: &Value, serial: &str) -> Vec<Value> {
    let id = |shape: &str| format!("call_{serial}_{shape}");
    let message = |message: Value| {
        let mut message = message;
        message["call"] = json!({ "id": format!("{serial}-{}", message["n"]) });
        message["customer"] = json!({ "number": "+12125550142" });
        json!({ "message": message })
    };
    let function = |key: &str| json!({ "name": tool, key: arguments });
    vec![
        message(json!({ "n": 1, "type": "tool-calls",
            "toolCallList": [{ "id": id("a"), "type": "function", "function": function("arguments") }] })),
        message(json!({ "n": 2, "type": "tool-calls",
            "toolCallList": [{ "id": id("b"), "name": tool, "arguments": arguments }] })),
        message(json!({ "n": 3, "type": "tool-calls",
            "toolCallList": [{ "id": id("c"), "name": tool, "parameters": arguments }] })),
        message(json!({ "n": 4, "type": "tool-calls",
            "toolCallList": [{ "id": id("d"), "function": function("parameters") }] })),
        message(json!({ "n": 5, "type": "tool_calls",
            "toolCallList": [{ "tool": { "name": tool }, "toolCall": { "id": id("e"), "arguments": arguments } }] })),
        message(json!({ "n": 6, "type": "tool-calls",
            "toolWithToolCallList": [{ "type": "function",
                "function": { "name": tool, "parameters": { "type": "object", "properties": { "date": { "type": "string" } } } },
                "toolCall": { "id": id("f"), "parameters": arguments } }] })),
        message(json!({ "n": 7, "type": "tool-calls",
            "toolCalls": [{ "id": id("g"), "type": "function", "function": function("arguments") }] })),
    ]
}

const TOOLS: [&str; 2] = ["check_availability", "book_appointment"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_object_is_a_question_in_every_shape() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let odd = [
        json!("certainly! {"),
        json!("{\"date\": \"2026-11-24\""),
        json!("[]"),
        json!("7"),
        json!("true"),
        json!("\"{}\""),
        json!([]),
        json!([{ "date": "2026-11-24" }]),
        json!(7),
        json!(-0.5),
        json!(true),
        json!(false),
    ];
    for (tool, (number, arguments)) in
        TOOLS.into_iter().flat_map(|tool| odd.iter().enumerate().map(move |odd| (tool, odd)))
    {
        for body in bodies(tool, arguments, &format!("odd{number}{tool}")) {
            let (status, answer) = gateway.post("demo", &body).await;
            assert_eq!(status, 200);
            let item = only_item(&answer);
            assert_eq!(item["metadata"]["outcome"], "question", "{body}");
            insta::allow_duplicates! {
                insta::assert_snapshot!(item["result"].as_str().unwrap_or_default(), @"I did not get the details of that. Could you tell me again what you would like, and for which day and time?");
            }
        }
    }
    assert_eq!(gateway.traces().await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_arguments_are_no_wish_in_every_shape() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    for (number, arguments) in
        [json!(null), json!({}), json!(""), json!("  "), json!("{}"), json!("null")]
            .iter()
            .enumerate()
    {
        for (tool, starts) in [
            ("check_availability", "On Monday, November twenty-third, I have one PM, "),
            ("book_appointment", "What is the patient's full name, please?"),
        ] {
            for body in bodies(tool, arguments, &format!("none{number}{tool}")) {
                let (_, answer) = gateway.post("demo", &body).await;
                let words = only_item(&answer)["result"].as_str().unwrap_or_default();
                assert!(words.starts_with(starts), "{body}: {words}");
            }
        }
    }
    assert_eq!(gateway.traces().await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_and_its_text_mean_the_same_in_every_shape() {
    let gateway = Gateway::unhurried().await;
    let wish = json!({ "patient_name": "Robin Sample", "date": "2026-11-24", "time": "2:30 PM",
                       "provider": "Dr. Weber", "notes": "By the \"window\", please." });
    let count = "appointments WHERE notes = 'By the \"window\", please.'";
    for (serial, arguments) in [("object", wish.clone()), ("text", json!(wish.to_string()))] {
        for body in bodies("book_appointment", &arguments, serial) {
            gateway.forget().await;
            let (_, answer) = gateway.post("demo", &body).await;
            let item = only_item(&answer);
            assert_eq!(item["metadata"]["outcome"], "booked", "{body}");
            let words = item["result"].as_str().unwrap_or_default();
            assert!(words.contains("at two thirty PM with Doctor Jonas Weber."), "{words}");
            assert_eq!(gateway.count(count).await, 1, "{body}");
        }
    }
}

/// Single arguments of a wrong type are as good as not said, or as good as their text.
#[tokio::test(flavor = "multi_thread")]
async fn values_of_any_type_are_answered() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let deep = (0..40).fold(json!("x"), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({ "a": "b" }),
        deep,
        json!(""),
        json!("\u{0000}"),
        json!("\u{202e}\u{fffd}\u{1f9b7}"),
        json!("x".repeat(100_000)),
        json!("'; DROP TABLE appointments; --"),
        json!("{{customer.name}}"),
        json!("Line\none\r\ntwo\u{2028}three"),
    ];
    for tool in TOOLS {
        let keys = [
            "patient_name",
            "patient_phone",
            "patient_email",
            "date",
            "time",
            "slot_id",
            "service",
            "provider",
            "notes",
            "part_of_day",
            "for_another_person",
        ];
        for key in keys {
            for (number, value) in values.iter().enumerate() {
                // Without a name nothing can be booked, whatever else is heard.
                let arguments = json!({ key: value });
                let body = &bodies(tool, &arguments, &format!("{tool}{key}{number}"))[0];
                let (status, answer) = gateway.post("demo", body).await;
                assert_eq!(status, 200, "{tool} {key} {number}");
                let outcome = only_item(&answer)["metadata"]["outcome"].clone();
                let expected: &[&str] = if tool == "book_appointment" {
                    &["question"]
                } else {
                    &["question", "offered"]
                };
                assert!(expected.iter().any(|e| outcome == *e), "{key} {number}: {outcome}");
            }
        }
    }
    assert_eq!(gateway.traces().await, nothing);
}
