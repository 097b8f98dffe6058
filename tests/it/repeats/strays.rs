//! Tool calls that name a chat, a session, or nothing at all.

use serde_json::{Value, json};
use vapi_gateway::clock::wall_now;

use super::{CLINIC, assert_booked, at_noon, night_owl};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, Reply, ToolCall};

/// The reply to a call of no phone call, but of this chat.
async fn chat(gateway: &Gateway, call: &ToolCall, chat: Value) -> Reply {
    let mut body = call.body();
    body["message"].as_object_mut().expect("a message").remove("call");
    body["message"]["chat"] = chat;
    let (status, answer) = gateway.post(CLINIC, &body).await;
    assert_eq!(status, 200, "{answer}");
    Reply(answer["results"][0].clone())
}

/// In a chat nobody knows the number, so it is said.
fn said_number(number: &str) -> ToolCall {
    let mut call = at_noon().over_the_web();
    call.arguments["patient_phone"] = json!(number);
    call
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chats_call_is_answered_once_per_session() {
    let gateway = night_owl().await;
    let call = said_number(CALLER).with_id("call_1");
    let first = chat(&gateway, &call, json!({ "id": "chat-1", "sessionId": "session-1" })).await;
    assert_eq!(first.outcome(), "booked", "{first:?}");
    // Each message of a session is a chat of its own.
    let again = chat(&gateway, &call, json!({ "id": "chat-2", "sessionId": "session-1" })).await;
    assert_eq!(again, first);
    let others = said_number("+16465550143").with_id("call_1");
    let theirs = chat(&gateway, &others, json!({ "id": "chat-3", "sessionId": "session-2" })).await;
    assert_eq!(theirs.outcome(), "booked", "{theirs:?}");
    let alone = said_number("+19175550144").with_id("call_1");
    let reply = chat(&gateway, &alone, json!({ "id": "chat-4" })).await;
    assert_eq!(reply.outcome(), "slot_taken", "two providers are busy: {reply:?}");
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}

/// Ten minutes in which a repetition without any id is recognized as one.
fn window() -> i64 {
    wall_now().unix_timestamp().div_euclid(600)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_call_a_repetition_is_still_one() {
    let gateway = night_owl().await;
    let mut call = at_noon();
    call.call_id = None;
    let asked = (0..6).map(|_| gateway.call(CLINIC, &call));
    let (began, replies, ended) = (window(), futures_util::future::join_all(asked).await, window());
    if began == ended {
        assert_eq!(replies[0].outcome(), "booked");
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    }
    assert!(replies.iter().all(|reply| reply.appointment_id() == replies[0].appointment_id()));
    assert_booked(&gateway, 1).await;
    // Across the edge of the window it is a new call, whose patient already has it.
    gateway.execute("UPDATE tool_calls SET call_key = 'stray:of-an-earlier-window'").await;
    let later = gateway.call(CLINIC, &call).await;
    assert_eq!(later.outcome(), "already_booked", "{later:?}");
    assert_eq!(later.appointment_id(), replies[0].appointment_id());
    // Another caller's is another, with the same id and the same words.
    let others = call.clone().from("+16465550143");
    assert_eq!(gateway.call(CLINIC, &others).await.outcome(), "booked");
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}

/// Vapi has sent calls without an id: what was asked tells them apart.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_tool_call_id_a_repetition_is_still_one() {
    let gateway = night_owl().await;
    let call = at_noon().with_id("");
    let first = gateway.call(CLINIC, &call).await;
    assert_eq!(first.outcome(), "booked", "{first:?}");
    assert_eq!(gateway.call(CLINIC, &call).await, first);
    let mut other = call.clone();
    other.arguments["time"] = json!("1:00 PM");
    assert_eq!(gateway.call(CLINIC, &other).await.outcome(), "booked");
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}
