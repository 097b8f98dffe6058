//! Somebody else holds the row of the day on which a booking has to lie.

use super::{CLINIC, DAY, assert_is_booked_once, assert_nothing_is_booked, at_noon, in_production};
use super::{in_time, night_owl, warm_up};
use crate::harness::gateway::Setup;
use crate::harness::holding::Holding;
use crate::harness::patience::{eventually, until_waiting_for_locks};
use crate::harness::vapi::{book_appointment, check_availability};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_waits_says_to_ask_again_and_is_made_when_asked_again() {
    let base = night_owl().start().await;
    let url = &base.database.url;
    let gateway = in_production(Setup::default())
        // Less than a lock's, but not so much less that a busy machine runs into it first.
        .set("GATEWAY__DATABASE__POOL_WAIT_MS", 900)
        .join(&base);
    warm_up(&gateway, 1).await;
    let held = Holding::of_day(url, CLINIC, DAY).await;
    let call = at_noon();
    let (reply, ()) =
        tokio::join!(in_time(gateway.call(CLINIC, &call)), until_waiting_for_locks(url, 1));
    assert_eq!(reply.outcome(), "pending", "{reply:?}");
    assert!(reply.0["result"].is_string(), "{reply:?}");
    assert!(reply.spoken().contains("nothing is confirmed"), "{reply:?}");
    assert_nothing_is_booked(&base).await;
    held.release().await;
    let booked = async || {
        let again = gateway.call(CLINIC, &call).await;
        (again.outcome() != "pending").then_some(again)
    };
    assert_eq!(eventually("it is booked", booked).await.outcome(), "booked");
    assert_is_booked_once(&base, &call).await;
    assert_eq!(base.stand_in.messages().len(), 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_waits_is_made_when_the_day_is_let_go() {
    let gateway = night_owl().start().await;
    let url = &gateway.database.url;
    let held = Holding::of_day(url, CLINIC, DAY).await;
    let call = at_noon();
    let (reply, ()) = tokio::join!(gateway.call(CLINIC, &call), async {
        until_waiting_for_locks(url, 1).await;
        assert_nothing_is_booked(&gateway).await;
        held.release().await;
    });
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_is_booked_once(&gateway, &call).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_waits_for_a_held_day() {
    let gateway = night_owl().start().await;
    let held = Holding::of_day(&gateway.database.url, CLINIC, DAY).await;
    let offered = gateway.call(CLINIC, &check_availability(json!({ "date": DAY }))).await;
    assert_eq!(offered.outcome(), "offered", "looking locks nothing: {offered:?}");
    for (clinic, date) in [(CLINIC, "2026-12-01"), ("voxanne", DAY), ("demo", DAY)] {
        let wish = json!({ "patient_name": "Robin Sample", "date": date, "time": "2:00 PM" });
        let reply = gateway.call(clinic, &book_appointment(wish)).await;
        assert_eq!(reply.outcome(), "booked", "{clinic}, {date}: {reply:?}");
    }
    held.release().await;
    gateway.stop().await;
}
