//! One patient who is being booked twice at once: with two providers, neither of whom is busy.

use serde_json::{Value, json};

use super::{ADA, BEN};
use crate::harness::clinics::always_open;
use crate::harness::fleet::{CLINIC, Fleet, a_week_and};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::holding::Holding;
use crate::harness::invariants::assert_invariants;
use crate::harness::patience::until_waiting_for_locks;
use crate::harness::vapi::{CALLER, Reply, ToolCall, book_appointment};

const STRANGE_BUT_TRUE: &str = "You already have an appointment then";

fn at_noon_with(provider: &str, date: impl ToString, time: &str) -> ToolCall {
    let mut arguments = json!({ "patient_name": "Robin Sample", "time": time });
    arguments["date"] = Value::String(date.to_string());
    arguments["provider"] = json!(provider);
    book_appointment(arguments)
}

/// One has it, the other is told of it.
fn assert_one_has_it(replies: [&Reply; 2]) {
    let [winner, loser] =
        if replies[0].outcome() == "booked" { replies } else { [replies[1], replies[0]] };
    assert_eq!((winner.outcome(), loser.outcome()), ("booked", "already_booked"), "{replies:?}");
    assert!(loser.spoken().starts_with(STRANGE_BUT_TRUE), "{loser:?}");
    assert_eq!(winner.appointment_id(), loser.appointment_id());
    assert_eq!(winner.starts_at(), loser.starts_at());
}

/// Both have found the patient free before either is booked: only the constraint tells them apart.
async fn race_past_the_check(overlapping: bool) -> Gateway {
    let clinic = always_open(CLINIC, "Night Owl Clinic", "UTC", "US");
    let gateway = Setup::default().clinic(clinic).start().await;
    let url = &gateway.database.url;
    gateway
        .execute(&format!(
            "INSERT INTO patients (org_id, id, name, folded_name, phone) \
             SELECT id, gen_random_uuid(), 'Robin Sample', 'robin sample', '{CALLER}' \
             FROM organizations WHERE slug = '{CLINIC}'"
        ))
        .await;
    let held = Holding::begin(url, "SELECT FROM patients FOR UPDATE").await;
    let second = if overlapping { "12:15 PM" } else { "12:00 PM" };
    let calls =
        [at_noon_with(ADA, "2026-11-30", "12:00 PM"), at_noon_with(BEN, "2026-11-30", second)];
    let (one, other, ()) =
        tokio::join!(gateway.call(CLINIC, &calls[0]), gateway.call(CLINIC, &calls[1]), async {
            until_waiting_for_locks(url, 2).await;
            held.release().await;
        });
    assert_one_has_it([&one, &other]);
    assert_eq!(gateway.count("appointments").await, 1);
    assert_eq!(gateway.count("patients").await, 1);
    assert_eq!(gateway.count("tool_calls").await, 1);
    assert_eq!(gateway.stand_in.messages().len(), 1);
    assert_invariants(url).await;
    // Asked again, each hears what it heard.
    let again = [gateway.call(CLINIC, &calls[0]).await, gateway.call(CLINIC, &calls[1]).await];
    assert_one_has_it([&again[0], &again[1]]);
    assert_eq!(gateway.count("appointments").await, 1);
    gateway
}

#[tokio::test(flavor = "multi_thread")]
async fn two_named_providers_at_once_give_one_appointment() {
    race_past_the_check(false).await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn overlapping_times_with_two_providers_give_one_appointment() {
    race_past_the_check(true).await.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_two_processes_each_pair_gives_one_appointment() {
    let mut fleet = Fleet::start(&[], "").await;
    let times: Vec<String> = (0..16)
        .map(|hour| {
            format!("{}:30 {}", [12, 1, 2, 3, 4, 5, 6, 7][hour % 8], ["AM", "PM"][hour / 8])
        })
        .collect();
    let calls: Vec<ToolCall> = times
        .iter()
        .flat_map(|time| [ADA, BEN].map(|who| at_noon_with(who, a_week_and(0), time)))
        .collect();
    let replies = fleet.race(&calls).await;
    for pair in replies.chunks(2) {
        assert_one_has_it([&pair[0], &pair[1]]);
    }
    assert_eq!(fleet.gateway.count("appointments").await, 16);
    assert_eq!(fleet.gateway.count("patients").await, 1);
    assert_invariants(&fleet.gateway.database.url).await;
    fleet.stop().await;
}
