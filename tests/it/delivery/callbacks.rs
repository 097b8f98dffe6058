//! One text's way: forward only, each event once, whatever is told and in whatever order.

use serde_json::{Value, json};
use vapi_gateway::twilio::stand_in::Fault;

use super::{attempt_of, book, callback, patient};

#[tokio::test(flavor = "multi_thread")]
async fn a_text_follows_what_is_told() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "queued"]));
    let before = gateway.value("SELECT sent_at FROM sms_messages").await;
    for (told, known) in [
        ("sending", "sending"),
        // Late ones, unknown ones and twice-told ones move nothing.
        ("queued", "sending"),
        ("sent", "sent"),
        ("sending", "sent"),
        ("teleported", "sent"),
        ("received", "sent"),
        ("delivered", "delivered"),
        ("sent", "delivered"),
        ("undelivered", "delivered"),
        ("failed", "delivered"),
        ("read", "read"),
        ("delivered", "read"),
    ] {
        for _ in 0..2 {
            gateway.told(0, told, 0).await;
            assert_eq!(gateway.fate(0).await, json!(["sent", known]), "{told}");
            assert_eq!(gateway.tries().await, json!([["accepted", known, null]]), "{told}");
        }
    }
    assert_eq!(gateway.count("sms_delivery_events").await, 9, "each event is stored once");
    assert_eq!(gateway.value("SELECT sent_at FROM sms_messages").await, before);
    assert_eq!(gateway.later().await, 0, "nothing is left to be done");
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_it_failed_is_kept_with_the_attempt() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    gateway.told(0, "undelivered", 0).await;
    // The code comes after the word, and another one after that.
    gateway.told(0, "undelivered", 30005).await;
    gateway.told(0, "failed", 30007).await;
    assert_eq!(gateway.tries().await, json!([["accepted", "undelivered", 30005]]));
    assert_eq!(gateway.fate(0).await, json!(["sent", "undelivered"]));
    assert_eq!(gateway.count("sms_delivery_events").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sid_that_is_anothers_changes_nothing() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    book(&gateway, 1, Some(Fault::ResetAfter)).await;
    let (_, taken) = attempt_of(&gateway, 0).await;
    let (attempt, own) = attempt_of(&gateway, 1).await;
    let answer = callback(&attempt, &taken, "delivered", 0).post(&gateway.url).await;
    assert_eq!(answer.0, 204);
    assert_eq!(gateway.fate(0).await, json!(["sent", "queued"]));
    assert_eq!(gateway.fate(1).await, json!(["sending", null]));
    // Two names for one attempt: the first one counts.
    gateway.told(1, "delivered", 0).await;
    let other = "SM0000000000000000000000000000d00d";
    assert_eq!(callback(&attempt, other, "read", 0).post(&gateway.url).await.0, 204);
    assert_eq!(gateway.fate(1).await, json!(["sent", "delivered"]));
    let sid = "SELECT twilio_message_sid FROM sms_messages WHERE delivery_status = 'delivered'";
    assert_eq!(gateway.value(sid).await, Value::from(own));
    assert_eq!(gateway.count("sms_delivery_events").await, 3);
}
