//! What we answer: one item per call, one line each, strings only.

use serde_json::{Value, json};
use vapi_gateway::vapi::{ToolReplies, ToolReply};

fn reply(id: &str, body: Result<&str, &str>, metadata: Value) -> ToolReply {
    ToolReply {
        tool_call_id: id.to_owned(),
        name: "book_appointment".to_owned(),
        body: body.map(str::to_owned).map_err(str::to_owned),
        metadata,
    }
}

#[test]
fn the_replies_to_a_message() {
    let replies = ToolReplies(vec![
        reply(
            "call_1",
            Ok("You are booked.\r\n See\tyou\u{2028}then.\n"),
            json!({ "outcome": "booked" }),
        ),
        reply("call\n2", Err("The calendar\u{0} is away."), Value::Null),
    ]);
    let expected = json!({ "results": [
        {
            "toolCallId": "call_1",
            "name": "book_appointment",
            "result": "You are booked. See you then.",
            "metadata": { "outcome": "booked" },
        },
        { "toolCallId": "call\n2", "name": "book_appointment", "error": "The calendar is away." },
    ] });
    assert_eq!(replies.to_json(), expected);
    assert_eq!(ToolReplies(Vec::new()).to_json(), json!({ "results": [] }));
}

#[test]
fn the_reply_to_a_legacy_message() {
    let booked =
        ToolReplies(vec![reply("", Ok("You are\nbooked."), json!({ "outcome": "booked" }))]);
    assert_eq!(booked.to_function_call_json(), json!({ "result": "You are booked." }));
    let failed = ToolReplies(vec![reply("", Err("Once more, please."), Value::Null)]);
    assert_eq!(failed.to_function_call_json(), json!({ "result": "Once more, please." }));
}
