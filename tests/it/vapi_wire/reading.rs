//! One argument, one id, one number at a time.

use serde_json::{Value, json};
use vapi_gateway::vapi::{Arguments, NotAServerMessage, ServerMessage, arguments_digest};

use super::{arguments, parse, tool_calls};

#[test]
fn what_is_not_a_server_message() {
    let table: [(&str, NotAServerMessage); 14] = [
        ("", NotAServerMessage::NotJson),
        ("hello", NotAServerMessage::NotJson),
        ("{", NotAServerMessage::NotJson),
        (r#"{"message":{"type":"tool-calls"}"#, NotAServerMessage::NotJson),
        (r#"{"message":{"type":"hang"}} {}"#, NotAServerMessage::NotJson),
        (r#"{"message":{"type":"hang",}}"#, NotAServerMessage::NotJson),
        ("null", NotAServerMessage::NoMessage),
        ("[]", NotAServerMessage::NoMessage),
        ("{}", NotAServerMessage::NoMessage),
        (r#"{"type":"tool-calls","toolCallList":[]}"#, NotAServerMessage::NoMessage),
        (r#"{"message":"tool-calls"}"#, NotAServerMessage::NoMessage),
        (r#"{"message":[{"type":"hang"}]}"#, NotAServerMessage::NoMessage),
        (r#"{"message":{"call":{}}}"#, NotAServerMessage::NoMessage),
        (r#"{"message":{"type":7,"toolCallList":[]}}"#, NotAServerMessage::NoMessage),
    ];
    for (body, why) in table {
        assert_eq!(ServerMessage::parse(body.as_bytes()), Err(why), "{body}");
    }
}

#[test]
fn how_an_argument_is_read() {
    let table: [(Value, Option<&str>); 22] = [
        (json!("Ada"), Some("Ada")),
        (json!("  Ada \n Sample\t"), Some("Ada Sample")),
        (json!("Ada\u{0}Sample"), Some("Ada Sample")),
        (json!("Ada\u{2028}Sample\u{7}"), Some("Ada Sample")),
        (json!(14), Some("14")),
        (json!(14.0), Some("14")),
        (json!(14.5), Some("14.5")),
        (json!(12_125_550_142_i64), Some("12125550142")),
        (json!(true), Some("true")),
        (json!("none"), Some("none")),
        (json!("None given"), Some("None given")),
        (json!(null), None),
        (json!(""), None),
        (json!(" \u{0} "), None),
        (json!("null"), None),
        (json!("Undefined"), None),
        (json!("{{customer.number}}"), None),
        (json!("the {{ day }}"), None),
        (json!(["Ada"]), None),
        (json!({ "first": "Ada" }), None),
        (json!([]), None),
        (json!({}), None),
    ];
    for (value, text) in table {
        let read = arguments(&json!({ "x": value.clone() }));
        assert_eq!(read.text("x").as_deref(), text, "{value}");
    }
    let long = arguments(&json!({ "x": "ä".repeat(5000) }));
    assert_eq!(long.text("x").unwrap().chars().count(), 1000);
}

#[test]
fn keys_are_found_in_any_spelling() {
    let said =
        json!({ "patientName": "Ada", "Patient-Phone": "1", "slot_id": null, "slotId": "s" });
    let read = arguments(&said);
    assert_eq!(read.text("patient_name").as_deref(), Some("Ada"));
    assert_eq!(read.text("patient_phone").as_deref(), Some("1"));
    // An exact key that says nothing leaves the word to the other spelling.
    assert_eq!(read.text("slot_id").as_deref(), Some("s"));
    assert_eq!(read.text_any(&["name", "patient_name"]).as_deref(), Some("Ada"));
    assert_eq!(read.text("name"), None);
}

#[test]
fn yes_and_no_in_any_form() {
    for (value, flag) in [
        (json!(true), Some(true)),
        (json!("Yes"), Some(true)),
        (json!(1), Some(true)),
        (json!(false), Some(false)),
        (json!("FALSE"), Some(false)),
        (json!("perhaps"), None),
        (json!(null), None),
        (json!([true]), None),
    ] {
        assert_eq!(arguments(&json!({ "x": value.clone() })).flag("x"), flag, "{value}");
    }
}

#[test]
fn arguments_in_any_form() {
    let empty = Arguments::Object(serde_json::Map::new());
    for value in [json!(null), json!({}), json!(""), json!("  "), json!("null"), json!("{}")] {
        assert_eq!(arguments(&value), empty, "{value}");
    }
    for value in
        [json!(7), json!(true), json!([]), json!("two"), json!("7"), json!("[]"), json!("{\"a\":")]
    {
        assert_eq!(arguments(&value), Arguments::NotAnObject, "{value}");
    }
    let in_a_string = arguments(&json!("{\"x\": \"\\ud83d two\", \"deep\": [[[]]]}"));
    assert_eq!(in_a_string.text("x").as_deref(), Some("\u{fffd} two"));
}

#[test]
fn a_digest_is_that_of_the_wish() {
    let digest = |tool, value: Value| arguments_digest(tool, &arguments(&value));
    let one = digest("t", json!({ "a": "1", "b": "2" }));
    assert_eq!(
        one,
        digest("t", json!("{\"b\":\"2\",\"a\":\"1\"}")),
        "order and form do not matter"
    );
    for (tool, other) in [
        ("u", json!({ "a": "1", "b": "2" })),
        ("t", json!({ "a": "1", "b": "3" })),
        ("t", json!({ "a": "1" })),
        ("t", json!({ "a": 1, "b": "2" })),
        ("t", json!({ "ab": "12" })),
        ("t", json!([])),
        ("t", json!({})),
    ] {
        assert_ne!(one, digest(tool, other.clone()), "{tool} {other}");
    }
}

#[test]
fn whose_call_it_is() {
    let key = |message: Value| {
        let mut message = message;
        message["type"] = json!("tool-calls");
        let call = tool_calls(parse(&json!({ "message": message }))).call;
        call.key().map(|key| key.to_string())
    };
    let chat = json!({ "id": "c", "sessionId": "s" });
    assert_eq!(key(json!({ "call": { "id": "k" }, "chat": chat })).as_deref(), Some("call:k"));
    assert_eq!(key(json!({ "chat": chat })).as_deref(), Some("session:s"));
    assert_eq!(key(json!({ "chat": { "id": "c" } })).as_deref(), Some("chat:c"));
    assert_eq!(key(json!({ "call": { "id": 7 } })).as_deref(), Some("call:7"));
    assert_eq!(key(json!({ "call": { "id": "a\u{0}b\nc" } })).as_deref(), Some("call:a b c"));
    for nothing in
        [json!(null), json!(""), json!("\u{0}"), json!("{{call.id}}"), json!([]), json!({})]
    {
        assert_eq!(key(json!({ "call": { "id": nothing } })), None);
    }
    let long = |last| key(json!({ "call": { "id": "x".repeat(9999) + last } })).unwrap();
    assert_eq!(long("a").len(), "call:sha256:".len() + 64);
    assert_ne!(long("a"), long("b"));
}

#[test]
fn who_is_calling() {
    let caller = |message: Value, static_parameter: Value| {
        let mut message = message;
        message["toolCallList"] =
            json!([{ "id": "1", "name": "t", "arguments": { "caller_number": static_parameter } }]);
        let message = tool_calls(parse(&json!({ "message": message })));
        message.caller_number_of(&message.calls[0].arguments).map(|n| n.into_owned())
    };
    let (ours, call, model) = ("+12125550142", "+12125550143", "+12125550144");
    let both =
        json!({ "customer": { "number": ours }, "call": { "customer": { "number": call } } });
    assert_eq!(caller(both, json!(model)).as_deref(), Some(ours));
    let inner = json!({ "customer": null, "call": { "customer": { "number": call } } });
    assert_eq!(caller(inner, json!(model)).as_deref(), Some(call));
    assert_eq!(caller(json!({}), json!(model)).as_deref(), Some(model));
    assert_eq!(caller(json!({ "customer": { "number": "" } }), json!("{{customer.number}}")), None);
    assert_eq!(caller(json!({ "customer": { "number": {} } }), json!(null)), None);
}
