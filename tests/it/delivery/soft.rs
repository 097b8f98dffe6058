//! Failures that may pass: one more try, later, while the appointment is ahead, and never a third.

use serde_json::json;
use time::macros::datetime;

use super::{attempt_of, book, callback, patient};

const SOFT: [u32; 6] = [30001, 30003, 30008, 30410, 30450, 30500];

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_failure_is_tried_once_more_half_an_hour_later() {
    let gateway = patient().start().await;
    for (n, code) in SOFT.into_iter().enumerate() {
        book(&gateway, n, None).await;
        let (first, first_sid) = attempt_of(&gateway, n).await;
        gateway.told(n, "sent", 0).await;
        gateway.told(n, "undelivered", code).await;
        assert_eq!(gateway.fate(n).await, json!(["sending", null]), "{code}");
        let waits = "sms_messages WHERE sms_status = 'sending' AND sent_at IS NULL \
             AND twilio_message_sid IS NULL AND due_at - now() BETWEEN '29 minutes' AND '31 minutes'";
        assert_eq!(gateway.count(waits).await, 1);
        assert_eq!(gateway.step().await, 0, "not yet");
        assert_eq!(gateway.later().await, 1);
        assert_eq!(gateway.fate(n).await, json!(["sent", "queued"]), "{code}");
        assert_eq!(gateway.stand_in.messages_to(&super::number(n)).len(), 2);
        // What is told late of the first one moves nothing; the second failure is the last word.
        assert_eq!(callback(&first, &first_sid, "failed", code).post(&gateway.url).await.0, 204);
        assert_eq!(gateway.fate(n).await, json!(["sent", "queued"]));
        gateway.told(n, "undelivered", code).await;
        assert_eq!(gateway.fate(n).await, json!(["sent", "undelivered"]), "{code}");
        assert_eq!(gateway.later().await, 0, "{code}");
    }
    assert_eq!(gateway.count("audit_log WHERE action = 'text_owed_again'").await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_arrives_after_all_is_not_sent_again() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    gateway.told(0, "undelivered", 30008).await;
    gateway.told(0, "delivered", 0).await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "delivered"]));
    assert_eq!(gateway.tries().await, json!([["accepted", "delivered", null]]));
    assert_eq!(gateway.later().await, 0);
    // Told again, nothing begins anew.
    gateway.told(0, "undelivered", 30008).await;
    gateway.told(0, "failed", 30008).await;
    assert_eq!(gateway.later().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_is_not_tried_again() {
    let gateway = patient().start().await;
    for (n, code) in [30002, 30004, 30005, 30006, 30007, 30024, 30032, 30022, 63038, 0, 99999]
        .into_iter()
        .enumerate()
    {
        book(&gateway, n, None).await;
        gateway.told(n, "undelivered", code).await;
        assert_eq!(gateway.fate(n).await, json!(["sent", "undelivered"]), "{code}");
    }
    assert_eq!(gateway.later().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_owed_once_the_appointment_is_over_or_the_number_another() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    book(&gateway, 1, None).await;
    let over = patient().at(datetime!(2026-11-25 23:00 UTC)).join(&gateway);
    over.told(0, "undelivered", 30003).await;
    assert_eq!(gateway.fate(0).await, json!(["sent", "undelivered"]));
    gateway
        .execute("UPDATE patients SET phone = '+13025550137' WHERE phone = '+12125550101'")
        .await;
    gateway.told(1, "undelivered", 30003).await;
    assert_eq!(gateway.fate(1).await, json!(["sent", "undelivered"]));
    // Cancelled while it waits.
    book(&gateway, 2, None).await;
    gateway.told(2, "undelivered", 30003).await;
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(2).await, json!(["skipped", null]));
    assert_eq!(gateway.stand_in.messages().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_try_of_unknown_outcome_is_not_taken_for_the_first() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    gateway.told(0, "undelivered", 30003).await;
    gateway.stand_in.script(vapi_gateway::twilio::stand_in::Fault::ResetBefore);
    assert_eq!(gateway.later().await, 1);
    // The first one is in the list, bears the same link, and is not what we look for.
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.value("SELECT max(looks) FROM sms_attempts").await, 1);
    assert_eq!(gateway.fate(0).await, json!(["sending", null]));
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["sent", "queued"]));
    assert_eq!(gateway.stand_in.messages().len(), 2);
}
