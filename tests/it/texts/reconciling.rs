//! What Twilio's list shows and does not show, and what is concluded from it: never more.

use serde_json::json;
use time::macros::datetime;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::{Gateway, client};
use crate::harness::vapi::CALLER;
use crate::texts::{book_into, patient, unlinked};

/// Steps until the text is settled, as if the time between the steps had passed; at most ten times.
async fn settle(gateway: &Gateway) {
    for _ in 0..10 {
        if gateway.state().await.0 != "sending" {
            return;
        }
        gateway.step_when_due().await;
    }
    panic!("not settled: {}", gateway.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_resent_once_ever() {
    let gateway = patient().start().await;
    gateway.stand_in.always_for(CALLER, Fault::ResetBefore);
    book_into(&gateway, Fault::ResetBefore).await;
    settle(&gateway).await;
    assert_eq!(gateway.attempts().await, ["unknown", "unknown"]);
    assert_eq!(gateway.count("audit_log WHERE action = 'text_resent'").await, 1);
    // Each of the two was looked for twice.
    assert_eq!(gateway.value("SELECT sum(looks) FROM sms_attempts").await, 4);
    gateway.assert_settled("failed_but_booked", Some("unreachable")).await;
    assert_eq!(gateway.stand_in.messages(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_resend_may_be_unknown_too_and_be_found() {
    let gateway = patient().start().await;
    gateway.stand_in.script(Fault::ResetBefore);
    book_into(&gateway, Fault::ResetAfter).await;
    settle(&gateway).await;
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_forgets_costs_one_text_at_most() {
    for again in [None, Some(Fault::CreatedThen(500))] {
        let gateway = patient().start().await;
        gateway.stand_in.hide_from_list(true);
        gateway.stand_in.fault_for(CALLER, Fault::ResetAfter);
        again.into_iter().for_each(|fault| gateway.stand_in.fault_for(CALLER, fault));
        crate::texts::book(&gateway).await;
        settle(&gateway).await;
        assert_eq!(gateway.stand_in.messages().len(), 2, "the text, and one more");
        let (status, reason) = match again {
            None => ("sent", None),
            Some(_) => ("failed_but_booked", Some("unreachable")),
        };
        gateway.assert_settled(status, reason).await;
        assert_eq!(gateway.stand_in.messages().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_read_shows_nothing() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetAfter).await;
    for http_status in [500, 503, 302, 500] {
        gateway.stand_in.fail_list(Some(http_status));
        assert_eq!(gateway.step_when_due().await, 1);
        assert_eq!(gateway.state().await, ("sending".to_owned(), None));
        assert_eq!(gateway.value("SELECT looks FROM sms_attempts").await, 0);
        assert!(gateway.due_in().await > 10.0, "it is looked for again later");
    }
    gateway.stand_in.fail_list(None);
    assert_eq!(gateway.step_when_due().await, 1);
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.attempts().await, ["accepted"]);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_stays_unreadable_is_not_read_for_ever() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetBefore).await;
    gateway.stand_in.fail_list(Some(503));
    let later = patient().at(datetime!(2026-11-25 12:00 UTC)).join(&gateway);
    assert_eq!(later.step_when_due().await, 1);
    later.assert_settled("failed_but_booked", Some("unreachable")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_refused_shows_nothing() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetAfter).await;
    for http_status in [401, 403] {
        gateway.stand_in.fail_list(Some(http_status));
        assert_eq!(gateway.step_when_due().await, 1);
        assert_eq!(gateway.state().await, ("sending".to_owned(), None));
    }
    gateway.stand_in.fail_list(None);
    assert_eq!(gateway.step_when_due().await, 1);
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_redacts_its_texts_is_searched_by_number_and_time() {
    let gateway = patient().start().await;
    gateway.stand_in.redact_bodies(true);
    book_into(&gateway, Fault::ResetAfter).await;
    settle(&gateway).await;
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_from_before_the_attempt_is_another_one() {
    for (earlier, texts) in [("2 minutes", 2), ("0 minutes", 1)] {
        let gateway = unlinked().start().await;
        book_into(&gateway, Fault::ResetAfter).await;
        // As if that one had been created so much before this attempt began.
        let later =
            format!("UPDATE sms_attempts SET started_at = started_at + interval '{earlier}'");
        gateway.execute(&later).await;
        settle(&gateway).await;
        assert_eq!(gateway.stand_in.messages().len(), texts, "{earlier}");
        assert_eq!(gateway.state().await.0, "sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_page_of_younger_texts_shows_no_absence() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetBefore).await;
    // A hundred other texts to the same number since then fill the one page that is read.
    for _ in 0..100 {
        send_something_else(gateway.stand_in.base_url()).await;
    }
    for _ in 0..3 {
        assert_eq!(gateway.step_when_due().await, 1);
    }
    assert_eq!(gateway.value("SELECT looks FROM sms_attempts").await, 0);
    assert_eq!(gateway.state().await, ("sending".to_owned(), None));
    // Had the attempt begun after the oldest of them, the page would have shown it.
    gateway.execute("UPDATE sms_attempts SET started_at = started_at + interval '1 hour'").await;
    settle(&gateway).await;
    assert_eq!(gateway.state().await.0, "sent");
    assert_eq!(gateway.stand_in.messages().len(), 101);
}

/// A text that the clinic sends to the same number in another way.
async fn send_something_else(url: &str) {
    use crate::harness::clinics::{TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER};
    let form = [("To", CALLER), ("From", TWILIO_NUMBER), ("Body", "Your frames have arrived.")];
    let url = format!("{url}/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json");
    let sent =
        client().post(url).basic_auth(TWILIO_ACCOUNT_SID, Some(TWILIO_AUTH_TOKEN)).form(&form);
    assert_eq!(sent.send().await.expect("an answer").status(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_needed_is_looked_for_and_not_resent() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetBefore).await;
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    settle(&gateway).await;
    let state = gateway.state().await;
    assert_eq!(json!(state), json!(["skipped", "no_longer_needed"]));
    assert_eq!(gateway.count("audit_log WHERE action = 'text_resent'").await, 0);
    assert_eq!(gateway.attempts().await, ["unknown"]);
    assert_eq!(gateway.stand_in.messages(), []);

    let gateway = patient().start().await;
    book_into(&gateway, Fault::ResetAfter).await;
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    settle(&gateway).await;
    assert_eq!(gateway.state().await.0, "sent", "sent is sent, needed or not");
}
