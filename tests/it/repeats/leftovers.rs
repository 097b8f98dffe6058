//! What a crash leaves: a tool call that did something, and nobody who said so.

use super::{CLINIC, assert_booked, at_noon, night_owl};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{Reply, ToolCall};

const WORDLESS: &str = "UPDATE tool_calls SET words = NULL, metadata = NULL, answered_at = NULL, \
                        claimed_at = claimed_at - interval '1 minute'";

async fn book_without_words(gateway: &Gateway) -> (ToolCall, Reply) {
    let call = at_noon();
    let reply = gateway.call(CLINIC, &call).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    gateway.execute(WORDLESS).await;
    (call, reply)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_who_asks_is_told_and_it_is_recorded() {
    let gateway = night_owl().await;
    let (call, first) = book_without_words(&gateway).await;
    let asked = (0..8).map(|_| gateway.call(CLINIC, &call));
    for reply in futures_util::future::join_all(asked).await {
        assert_eq!(reply, first);
    }
    let recorded = gateway.value("SELECT words FROM tool_calls").await;
    assert_eq!(recorded, first.0["result"]);
    assert_booked(&gateway, 1).await;
    gateway.stop().await;
}

/// The words tell what is known when they are composed, and stay so.
#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_told_of_as_it_is_by_then() {
    let gateway = night_owl().await;
    let (call, first) = book_without_words(&gateway).await;
    assert_eq!(first.sms(), ("sent", None));
    gateway
        .execute(
            "UPDATE sms_messages SET sms_status = 'failed_but_booked', sms_reason = 'rejected_30007', \
             sent_at = NULL, twilio_message_sid = NULL",
        )
        .await;
    let told = gateway.call(CLINIC, &call).await;
    assert_eq!(told.outcome(), "booked");
    assert_eq!(told.sms(), ("failed_but_booked", Some("rejected_30007")));
    assert_ne!(told.spoken(), first.spoken());
    gateway.execute("UPDATE sms_messages SET sms_reason = 'unreachable'").await;
    assert_eq!(gateway.call(CLINIC, &call).await, told);
    gateway.stop().await;
}

/// What it would hear today is a question; what it did is what it did.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_of_also_when_its_time_is_past() {
    let gateway = night_owl().await;
    let (call, first) = book_without_words(&gateway).await;
    let later = crate::harness::gateway::Setup::default()
        .at(time::macros::datetime!(2027-06-01 09:00 UTC))
        .join(&gateway);
    let told = later.call(CLINIC, &call).await;
    assert_eq!((told.outcome(), told.appointment_id()), ("booked", first.appointment_id()));
    assert_eq!(gateway.call(CLINIC, &call).await, told);
    assert_booked(&gateway, 1).await;
    later.stop().await;
    gateway.stop().await;
}
