//! Texts that Twilio lists otherwise than they were sent: a trial account's sentence, an edit nobody
//! announced. None of them is a reason to text the patient twice.

use time::macros::datetime;
use vapi_gateway::twilio::stand_in::Fault;

use crate::texts::{book_into, patient, unlinked};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_trial_account_sent_is_found() {
    let gateway = patient().start().await;
    gateway.stand_in.prefix_bodies("Sent from your Twilio trial account - ");
    book_into(&gateway, Fault::ResetAfter).await;
    assert_eq!(gateway.step_when_due().await, 1);
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_text_is_not_called_absent() {
    let gateway = unlinked().start().await;
    book_into(&gateway, Fault::ResetAfter).await;
    // What was sent is not what is listed.
    gateway.execute("UPDATE sms_attempts SET body_digest = sha256('edited')").await;
    for _ in 0..4 {
        assert_eq!(gateway.step_when_due().await, 1);
    }
    assert_eq!(gateway.value("SELECT looks FROM sms_attempts").await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 1, "none is sent again");
    let later = unlinked().at(datetime!(2026-11-25 12:00 UTC)).join(&gateway);
    assert_eq!(later.step_when_due().await, 1);
    later.assert_settled("failed_but_booked", Some("unreachable")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_text_is_known_by_its_link() {
    let gateway = patient().start().await;
    gateway.stand_in.prefix_bodies("Appointment Confirmation: edited. ");
    book_into(&gateway, Fault::ResetAfter).await;
    gateway.execute("UPDATE sms_attempts SET body_digest = sha256('edited')").await;
    assert_eq!(gateway.step_when_due().await, 1);
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_from_long_after_the_attempt_is_another_one() {
    let gateway = unlinked().start().await;
    book_into(&gateway, Fault::ResetAfter).await;
    gateway
        .execute("UPDATE sms_attempts SET started_at = started_at - interval '10 minutes'")
        .await;
    assert_eq!(gateway.step_when_due().await, 1);
    assert_eq!(gateway.value("SELECT looks FROM sms_attempts").await, 1);
    assert_eq!(gateway.state().await, ("sending".to_owned(), None));
}
