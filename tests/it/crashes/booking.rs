//! Killed inside the booking's transaction: nothing happened, and asked again it happens.

use crate::crashes::{Place, post, wish};
use crate::harness::gateway::ask;
use crate::harness::locks::{Held, until_gone, until_waiting};

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_before_the_commit_nothing_is_booked() {
    let place = Place::new().await;
    // In the order in which the transaction comes to them.
    for table in
        ["tool_calls", "provider_days", "patients", "appointments", "sms_messages", "audit_log"]
    {
        let process = place.serve(&[]).await;
        let held = Held::writes_to(&place.database.url, table).await;
        let answer = post(&process, &wish());
        until_waiting(&place.database.url, 1).await;
        process.kill().await;
        held.release().await;
        assert_eq!(answer.await.expect("a task"), None, "{table}");
        until_gone(&place.database.url).await;
        for empty in ["tool_calls", "appointments", "patients", "sms_messages"] {
            assert_eq!(place.count(empty).await, 0, "{empty}, killed at {table}");
        }
        assert_eq!(place.count("audit_log WHERE actor = 'assistant'").await, 0, "{table}");
        assert_eq!(place.twilio.messages(), [], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_commit_it_is_booked_when_asked_again() {
    let place = Place::new().await;
    let first = place.serve(&[]).await;
    let held = Held::writes_to(&place.database.url, "audit_log").await;
    let call = wish();
    let answer = post(&first, &call);
    until_waiting(&place.database.url, 1).await;
    first.kill().await;
    // The next one comes while the dead one's locks are still there.
    let second = place.serve(&[]).await;
    let again = post(&second, &call);
    until_waiting(&place.database.url, 2).await;
    held.release().await;
    assert_eq!(answer.await.expect("a task"), None);
    let again = again.await.expect("a task").expect("an answer");
    assert_eq!(again["results"][0]["metadata"]["outcome"], "booked", "{again}");
    place.until_sent().await;
    place.assert_booked_and_texted_once().await;
    let words = ask(&second.url, "night", &call).await;
    assert_eq!(words.0, again["results"][0], "and the words are kept");
}
