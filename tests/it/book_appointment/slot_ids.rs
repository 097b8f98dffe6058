//! A `slot_id` is what was offered and nothing more: it wins over what else was said, everything is
//! checked again, and what we did not give books nothing.

use serde_json::{Value, json};

use super::{book, wish};
use crate::harness::gateway::{Gateway, NOW, Setup};
use crate::harness::vapi::{Reply, book_appointment, check_availability};

/// The offers for Tuesday the 24th: `(slot_id, starts_at, provider)`.
async fn offers(gateway: &Gateway, wish: Value) -> Vec<(String, String, String)> {
    let reply = gateway.call("demo", &check_availability(wish)).await;
    assert_eq!(reply.outcome(), "offered");
    reply.slots()
}

fn with_slot(name: &str, slot_id: &str) -> Value {
    json!({ "patient_name": name, "slot_id": slot_id })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_offered_can_be_booked_by_its_name() {
    let gateway = Gateway::unhurried().await;
    let wish = json!({ "date": "2026-11-24", "service": "cleaning", "provider": "weber" });
    for (name, (slot_id, starts_at, provider)) in
        ["Ada Sample", "Ben Sample", "Cleo Sample"].into_iter().zip(offers(&gateway, wish).await)
    {
        assert_eq!(provider, "Dr. Jonas Weber");
        let reply = book(&gateway, with_slot(name, &slot_id)).await;
        assert_eq!((reply.outcome(), reply.starts_at()), ("booked", starts_at.as_str()));
        assert!(reply.spoken().contains("with Doctor Jonas Weber."), "{}", reply.spoken());
    }
    let services =
        "appointments a JOIN services s ON s.id = a.service_id WHERE s.name = 'Cleaning'";
    assert_eq!(gateway.count(services).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_wins_over_date_time_service_and_provider() {
    let gateway = Gateway::unhurried().await;
    let slots = offers(&gateway, json!({ "date": "2026-11-24", "provider": "weber" })).await;
    let mut wish = with_slot("Ada Sample", &slots[1].0);
    wish["date"] = json!("2026-11-30");
    wish["time"] = json!("25:70");
    wish["service"] = json!("Hot air ballooning");
    wish["provider"] = json!("Dr. Nobody");
    let reply = book(&gateway, wish).await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", slots[1].1.as_str()));
    assert!(reply.spoken().contains("with Doctor Jonas Weber."), "{}", reply.spoken());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_be_spelled_as_models_spell() {
    let gateway = Gateway::unhurried().await;
    let slots = offers(&gateway, json!({ "date": "2026-11-24" })).await;
    let id = &slots[0].0;
    let (head, tail) = id.split_at(4);
    for spelled in [id.to_uppercase(), format!(" {id} "), format!("{head}-{tail}")] {
        let reply = book(&gateway, with_slot("Ada Sample", &spelled)).await;
        assert!(["booked", "already_booked"].contains(&reply.outcome()), "{spelled}");
        assert_eq!(reply.starts_at(), slots[0].1, "{spelled}");
    }
    assert_eq!(gateway.count("appointments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_did_not_give_books_nothing() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let id = offers(&gateway, json!({ "date": "2026-11-24" })).await[0].0.clone();
    let foreign =
        gateway.call("voxanne", &check_availability(json!({ "date": "2026-11-24" }))).await;
    let mut garbled: Vec<String> = (0..id.len())
        .map(|at| {
            let (head, tail) = id.split_at(at);
            let other = if tail.starts_with('7') { '8' } else { '7' };
            format!("{head}{other}{}", tail.chars().skip(1).collect::<String>())
        })
        .collect();
    garbled.extend([
        foreign.slots()[0].0.clone(),
        id.chars().skip(1).collect(),
        format!("{id}0"),
        id.chars().rev().collect(),
        "0000000000000".to_owned(),
        "zzzzzzzzzzzzz".to_owned(),
        "nine AM".to_owned(),
        "slot_1".to_owned(),
        "9".to_owned(),
        "ééééééééééééé".to_owned(),
    ]);
    for slot_id in garbled {
        // A date and a time beside it do not make it right: what was chosen is not known.
        let mut wish = wish("Ada Sample", "2:30 PM");
        wish["slot_id"] = json!(slot_id);
        let reply = book(&gateway, wish).await;
        assert_eq!(reply.outcome(), "question", "{slot_id}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. I do not have that time on offer. Which day and time would you like? Then I will look again.");
        }
    }
    assert_eq!(gateway.traces().await, nothing);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_filled_in_it_counts_as_not_said() {
    let gateway = Gateway::unhurried().await;
    for (name, slot_id) in [
        ("Ada Sample", json!(null)),
        ("Ben Sample", json!("")),
        ("Cleo Sample", json!("{{slot_id}}")),
    ] {
        let mut wish = wish(name, "2:30 PM");
        wish["slot_id"] = slot_id;
        let expected = if name == "Cleo Sample" { "slot_taken" } else { "booked" };
        assert_eq!(book(&gateway, wish).await.outcome(), expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_was_taken_meanwhile_leads_to_others() {
    let gateway = Gateway::unhurried().await;
    let slots =
        offers(&gateway, json!({ "date": "2026-11-24", "time": "2:30 PM", "provider": "lee" }))
            .await;
    let slot =
        slots.iter().find(|(_, at, _)| at == "2026-11-24T19:30:00Z").expect("the wished time");
    assert_eq!(book(&gateway, with_slot("Ada Sample", &slot.0)).await.outcome(), "booked");
    let before = gateway.traces().await;
    let second = book_appointment(with_slot("Ben Sample", &slot.0)).from("+12125550143");
    let reply = gateway.call("demo", &second).await;
    assert_eq!(reply.outcome(), "slot_taken");
    insta::assert_snapshot!(reply.spoken(), @"Sorry, Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee is taken. On Tuesday, November twenty-fourth, I have nine AM, two PM, or three PM with Doctor Amara Lee. Which one suits you?");
    assert!(!reply.0.to_string().contains("Ada"), "{reply:?}");
    assert_eq!(gateway.traces().await, before, "a loser leaves nothing");
    // The alternatives are real: the nearest can be booked by its own name.
    let nearest: &(String, String, String) = &reply.slots()[1];
    let booked: Reply = book(&gateway, with_slot("Ben Sample", &nearest.0)).await;
    assert_eq!((booked.outcome(), booked.starts_at()), ("booked", nearest.1.as_str()));
}

/// Everything that it says is checked again when it is used.
#[tokio::test(flavor = "multi_thread")]
async fn a_slot_whose_time_has_come_or_whose_rules_have_changed() {
    let gateway = Gateway::unhurried().await;
    let id = offers(&gateway, json!({ "date": "2026-11-24" })).await[0].0.clone();
    let later = |hours: i64| Setup::default().unhurried().at(NOW + time::Duration::hours(hours));
    let soon = later(22).join(&gateway);
    assert_eq!(book(&soon, with_slot("Ada Sample", &id)).await.outcome(), "question");
    let past = later(24).join(&gateway);
    let reply = book(&past, with_slot("Ada Sample", &id)).await;
    assert_eq!(reply.outcome(), "question");
    insta::assert_snapshot!(reply.spoken(), @"Today is Tuesday, November twenty-fourth, twenty twenty-six. Tuesday, November twenty-fourth at nine AM has already passed. Which other day and time would suit you?");
    gateway.change_rules("DELETE FROM opening_hours WHERE weekday = 2").await;
    assert_eq!(book(&gateway, with_slot("Ada Sample", &id)).await.outcome(), "closed");
    // Whoever gave it is not there any more.
    gateway.change_rules("UPDATE providers SET active = false WHERE name = 'Dr. Amara Lee'").await;
    assert_eq!(book(&gateway, with_slot("Ada Sample", &id)).await.outcome(), "question");
    assert_eq!(gateway.count("appointments").await, 0);
}
