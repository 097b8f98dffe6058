//! What cannot be booked: taken, closed, or in somebody's way; and what staff's own changes free again.

use serde_json::json;

use super::{book, wish};
use crate::harness::clinics::one_slot;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{book_appointment, check_availability};

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_time_leads_to_three_others_that_can_be_booked() {
    let gateway = Gateway::unhurried().await;
    for name in ["Ada Sample", "Ben Sample"] {
        assert_eq!(book(&gateway, wish(name, "2:30 PM")).await.outcome(), "booked");
    }
    let before = gateway.traces().await;
    let reply = book(&gateway, wish("Cleo Sample", "2:30 PM")).await;
    assert_eq!(reply.outcome(), "slot_taken");
    insta::assert_snapshot!(reply.spoken(), @"Sorry, Tuesday, November twenty-fourth at two thirty PM is taken. On Tuesday, November twenty-fourth, I have nine AM, two PM, or three PM. Which one suits you?");
    assert_eq!(gateway.traces().await, before, "a loser leaves nothing");
    let all = reply.0.to_string();
    assert!(["Ada", "Ben", "Cleo", "Sample", "0142"].iter().all(|w| !all.contains(w)), "{all}");
    for (slot_id, starts_at, _) in reply.slots() {
        let name =
            format!("Dora {} Sample", if starts_at.contains("14:00") { "Early" } else { "Late" });
        let wish = json!({ "patient_name": name, "slot_id": slot_id });
        let booked = book(&gateway, wish).await;
        assert!(["booked", "already_booked"].contains(&booked.outcome()), "{}", booked.spoken());
        assert_eq!(booked.starts_at(), starts_at);
    }
}

/// Two appointments of an hour and of a quarter meet also where they do not begin together.
#[tokio::test(flavor = "multi_thread")]
async fn an_overlap_is_taken_and_a_touch_is_not() {
    let gateway = Gateway::unhurried().await;
    let with_lee = async |name: &str, service: &str, time: &str| {
        let mut wish = wish(name, time);
        wish["service"] = json!(service);
        wish["provider"] = json!("Lee");
        book(&gateway, wish).await.outcome().to_owned()
    };
    assert_eq!(with_lee("Ada Sample", "cleaning", "2 PM").await, "booked");
    for (service, time, outcome) in [
        ("consultation", "1:45 PM", "slot_taken"),
        ("follow-up", "2:45 PM", "slot_taken"),
        ("cleaning", "1:15 PM", "slot_taken"),
        ("consultation", "1:30 PM", "booked"),
        ("follow-up", "3 PM", "booked"),
        ("cleaning", "3 PM", "slot_taken"),
    ] {
        let name = format!("Pat {} Sample", if service == "follow-up" { "Short" } else { "Long" });
        assert_eq!(with_lee(&name, service, time).await, outcome, "{service} at {time}");
    }
    assert_eq!(gateway.count("appointments").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_else_is_free_it_is_said_as_such() {
    let gateway = Setup::default().unhurried().clinic(one_slot("tiny")).start().await;
    let nine = |name: &str| {
        book_appointment(json!({ "patient_name": name, "date": "2026-11-30", "time": "9 AM" }))
    };
    assert_eq!(gateway.call("tiny", &nine("Ada Sample")).await.outcome(), "booked");
    let reply = gateway.call("tiny", &nine("Ben Sample").from("+12125550143")).await;
    assert_eq!((reply.outcome(), reply.slots().len()), ("slot_taken", 0));
    insta::assert_snapshot!(reply.spoken(), @"Sorry, Monday, November thirtieth at nine AM is taken. I find nothing free until Tuesday, December first, which is as far as we book. Would another provider or service do?");
    let closed = json!({ "patient_name": "Ben Sample", "date": "2026-11-30", "time": "10 AM" });
    let reply = gateway.call("tiny", &book_appointment(closed)).await;
    assert_eq!(reply.outcome(), "closed");
    insta::assert_snapshot!(reply.spoken(), @"There are no appointments on Monday, November thirtieth at ten AM. I find nothing free until Tuesday, December first, which is as far as we book. Would another provider or service do?");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_cancel_by_sql_is_offered_and_booked_again() {
    let gateway = Setup::default().unhurried().clinic(one_slot("tiny")).start().await;
    let nine = |name: &str| json!({ "patient_name": name, "date": "2026-11-30", "time": "9 AM" });
    let first = book_appointment(nine("Ada Sample"));
    let booked = gateway.call("tiny", &first).await;
    assert_eq!(booked.outcome(), "booked");
    for status in ["confirmed", "completed"] {
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        let reply = gateway.call("tiny", &check_availability(json!({}))).await;
        assert_eq!(reply.outcome(), "none_free", "{status}");
    }
    for (status, name) in [("cancelled", "Ben Sample"), ("no_show", "Cleo Sample")] {
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        let reply = gateway.call("tiny", &check_availability(json!({}))).await;
        assert_eq!(reply.outcome(), "offered", "{status}");
        assert_eq!(reply.slots()[0].1, "2026-11-30T14:00:00Z");
        let slot_id = reply.slots()[0].0.clone();
        let wish = json!({ "patient_name": name, "slot_id": slot_id });
        assert_eq!(
            gateway.call("tiny", &book_appointment(wish)).await.outcome(),
            "booked",
            "{status}"
        );
    }
    // Whose was cancelled can have it again, once it is free: that is a new appointment.
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    let again = gateway.call("tiny", &book_appointment(nine("Ada Sample"))).await;
    assert_eq!(again.outcome(), "booked");
    assert_ne!(again.appointment_id(), booked.appointment_id());
    // The call that booked it first is answered as it was: it did something, once.
    assert_eq!(gateway.call("tiny", &first).await, booked);
    assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 1);
    assert_eq!(gateway.count("appointments WHERE status = 'cancelled'").await, 3);
}
