//! The same wish under another tool-call id, and another wish under the same one.

use serde_json::json;

use super::{CLINIC, assert_booked, at_noon, at_noon_with, night_owl};
use crate::harness::vapi::CALLER;

#[tokio::test(flavor = "multi_thread")]
async fn under_a_new_id_the_patient_already_has_it() {
    let gateway = night_owl().await;
    let first = gateway.call(CLINIC, &at_noon_with("Dr. Ada Night").in_call("one")).await;
    assert_eq!(first.outcome(), "booked");
    // In the same call and in a later one, whoever is asked for: Doctor Day is free.
    for again in [
        at_noon_with("Dr. Ada Night").in_call("one"),
        at_noon().in_call("one"),
        at_noon_with("Dr. Ben Day").in_call("one"),
        at_noon_with("Dr. Ada Night").in_call("two"),
        at_noon().in_call("three"),
        at_noon_with("Dr. Ben Day").in_call("four"),
    ] {
        let reply = gateway.call(CLINIC, &again).await;
        assert_eq!(reply.outcome(), "already_booked", "{reply:?}");
        assert!(reply.spoken().contains("with Doctor Ada Night"), "{reply:?}");
        assert_eq!(reply.appointment_id(), first.appointment_id());
        assert_eq!(reply.starts_at(), first.starts_at());
        assert_eq!(reply.sms(), ("sent", None));
    }
    assert_eq!(gateway.count("tool_calls").await, 1, "what changed nothing is not recorded");
    assert_booked(&gateway, 1).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_new_id_at_once_there_is_still_one() {
    let gateway = night_owl().await;
    let wishes = [at_noon(), at_noon_with("Dr. Ben Day"), at_noon(), at_noon_with("Dr. Ada Night")];
    let asked = wishes.iter().map(|call| gateway.call(CLINIC, call));
    let replies = futures_util::future::join_all(asked).await;
    let mut outcomes: Vec<&str> = replies.iter().map(|reply| reply.outcome()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["already_booked", "already_booked", "already_booked", "booked"]);
    assert!(replies.iter().all(|reply| reply.appointment_id() == replies[0].appointment_id()));
    assert_booked(&gateway, 1).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_with_other_arguments_is_another_wish() {
    let gateway = night_owl().await;
    let noon = at_noon().in_call("one").with_id("call_1");
    let mut one_o_clock = noon.clone();
    one_o_clock.arguments["time"] = json!("1:00 PM");
    let first = gateway.call(CLINIC, &noon).await;
    let second = gateway.call(CLINIC, &one_o_clock).await;
    assert_eq!((first.outcome(), second.outcome()), ("booked", "booked"));
    assert_ne!(first.appointment_id(), second.appointment_id());
    // Each keeps its own words; the order of the arguments says nothing.
    assert_eq!(gateway.call(CLINIC, &noon).await, first);
    let mut reordered = noon.clone();
    reordered.arguments =
        json!({ "time": "12:00 PM", "patient_name": "Robin Sample", "date": "2026-11-30" });
    assert_eq!(gateway.call(CLINIC, &reordered).await, first);
    assert_eq!(gateway.call(CLINIC, &one_o_clock).await, second);
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}

/// Tool-call ids are short, and repeat from one call to the next.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_in_another_call_is_another_callers() {
    let gateway = night_owl().await;
    let own = at_noon().in_call("one").with_id("call_1");
    let others = at_noon().in_call("two").with_id("call_1").from("+16465550143");
    let first = gateway.call(CLINIC, &own).await;
    let second = gateway.call(CLINIC, &others).await;
    assert_eq!((first.outcome(), second.outcome()), ("booked", "booked"));
    assert_ne!(first.appointment_id(), second.appointment_id());
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 1);
    assert_eq!(gateway.stand_in.messages_to("+16465550143").len(), 1);
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}

/// What was answered stays answered, also when the time it was about has come and gone.
#[tokio::test(flavor = "multi_thread")]
async fn the_words_outlive_the_appointment() {
    let gateway = night_owl().await;
    let call = at_noon();
    let first = gateway.call(CLINIC, &call).await;
    let later = crate::harness::gateway::Setup::default()
        .at(time::macros::datetime!(2026-12-24 09:00 UTC))
        .join(&gateway);
    assert_eq!(later.call(CLINIC, &call).await, first);
    assert_booked(&gateway, 1).await;
    later.stop().await;
    gateway.stop().await;
}
