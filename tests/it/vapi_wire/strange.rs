//! What no sender can do: break the parser, lose an item, make us keep what we do not need, or have a
//! person printed.

use proptest::prelude::*;
use serde_json::{Value, json};
use vapi_gateway::vapi::tool_calls_message::MAX_ASKED;
use vapi_gateway::vapi::{Arguments, ServerMessage, ToolCallsMessage, ToolReplies, ToolReply};

use super::{parse, tool_calls};

const KEYS: [&str; 19] = [
    "id",
    "name",
    "function",
    "arguments",
    "parameters",
    "tool",
    "toolCall",
    "toolCallList",
    "toolCalls",
    "toolWithToolCallList",
    "call",
    "customer",
    "number",
    "chat",
    "sessionId",
    "type",
    "functionCall",
    "date",
    "x",
];

/// Any JSON, with the keys that are read among its own.
fn json_value() -> impl Strategy<Value = Value> {
    let key = || prop_oneof![4 => prop::sample::select(&KEYS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(&["", "call_1", "tool-calls", "{}", "{\"date\":1}", "\0"][..])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn replies(message: &ToolCallsMessage) -> Vec<Value> {
    let reply = |call| ToolReply::to(call, Ok("Yes.".to_owned()), Value::Null);
    let replies = ToolReplies(message.calls.iter().map(reply).collect()).to_json();
    replies["results"].as_array().unwrap().clone()
}

proptest! {
    #[test]
    fn any_message_with_a_type_is_understood(message in json_value(), kind in prop::sample::select(
        &["tool-calls", "tool_calls", "function-call", "status-update", ""][..]
    )) {
        let mut message = message;
        if let Some(members) = message.as_object_mut() {
            members.insert("type".to_owned(), json!(kind));
            let parsed = parse(&json!({ "message": message }));
            if kind == "function-call" {
                prop_assert_eq!(replies(&tool_calls(parsed)).len(), 1);
            }
        }
    }

    #[test]
    fn every_item_is_answered_once_in_order(items in prop::collection::vec(json_value(), 0..80)) {
        // Numbered, so that no two items are one.
        let items: Vec<Value> = items.into_iter().enumerate().map(|(i, mut item)| {
            if let Some(members) = item.as_object_mut() {
                members.remove("toolCall");
                members.insert("id".to_owned(), json!(format!("call_{i}")));
            }
            item
        }).collect();
        let body = json!({ "message": { "type": "tool-calls", "toolCallList": items } });
        let message = tool_calls(parse(&body));
        prop_assert_eq!(message.asked().count() + message.surplus().count(), items.len());
        prop_assert!(message.asked().count() <= MAX_ASKED);
        for (item, reply) in items.iter().zip(replies(&message)) {
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
            prop_assert_eq!(&reply["toolCallId"], id);
            prop_assert!(reply["name"].is_string() && reply["result"].is_string());
        }
    }

    #[test]
    fn any_bytes_are_refused_or_understood(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        ServerMessage::parse(&bytes).ok();
    }

    #[test]
    fn any_bytes_inside_an_argument_are_understood(inside in "[^\"\\\\\\x00-\\x1f]{0,40}", escapes in
        prop::collection::vec(prop::sample::select(&["\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u0000", "\\n"][..]), 0..6)
    ) {
        let body = format!(
            r#"{{"message":{{"type":"tool-calls","toolCallList":[{{"id":"1","name":"t","arguments":{{"x":"{inside}{}"}}}}]}}}}"#,
            escapes.concat()
        );
        let message = tool_calls(ServerMessage::parse(body.as_bytes()).unwrap());
        let Arguments::Object(members) = &message.calls[0].arguments else { panic!("not an object") };
        prop_assert!(!members["x"].as_str().unwrap().contains('\0'));
    }
}

#[test]
fn what_a_value_cannot_hold_is_mended() {
    let read = |argument: &str| {
        let body = format!(
            r#"{{"message":{{"toolCallList":[{{"id":"1","name":"t","arguments":{{"x":{argument},"y":-1.5e3}}}}]}}}}"#
        );
        let message = tool_calls(ServerMessage::parse(body.as_bytes()).unwrap());
        let arguments = &message.calls[0].arguments;
        assert_eq!(arguments.text("y").as_deref(), Some("-1500"), "{argument}");
        arguments.text("x").map(|text| text.into_owned())
    };
    assert_eq!(read(r#""a\ud83d""#).as_deref(), Some("a\u{fffd}"));
    assert_eq!(read(r#""\ude00\ud83d\ude00\\ud83d""#).as_deref(), Some("\u{fffd}\u{1f600}\\ud83d"));
    assert_eq!(
        read(r#""\ud83d\ud83d\ude00 \" 1e999""#).as_deref(),
        Some("\u{fffd}\u{1f600} \" 1e999")
    );
    assert_eq!(read("1e999").as_deref(), Some("1e999"));
    assert_eq!(read("-1E+999").as_deref(), Some("-1E+999"));
    assert_eq!(read(&format!("{}1{}", "[".repeat(9000), "]".repeat(9000))), None);
    let not_utf8 =
        b"{\"message\":{\"toolCallList\":[{\"id\":\"1\",\"arguments\":{\"x\":\"a\xffb\"}}]}}";
    let message = tool_calls(ServerMessage::parse(not_utf8).unwrap());
    assert_eq!(message.calls[0].arguments.text("x").as_deref(), Some("a\u{fffd}b"));
}

#[test]
fn equal_items_are_one_and_different_ones_stay_apart() {
    let item =
        |id: &str, date: &str| json!({ "id": id, "name": "t", "arguments": { "date": date } });
    let keys = |items: Value| {
        let body = json!({ "message": { "type": "tool-calls", "toolCallList": items } });
        let calls = tool_calls(parse(&body)).calls;
        calls.into_iter().map(|call| call.key).collect::<Vec<_>>()
    };
    assert_eq!(keys(json!([item("a", "1"), item("a", "1"), item("b", "1")])), ["a", "b"]);
    let two_wishes = json!([item("a", "1"), item("a", "2"), item("a", "2")]);
    let apart = keys(two_wishes.clone());
    assert_eq!(apart.len(), 2);
    assert!(apart[0] == "a" && apart[1].starts_with("a#"), "{apart:?}");
    assert_eq!(keys(two_wishes), apart, "asked again, the keys are the same");
    let without_ids = keys(json!([item("", "1"), item("", "2"), item("", "1")]));
    assert_eq!(without_ids.len(), 3);
    assert!(without_ids[0] == without_ids[2] && without_ids[0] != without_ids[1]);
    let long = keys(json!([item(&"x".repeat(5000), "1")]));
    assert!(long[0].len() < 100);
}

#[test]
fn a_sender_cannot_make_us_keep_much() {
    let members: serde_json::Map<String, Value> =
        (0..5000).map(|i| (format!("k{i}"), json!([1, 2, 3]))).collect();
    let items: Vec<Value> = (0..3000)
        .map(|i| json!({ "id": i, "name": "t" }))
        .chain([json!({ "arguments": members })])
        .collect();
    let body = json!({ "message": { "type": "tool-calls", "toolCallList": items } });
    assert_eq!(tool_calls(parse(&body)).calls.len(), 1024);
    let body =
        json!({ "message": { "type": "tool-calls", "toolCallList": [{ "arguments": members }] } });
    let Arguments::Object(kept) = tool_calls(parse(&body)).calls.remove(0).arguments else {
        panic!()
    };
    assert_eq!(kept.len(), 64);
    assert!(kept.values().all(|value| *value == json!([])));
}

#[test]
fn nothing_of_a_person_is_printed() {
    let body = json!({ "message": {
        "type": "tool-calls",
        "customer": { "number": "+12125550142" },
        "toolCallList": [{ "id": "call_1", "name": "Robin Sample", "arguments": { "patient_name": "Robin Sample" } }],
    } });
    let message = parse(&body);
    let calls = tool_calls(message.clone());
    let reply =
        ToolReply::to(&calls.calls[0], Ok("Robin Sample".to_owned()), json!("Robin Sample"));
    let printed = format!("{message:?} {calls:?} {:?} {reply:?}", calls.calls[0]);
    assert!(!printed.contains("Robin") && !printed.contains("0142"), "{printed}");
}
