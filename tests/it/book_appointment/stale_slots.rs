//! A `slot_id` outlives the rules it was offered under: what the clinic's file has changed since is
//! checked again.

use serde_json::json;

use super::book;
use crate::harness::clinics::{self, MAPLE};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{book_appointment, check_availability};

/// The name of a time on offer with Dr. Weber on Tuesday the 24th that starts at this UTC time.
async fn offered(gateway: &Gateway, time: &str, starts_at: &str) -> String {
    let wish = json!({ "date": "2026-11-24", "time": time, "provider": "weber" });
    let reply = gateway.call("demo", &check_availability(wish)).await;
    let slot = reply.slots().into_iter().find(|(_, at, _)| at == starts_at);
    slot.expect("the wished time is on offer").0
}

/// Maple Dental's file with one change, applied.
async fn change(gateway: &Gateway, old: &str, new: &str) {
    let changed = MAPLE.replace(old, new);
    assert_ne!(changed, MAPLE, "{old}");
    clinics::apply(&gateway.app, &changed).await;
}

async fn assert_unknown(gateway: &Gateway, slot_id: &str) {
    let before = gateway.traces().await;
    let wish = json!({ "patient_name": "Ada Sample", "slot_id": slot_id });
    let reply = book(gateway, wish).await;
    assert_eq!(reply.outcome(), "question", "{reply:?}");
    assert!(reply.spoken().contains("I do not have that time on offer."), "{reply:?}");
    assert_eq!(gateway.traces().await, before);
}

async fn assert_books(gateway: &Gateway, slot_id: &str) {
    let reply = book(gateway, json!({ "patient_name": "Ada Sample", "slot_id": slot_id })).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_no_longer_gives_the_service() {
    let gateway = Gateway::unhurried().await;
    let slot_id = offered(&gateway, "2:30 PM", "2026-11-24T19:30:00Z").await;
    let minutes = "minutes = 30\n";
    change(&gateway, minutes, &format!("{minutes}providers = [\"Dr. Amara Lee\"]\n")).await;
    assert_unknown(&gateway, &slot_id).await;
    clinics::apply(&gateway.app, MAPLE).await;
    assert_books(&gateway, &slot_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn appointments_no_longer_start_then() {
    let gateway = Gateway::unhurried().await;
    let quarter = offered(&gateway, "2:15 PM", "2026-11-24T19:15:00Z").await;
    let half = offered(&gateway, "2:30 PM", "2026-11-24T19:30:00Z").await;
    change(&gateway, "slot_minutes = 15", "slot_minutes = 30").await;
    assert_unknown(&gateway, &quarter).await;
    assert_books(&gateway, &half).await;
}

/// The grid is that of the clinic's own clock, as it is for a time that is said.
#[tokio::test(flavor = "multi_thread")]
async fn the_grid_begins_at_the_clinics_midnight() {
    let rules = "[hours]\nmon-sun = [\"00:00-24:00\"]\n[[provider]]\nname = \"Dr. Weber\"\n\
                 [[service]]\nname = \"Consultation\"\nminutes = 30\ndefault = true\n";
    let file = clinics::harbor("demo-two", "slot_minutes = 480", rules);
    let gateway = Setup::default().unhurried().clinic(file).start().await;
    let search = check_availability(json!({ "date": "2026-11-25", "time": "8 AM" }));
    let reply = gateway.call("demo-two", &search).await;
    let slot = reply.slots().into_iter().find(|(_, at, _)| at == "2026-11-25T13:00:00Z");
    let wish = json!({ "patient_name": "Ada Sample", "slot_id": slot.expect("eight AM").0 });
    let booked = gateway.call("demo-two", &book_appointment(wish)).await;
    assert_eq!(booked.outcome(), "booked", "{booked:?}");
}
