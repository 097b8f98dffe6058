//! What changed nothing is not recorded, and is answered anew.

use serde_json::json;

use super::{CLINIC, assert_booked, at_noon_with, night_owl};
use crate::harness::vapi::check_availability;

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_was_taken_and_is_free_again_is_booked() {
    let gateway = night_owl().await;
    let others = at_noon_with("Dr. Ada Night").from("+16465550143");
    assert_eq!(gateway.call(CLINIC, &others).await.outcome(), "booked");
    let call = at_noon_with("Dr. Ada Night");
    for _ in 0..2 {
        assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "slot_taken");
    }
    assert_eq!(gateway.count("tool_calls").await, 1);
    assert_booked(&gateway, 1).await;
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "booked");
    assert_booked(&gateway, 2).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_refusal_leaves_a_row() {
    let gateway = night_owl().await;
    let mut call = at_noon_with("Dr. Ada Night");
    for (argument, value, outcome) in [
        ("patient_name", "", "question"),
        ("patient_phone", "911", "question"),
        ("date", "2020-01-01", "question"),
        ("date", "2031-01-01", "question"),
        ("time", "12:07 PM", "question"),
        ("provider", "Dr. Nobody", "question"),
        ("slot_id", "0000000000000", "question"),
    ] {
        let mut refused = call.clone();
        refused.arguments[argument] = json!(value);
        let reply = gateway.call(CLINIC, &refused).await;
        assert_eq!(reply.outcome(), outcome, "{argument} {value}: {reply:?}");
    }
    let looked = check_availability(json!({ "date": "2026-11-30" }));
    assert_eq!(gateway.call(CLINIC, &looked).await.outcome(), "offered");
    for table in ["tool_calls", "appointments", "patients", "sms_messages"] {
        assert_eq!(gateway.count(table).await, 0, "{table}");
    }
    // The same id, with what was asked for, is answered anew.
    call.arguments["patient_phone"] = json!("646 555 0143");
    assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "booked");
    assert_booked(&gateway, 1).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_day_that_opens_is_booked() {
    let gateway = night_owl().await;
    let mut call = at_noon_with("Dr. Ada Night");
    gateway
        .change_rules(
            "INSERT INTO closures (org_id, id, on_date, kind, from_minute, until_minute) \
             SELECT id, gen_random_uuid(), '2026-11-30', 'closed', 0, 1440 FROM organizations",
        )
        .await;
    assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "closed");
    assert_eq!(gateway.count("tool_calls").await, 0);
    gateway.change_rules("DELETE FROM closures").await;
    assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "booked");
    // Theirs is theirs, whatever the rules have become.
    gateway
        .change_rules(
            "INSERT INTO closures (org_id, id, on_date, kind, from_minute, until_minute) \
             SELECT id, gen_random_uuid(), '2026-11-30', 'closed', 0, 1440 FROM organizations",
        )
        .await;
    call = call.with_id("call_again");
    assert_eq!(gateway.call(CLINIC, &call).await.outcome(), "already_booked");
    assert_booked(&gateway, 1).await;
    gateway.stop().await;
}
