//! What is planned with a booking, in its transaction.

use serde_json::json;
use time::macros::datetime;

use super::{book, book_at, patient};
use crate::harness::gateway::Gateway;
use crate::harness::invariants::assert_invariants;
use crate::harness::vapi::book_appointment;

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_plans_its_reminders() {
    let gateway = patient().start().await;
    let reply = book(&gateway).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 open", "120 11-27 17:00 open"]);
    let of = format!("reminders WHERE appointment_id = '{}'", reply.appointment_id());
    assert_eq!(gateway.count(&of).await, 2);
    // Asked again, in this call or another, the patient already has it.
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-27", "time": "2 PM" });
    let again = gateway.call("demo", &book_appointment(wish)).await;
    assert_eq!(again.outcome(), "already_booked");
    assert_eq!(gateway.count("reminders").await, 2);
    assert_eq!(gateway.step().await, 0, "none is due yet");
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    assert_invariants(&gateway.database.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_says_how_long_before() {
    for (leads, planned) in [
        ("{}", vec![]),
        ("{60}", vec!["60 11-27 18:00 open"]),
        // Ten and eleven in the evening: at eight, once.
        (
            "{2880,960,900,5}",
            vec!["2880 11-25 19:00 open", "900 11-27 01:00 open", "5 11-27 18:55 open"],
        ),
        ("{20160}", vec![]),
    ] {
        let gateway = patient().start().await;
        gateway
            .change_rules(&format!("UPDATE organizations SET reminder_minutes = '{leads}'"))
            .await;
        book(&gateway).await;
        assert_eq!(gateway.reminders().await, planned, "{leads}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_passed_at_booking_is_not_planned() {
    // NOW is ten in the morning in New York.
    for (date, time, planned) in [
        ("2026-11-24", "9 AM", vec!["120 11-24 01:00 open"]),
        ("2026-11-24", "10 AM", vec!["120 11-24 13:00 open"]),
        ("2026-11-24", "10:15 AM", vec!["1440 11-23 15:15 open", "120 11-24 13:15 open"]),
        ("2026-11-23", "1 PM", vec!["120 11-23 16:00 open"]),
        // Two hours before is now.
        ("2026-11-23", "12 PM", vec![]),
    ] {
        let gateway = patient().start().await;
        gateway.change_rules("UPDATE opening_hours SET opens_minute = 0, closes_minute = 1440 WHERE opens_minute < 720; \
                         DELETE FROM opening_hours WHERE opens_minute >= 720").await;
        book_at(&gateway, date, time).await;
        assert_eq!(gateway.reminders().await, planned, "{date} {time}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_who_is_not_texted() {
    let gateway = patient().start().await;
    let mut wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-27", "time": "2 PM", "patient_phone": "none" });
    assert_eq!(gateway.call("demo", &book_appointment(wish.clone())).await.outcome(), "booked");
    gateway.change_rules("UPDATE organizations SET texts_enabled = false").await;
    wish["patient_phone"] = json!("+1 212 555 0143");
    assert_eq!(gateway.call("demo", &book_appointment(wish)).await.outcome(), "booked");
    assert_eq!(gateway.count("appointments").await, 2);
    assert_eq!(gateway.count("reminders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_given_later_in_the_call_is_reminded() {
    let gateway = patient().start().await;
    let ask = async |gateway: &Gateway, phone: &str| {
        let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-27", "time": "2 PM", "patient_phone": phone });
        gateway.call("demo", &book_appointment(wish).in_call("one-call")).await
    };
    assert_eq!(ask(&gateway, "none").await.outcome(), "booked");
    assert_eq!(gateway.reminders().await, Vec::<String>::new());
    assert_eq!(ask(&gateway, "+12125550142").await.outcome(), "already_booked");
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 open", "120 11-27 17:00 open"]);
    assert_eq!(ask(&gateway, "+12125550143").await.outcome(), "already_booked");
    assert_eq!(gateway.count("reminders").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_loses_plans_nothing() {
    let gateway = patient().start().await;
    gateway.execute("ALTER TABLE audit_log RENAME TO away").await;
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-27", "time": "2 PM" });
    assert_eq!(gateway.call("demo", &book_appointment(wish)).await.outcome(), "unavailable");
    assert_eq!(gateway.count("appointments").await, 0);
    assert_eq!(gateway.count("reminders").await, 0, "one transaction, or nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_patients_zone_counts() {
    let gateway = patient().at(datetime!(2026-11-20 15:00 UTC)).start().await;
    book_at(&gateway, "2026-11-24", "9 AM").await;
    gateway.execute("UPDATE patients SET timezone = 'America/Los_Angeles'").await;
    gateway.execute("UPDATE appointments SET status = 'cancelled'; DELETE FROM reminders").await;
    // Two hours before two in the afternoon in New York is nine in the morning there; two hours
    // before nine is four, so that it comes at eight in the evening there.
    book_at(&gateway, "2026-11-27", "2 PM").await;
    book_at(&gateway, "2026-11-30", "9 AM").await;
    let due = "SELECT to_char(due_at AT TIME ZONE 'America/Los_Angeles', 'MM-DD HH24:MI') AS due \
               FROM reminders ORDER BY due_at";
    let due: Vec<_> = gateway.rows(due).await.iter().map(|row| row["due"].clone()).collect();
    // A day before nine is six in the morning: the evening before that.
    assert_eq!(due, ["11-26 11:00", "11-27 09:00", "11-28 20:00", "11-29 20:00"]);
}
