//! Texts that were certainly not created: tried again in the background, and given up after a while.

use std::time::Duration;

use serde_json::Value;
use time::macros::datetime;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::{NOW, Setup};
use crate::texts::{Claim, book, book_into, patient};

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limited_text_is_sent_later() {
    // Without a word from Twilio, after `sms.retry_base_ms`; with one, not sooner than it says.
    for (retry_after, at_least, at_most) in
        [(None, 1.0, 5.0), (Some(Duration::from_secs(100)), 60.0, 100.0)]
    {
        let gateway = patient().start().await;
        let reply = book_into(&gateway, Fault::RateLimited(retry_after)).await;
        assert_eq!(reply.sms(), ("sending", None));
        assert_eq!(Claim::of(&reply), Claim::StillTrying);
        assert_eq!(gateway.stand_in.messages(), []);
        assert_eq!(gateway.attempts().await, ["not_sent"]);
        let due_in = gateway.due_in().await;
        assert!(at_least < due_in && due_in <= at_most, "{retry_after:?}: due in {due_in} s");
        assert_eq!(gateway.step_when_due().await, 1);
        assert_eq!(gateway.attempts().await, ["not_sent", "accepted"]);
        gateway.assert_settled("sent", None).await;
        assert_eq!(gateway.stand_in.messages().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_due_is_not_touched() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::RateLimited(Some(Duration::from_secs(1000)))).await;
    assert_eq!(gateway.step().await, 0);
    assert_eq!(gateway.attempts().await, ["not_sent"]);
    assert_eq!(gateway.state().await.0, "sending");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wait_doubles_until_the_text_is_given_up() {
    let setup =
        patient().set("GATEWAY__SMS__MAX_TRIES", 4).set("GATEWAY__SMS__RETRY_BASE_MS", 100_000);
    let gateway = setup.start().await;
    gateway.stand_in.always_for(crate::harness::vapi::CALLER, Fault::RateLimited(None));
    book(&gateway).await;
    for wait in [100.0, 200.0, 400.0] {
        let due_in = gateway.due_in().await;
        assert!(wait - 60.0 < due_in && due_in <= wait, "due in {due_in} s instead of {wait}");
        assert_eq!(gateway.state().await, ("sending".to_owned(), None));
        assert_eq!(gateway.step_when_due().await, 1);
    }
    assert_eq!(gateway.attempts().await, ["not_sent"; 4]);
    gateway.assert_settled("failed_but_booked", Some("rejected_20429")).await;
    assert_eq!(gateway.stand_in.messages(), []);
}

/// An address that refuses connections: a port that was free a moment ago.
pub(super) fn closed_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twilio_that_cannot_be_reached_gets_it_when_it_can_be() {
    let away = patient().set("GATEWAY__TWILIO__BASE_URL", closed_port()).start().await;
    let reply = book(&away).await;
    assert_eq!(reply.sms(), ("sending", None));
    assert_eq!(Claim::of(&reply), Claim::StillTrying);
    assert_eq!(away.step_when_due().await, 1);
    assert_eq!(away.attempts().await, ["not_sent", "not_sent"]);
    let back = patient().join(&away);
    assert_eq!(back.step_when_due().await, 1);
    assert_eq!(back.attempts().await, ["not_sent", "not_sent", "accepted"]);
    back.assert_settled("sent", None).await;
    assert_eq!(back.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twilio_that_stays_away_is_given_up() {
    let setup = patient().set("GATEWAY__TWILIO__BASE_URL", closed_port());
    let gateway = setup.set("GATEWAY__SMS__MAX_TRIES", 3).start().await;
    book(&gateway).await;
    for _ in 0..2 {
        assert_eq!(gateway.state().await, ("sending".to_owned(), None));
        assert_eq!(gateway.step_when_due().await, 1);
    }
    assert_eq!(gateway.attempts().await, ["not_sent"; 3]);
    gateway.assert_settled("failed_but_booked", Some("unreachable")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_try_is_told_at_once() {
    let gateway = patient().set("GATEWAY__SMS__MAX_TRIES", 1).start().await;
    let reply = book_into(&gateway, Fault::RateLimited(None)).await;
    assert_eq!(reply.sms(), ("failed_but_booked", Some("rejected_20429")));
    assert_eq!(Claim::of(&reply), Claim::NoneWillCome);
    gateway.assert_settled("failed_but_booked", Some("rejected_20429")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_texted_about_an_appointment_that_no_longer_stands() {
    for status in ["cancelled", "no_show", "completed"] {
        let gateway = patient().start().await;
        book_into(&gateway, Fault::RateLimited(None)).await;
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        assert_eq!(gateway.step_when_due().await, 1);
        assert_eq!(gateway.state().await, no_longer_needed(), "{status}");
        assert_eq!(gateway.stand_in.messages(), []);
        assert_eq!(gateway.step_when_due().await, 0);
    }
    // What staff confirmed stands.
    let gateway = patient().start().await;
    book_into(&gateway, Fault::RateLimited(None)).await;
    gateway.execute("UPDATE appointments SET status = 'confirmed'").await;
    assert_eq!(gateway.step_when_due().await, 1);
    assert_eq!(gateway.state().await.0, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_texted_about_an_appointment_that_has_begun() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::RateLimited(None)).await;
    assert!(NOW < datetime!(2026-11-24 14:30 UTC), "it was ahead when it was booked");
    let later = Setup::default().at(datetime!(2026-11-24 14:30 UTC)).join(&gateway);
    assert_eq!(later.step_when_due().await, 1);
    assert_eq!(later.state().await, no_longer_needed());
    assert_eq!(later.stand_in.messages(), []);
    assert_eq!(later.text().await["twilio_message_sid"], Value::Null);
}

fn no_longer_needed() -> (String, Option<String>) {
    ("skipped".to_owned(), Some("no_longer_needed".to_owned()))
}
