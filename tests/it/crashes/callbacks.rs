//! Killed at any point of a text's way, and Twilio calls back afterwards: what nobody knew is settled
//! without a look into Twilio's list, and no text goes out twice.

use std::time::Duration;

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::crashes::{PUBLIC_URL, Place, post, wish};
use crate::harness::gateway::ask;
use crate::harness::locks::{Held, until_gone, until_waiting};
use crate::harness::patience::{until, until_row};
use crate::harness::process::ServeProcess;
use crate::harness::twilio::Webhook;

/// Nobody looks into the list while the test runs.
const NO_LOOKS: [(&str, &str); 1] = [("GATEWAY__SMS__RECONCILE_AFTER_MS", "600000")];

/// What Twilio tells a process about the latest attempt at its latest text.
async fn told(place: &Place, status: &str, code: &str) -> Webhook {
    let attempts = place.rows("SELECT id FROM sms_attempts ORDER BY number DESC LIMIT 1").await;
    let attempt = attempts[0]["id"].as_str().expect("an id");
    let sid = place.twilio.messages().last().expect("a text").sid.clone();
    let mut form = vec![("MessageSid", sid.as_str()), ("MessageStatus", status)];
    if !code.is_empty() {
        form.push(("ErrorCode", code));
    }
    Webhook::new(format!("/twilio/night/status/{attempt}"), &form).origin(PUBLIC_URL)
}

/// The callback settles what the killed process left, and nothing is looked for or sent any more.
async fn settles(place: &Place, process: &ServeProcess) {
    let webhook = told(place, "delivered", "").await;
    assert_eq!(webhook.post(&process.url).await, (204, String::new()));
    place.assert_booked_and_texted_once().await;
    let rows = place.rows("SELECT outcome, delivery_status, looks FROM sms_attempts").await;
    let row = json!({ "outcome": "accepted", "delivery_status": "delivered", "looks": 0 });
    assert_eq!(rows, [row]);
    assert_eq!(webhook.post(&process.url).await.0, 204, "told twice");
    assert_eq!(place.count("sms_delivery_events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_answer_was_read() {
    let place = Place::new().await;
    let process = place.serve(&NO_LOOKS).await;
    place.twilio.script(Fault::CreatedThenHang);
    let call = wish();
    let answer = post(&process, &call);
    until("Twilio has it", async || !place.twilio.messages().is_empty()).await;
    place.kill(process).await;
    assert_eq!(answer.await.expect("a task"), None);
    let next = place.serve(&NO_LOOKS).await;
    settles(&place, &next).await;
    let reply = ask(&next.url, "night", &call).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sent", None)));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_answer_was_recorded() {
    let place = Place::new().await;
    let slow = [("GATEWAY__TWILIO__TIMEOUT_MS", "20000"), ("GATEWAY__SMS__LEASE_MS", "31000")];
    let process = place.serve(&slow).await;
    place.twilio.script(Fault::Slow(Duration::from_secs(2)));
    post(&process, &wish());
    until("Twilio has it", async || !place.twilio.messages().is_empty()).await;
    let held = Held::writes_to(&place.database.url, "sms_attempts").await;
    until_waiting(&place.database.url, 1).await;
    process.kill().await;
    held.release().await;
    until_gone(&place.database.url).await;
    let next = place.serve(&NO_LOOKS).await;
    settles(&place, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_once_it_counted_as_unknown() {
    let place = Place::new().await;
    let process = place.serve(&NO_LOOKS).await;
    place.twilio.script(Fault::CreatedThenHang);
    post(&process, &wish());
    until_row(&place.database.url, "SELECT 1 FROM sms_attempts WHERE outcome = 'unknown'").await;
    place.kill(process).await;
    let next = place.serve(&NO_LOOKS).await;
    settles(&place, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_answer_was_recorded() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    post(&process, &wish());
    place.until_sent().await;
    place.kill(process).await;
    let next = place.serve(&[]).await;
    settles(&place, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_callback_was_recorded() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    post(&process, &wish());
    place.until_sent().await;
    let webhook = told(&place, "delivered", "").await;
    let held = Held::writes_to(&place.database.url, "sms_delivery_events").await;
    let url = process.url.clone();
    let broken = tokio::spawn(async move {
        let request = crate::harness::gateway::client().post(format!("{url}{}", webhook.path()));
        let signature = webhook.signature(&url);
        let header = vapi_gateway::twilio::signature::HEADER;
        let request = request.header(header, signature).body(webhook.body());
        request.send().await.is_err()
    });
    until_waiting(&place.database.url, 1).await;
    process.kill().await;
    held.release().await;
    assert!(broken.await.expect("a task"), "nobody was told that it was recorded");
    until_gone(&place.database.url).await;
    assert_eq!(place.count("sms_delivery_events").await, 0);
    let next = place.serve(&[]).await;
    settles(&place, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_second_try_was_owed_it_is_made_once() {
    let place = Place::new().await;
    let soon = [("GATEWAY__SMS__SOFT_RETRY_AFTER_MS", "2000")];
    let process = place.serve(&soon).await;
    post(&process, &wish());
    place.until_sent().await;
    let webhook = told(&place, "undelivered", "30003").await;
    assert_eq!(webhook.post(&process.url).await.0, 204);
    place.kill(process).await;
    let _next = place.serve(&soon).await;
    place.until_sent().await;
    assert_eq!(place.twilio.messages().len(), 2, "the first one and one more");
    assert_eq!(place.count("sms_attempts WHERE outcome = 'accepted'").await, 2);
}
