//! Killed between the commit of a booking and the end of its text: the text goes out, once.

use std::time::Duration;

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::crashes::{Place, post, wish};
use crate::harness::gateway::ask;
use crate::harness::locks::{Held, until_waiting};
use crate::harness::patience::{until, until_row};
use crate::harness::process::ServeProcess;
use crate::harness::vapi::ToolCall;

/// The next process finishes what the first one left, and asked again it says what is so.
async fn take_over(place: &Place, call: &ToolCall) -> ServeProcess {
    assert_eq!(place.count("appointments").await, 1, "the booking was committed");
    assert_eq!(place.count("sms_messages WHERE sms_status = 'sending'").await, 1);
    let next = place.serve(&[]).await;
    place.until_sent().await;
    let reply = ask(&next.url, "night", call).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sent", None)));
    assert!(reply.spoken().contains("I have sent a confirmation text"), "{}", reply.spoken());
    place.assert_booked_and_texted_once().await;
    next
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_attempt_it_is_sent() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    let held = Held::writes_to(&place.database.url, "sms_attempts").await;
    let call = wish();
    let answer = post(&process, &call);
    until_waiting(&place.database.url, 1).await;
    process.kill().await;
    held.release().await;
    assert_eq!(answer.await.expect("a task"), None, "nobody was told anything");
    crate::harness::locks::until_gone(&place.database.url).await;
    assert_eq!(place.count("sms_attempts").await, 0);
    assert_eq!(place.twilio.messages(), []);
    take_over(&place, &call).await;
    assert_eq!(outcomes(&place).await, json!(["accepted"]));
    assert_eq!(place.count("audit_log WHERE action = 'text_resent'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_attempt_a_text_that_was_created_is_found() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    place.twilio.script(Fault::CreatedThenHang);
    let call = wish();
    let answer = post(&process, &call);
    until("Twilio has it", async || !place.twilio.messages().is_empty()).await;
    place.kill(process).await;
    assert_eq!(answer.await.expect("a task"), None);
    take_over(&place, &call).await;
    assert_eq!(outcomes(&place).await, json!(["accepted"]));
    assert_eq!(place.count("audit_log WHERE action = 'text_resent'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_attempt_a_text_that_was_not_created_is_sent_again() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    place.twilio.script(Fault::Hang);
    let call = wish();
    let answer = post(&process, &call);
    until_row(&place.database.url, "SELECT 1 FROM sms_attempts").await;
    place.kill(process).await;
    place.twilio.clear_faults();
    assert_eq!(answer.await.expect("a task"), None);
    take_over(&place, &call).await;
    assert_eq!(outcomes(&place).await, json!(["unknown", "accepted"]));
    assert_eq!(place.count("sms_attempts WHERE looks = 2").await, 1);
    assert_eq!(place.count("audit_log WHERE action = 'text_resent'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_with_the_answer_in_hand_the_text_is_found() {
    let place = Place::new().await;
    // Long enough that the answer is not given up while it is held back.
    let patient = [("GATEWAY__TWILIO__TIMEOUT_MS", "20000"), ("GATEWAY__SMS__LEASE_MS", "31000")];
    let process = place.serve(&patient).await;
    place.twilio.script(Fault::Slow(Duration::from_secs(2)));
    let call = wish();
    let answer = post(&process, &call);
    until("Twilio has it", async || !place.twilio.messages().is_empty()).await;
    let held = Held::writes_to(&place.database.url, "sms_attempts").await;
    // It has read Twilio's answer and comes to write it down.
    until_waiting(&place.database.url, 1).await;
    process.kill().await;
    held.release().await;
    assert_eq!(answer.await.expect("a task"), None);
    crate::harness::locks::until_gone(&place.database.url).await;
    let ended = "UPDATE sms_messages SET leased_until = now() - interval '1 second'";
    crate::harness::rows::execute(&place.database.url, ended).await;
    take_over(&place, &call).await;
    assert_eq!(outcomes(&place).await, json!(["accepted"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twice_the_text_is_still_sent_once() {
    let place = Place::new().await;
    place.twilio.script(Fault::Hang);
    place.twilio.script(Fault::CreatedThenHang);
    let call = wish();
    let first = place.serve(&[]).await;
    post(&first, &call);
    until_row(&place.database.url, "SELECT 1 FROM sms_attempts").await;
    // Until Twilio has been asked, so that the next one meets the next fault.
    let unanswered = "SELECT 1 FROM sms_attempts WHERE outcome = 'unknown'";
    until_row(&place.database.url, unanswered).await;
    place.kill(first).await;
    let second = place.serve(&[]).await;
    until("the resend is at Twilio", async || !place.twilio.messages().is_empty()).await;
    place.kill(second).await;
    let _third = place.serve(&[]).await;
    place.until_sent().await;
    place.assert_booked_and_texted_once().await;
    assert_eq!(outcomes(&place).await, json!(["unknown", "accepted"]));
    assert_eq!(place.count("audit_log WHERE action = 'text_resent'").await, 1);
}

/// The outcomes of all attempts, in order.
async fn outcomes(place: &Place) -> serde_json::Value {
    let rows = place.rows("SELECT outcome FROM sms_attempts ORDER BY number").await;
    rows.iter().map(|row| row["outcome"].clone()).collect()
}
