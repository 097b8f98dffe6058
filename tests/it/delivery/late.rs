//! A callback that finds its attempt unsettled: it comes before the answer, or instead of it.

use std::time::Duration;

use serde_json::json;
use time::macros::datetime;
use vapi_gateway::twilio::stand_in::Fault;

use super::{CLINIC, attempt_of, book, callback, patient, wish};
use crate::harness::patience::until;

#[tokio::test(flavor = "multi_thread")]
async fn it_may_come_before_the_answer() {
    for (status, code, fault, fate) in [
        ("delivered", 0, Fault::Slow(Duration::from_secs(2)), json!(["sent", "delivered"])),
        ("sent", 0, Fault::Slow(Duration::from_secs(2)), json!(["sent", "sent"])),
        // And before an answer that is lost, or says what is not so.
        ("delivered", 0, Fault::CreatedThen(500), json!(["sent", "delivered"])),
        ("undelivered", 30003, Fault::Slow(Duration::from_secs(2)), json!(["sending", null])),
        ("undelivered", 30005, Fault::Slow(Duration::from_secs(2)), json!(["sent", "undelivered"])),
    ] {
        let gateway = patient().start().await;
        gateway.stand_in.delay_all(Duration::from_secs(1));
        gateway.stand_in.script(fault);
        let call = wish(0);
        let telling = async {
            until("it is created", async || !gateway.stand_in.messages().is_empty()).await;
            gateway.told(0, status, code).await;
        };
        let (reply, ()) = tokio::join!(gateway.call(CLINIC, &call), telling);
        assert_eq!(reply.outcome(), "booked");
        assert_eq!(gateway.fate(0).await, fate, "{fault:?}");
        assert_eq!(gateway.count("sms_attempts WHERE outcome = 'accepted'").await, 1);
        assert_eq!(gateway.count("sms_messages WHERE lease_token IS NOT NULL").await, 0);
        assert_eq!(gateway.stand_in.messages().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_settles_what_nobody_knows_without_a_look() {
    for fault in [Fault::ResetAfter, Fault::Garbage, Fault::CreatedThen(503)] {
        let gateway = patient().start().await;
        assert_eq!(book(&gateway, 0, Some(fault)).await.sms(), ("sending", None));
        gateway.told(0, "sent", 0).await;
        assert_eq!(gateway.fate(0).await, json!(["sent", "sent"]));
        assert_eq!(gateway.value("SELECT looks FROM sms_attempts").await, 0);
        assert_eq!(gateway.later().await, 0);
        let again = gateway.call(CLINIC, &wish(0)).await;
        assert_eq!((again.outcome(), again.sms()), ("already_booked", ("sent", None)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_settles_what_was_looked_for_resent_or_given_up() {
    let gateway = patient().start().await;
    book(&gateway, 0, Some(Fault::ResetAfter)).await;
    let (first, first_sid) = attempt_of(&gateway, 0).await;
    gateway.stand_in.hide_from_list(true);
    assert_eq!(gateway.later().await, 1);
    // After one look that found nothing, the second and the resend.
    assert_eq!(gateway.later().await, 1);
    gateway.stand_in.script(Fault::ResetBefore);
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.tries().await, json!([["unknown", null, null], ["unknown", null, null]]));
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["failed_but_booked", null]));
    let answer = callback(&first, &first_sid, "delivered", 0).post(&gateway.url).await;
    assert_eq!(answer.0, 204);
    assert_eq!(gateway.fate(0).await, json!(["sent", "delivered"]));
    assert_eq!(gateway.later().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_were_taken_the_one_that_arrives_counts() {
    let gateway = patient().start().await;
    book(&gateway, 0, Some(Fault::ResetAfter)).await;
    let (first, first_sid) = attempt_of(&gateway, 0).await;
    gateway.stand_in.hide_from_list(true);
    for _ in 0..3 {
        assert_eq!(gateway.later().await, 1);
    }
    assert_eq!(gateway.fate(0).await, json!(["sent", "queued"]), "it was sent again");
    let first_is = async |status| {
        assert_eq!(callback(&first, &first_sid, status, 0).post(&gateway.url).await.0, 204);
    };
    first_is("sent").await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "queued"]), "the second one counts");
    // The other one may be with the patient: a soft failure is no reason for a third.
    gateway.told(0, "undelivered", 30003).await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "undelivered"]));
    first_is("delivered").await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "delivered"]));
    assert_eq!(gateway.later().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 2, "one resend, ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_settles_what_is_over() {
    let gateway = patient().start().await;
    book(&gateway, 0, Some(Fault::ResetAfter)).await;
    gateway.stand_in.fail_list(Some(500));
    let after = patient().at(datetime!(2026-11-28 12:00 UTC)).join(&gateway);
    assert_eq!(after.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["failed_but_booked", null]));
    gateway.told(0, "undelivered", 30003).await;
    assert_eq!(gateway.fate(0).await, json!(["sending", null]), "by this node's clock it is ahead");
    assert_eq!(after.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["skipped", null]));
}
