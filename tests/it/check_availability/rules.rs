//! The rules of a clinic, each at its edge: notice, horizon, grid, breaks, buffers, closures, and who
//! gives what.

use serde_json::{Value, json};
use time::macros::datetime;

use super::starts;
use crate::harness::clinics::{always_open, harbor};
use crate::harness::gateway::{Gateway, NOW, Setup};
use crate::harness::vapi::{Reply, book_appointment, check_availability};

async fn search(gateway: &Gateway, org: &str, wish: Value) -> Reply {
    gateway.call(org, &check_availability(wish)).await
}

async fn book(gateway: &Gateway, org: &str, name: &str, date: &str, time: &str) -> Reply {
    let wish = json!({ "patient_name": name, "date": date, "time": time });
    gateway.call(org, &book_appointment(wish)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_minimum_notice_is_kept_to_the_minute() {
    // Nine in the morning in New York: eleven is two hours away.
    let gateway = Setup::default().unhurried().at(datetime!(2026-11-23 14:00 UTC)).start().await;
    assert_eq!(starts(&search(&gateway, "demo", json!({})).await)[0], "2026-11-23T16:00Z");
    let early = book(&gateway, "demo", "Ada Sample", "today", "10:45 AM").await;
    assert_eq!(early.outcome(), "question");
    insta::assert_snapshot!(early.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. That is too soon: we need at least two hours of notice. On Monday, November twenty-third, I have eleven AM, eleven fifteen AM, or eleven thirty AM. Which one suits you?");
    assert_eq!(gateway.count("appointments").await, 0);
    assert_eq!(book(&gateway, "demo", "Ada Sample", "today", "11 AM").await.outcome(), "booked");
    // A minute later it would have been too late.
    let later = Setup::default().unhurried().at(datetime!(2026-11-23 14:01 UTC)).join(&gateway);
    assert_eq!(starts(&search(&later, "demo", json!({})).await)[0], "2026-11-23T16:15Z");
    assert_eq!(book(&later, "demo", "Ben Sample", "today", "11 AM").await.outcome(), "question");
    // What has begun is past, not too soon.
    let past = book(&later, "demo", "Ben Sample", "today", "9 AM").await;
    insta::assert_snapshot!(past.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. The time you said, nine AM on Monday, November twenty-third, has already passed. What else would suit you?");
    assert_eq!(gateway.count("appointments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_horizon_is_kept_to_the_day() {
    let week = "[hours]\nmon-sun = [\"09:00-10:00\"]\n[[provider]]\nname = \"Dr. Cleo Marsh\"\n[[service]]\nname = \"Consultation\"\nminutes = 30\ndefault = true\n";
    let clinic = harbor("near", "horizon_days = 10\nmin_notice_minutes = 30", week);
    let gateway = Setup::default().unhurried().clinic(clinic).start().await;
    let last = search(&gateway, "near", json!({ "date": "2026-12-03" })).await;
    assert_eq!(last.outcome(), "offered");
    let beyond = search(&gateway, "near", json!({ "date": "2026-12-04" })).await;
    assert_eq!(beyond.outcome(), "question");
    insta::assert_snapshot!(beyond.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. We book only until Thursday, December third. Which earlier day would suit you?");
    let beyond = book(&gateway, "near", "Ada Sample", "2026-12-04", "9 AM").await;
    assert_eq!(beyond.outcome(), "question");
    assert_eq!(gateway.count("appointments").await, 0);
    assert_eq!(
        book(&gateway, "near", "Ada Sample", "2026-12-03", "9 AM").await.outcome(),
        "booked"
    );
    // Half an hour of notice is said in minutes, an own grid is said in its times.
    let soon = Setup::default().unhurried().at(datetime!(2026-11-23 13:45 UTC)).join(&gateway);
    let reply = book(&soon, "near", "Ben Sample", "today", "9 AM").await;
    insta::assert_snapshot!(reply.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. That is too soon: we need at least thirty minutes of notice. On Monday, November twenty-third, I have nine fifteen AM or nine thirty AM. Which one suits you?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_of_the_clinics_own() {
    let rules = "[hours]\nmon-fri = [\"09:00-11:00\"]\n[[provider]]\nname = \"Dr. Cleo Marsh\"\n[[service]]\nname = \"Consultation\"\nminutes = 50\ndefault = true\n";
    let gateway = Setup::default()
        .unhurried()
        .clinic(harbor("grid", "slot_minutes = 20", rules))
        .start()
        .await;
    let reply = search(&gateway, "grid", json!({ "date": "2026-11-24", "time": "10 AM" })).await;
    // Ten is the last start that leaves fifty minutes.
    insta::assert_snapshot!(reply.spoken(), @"On Tuesday, November twenty-fourth, I have nine AM, nine forty AM, or ten AM. Which one suits you?");
    let off = book(&gateway, "grid", "Ada Sample", "2026-11-24", "9:15 AM").await;
    insta::assert_snapshot!(off.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. No appointment starts at that minute. Would nine AM or nine twenty AM suit you?");
    // On the grid, but it would not end in time.
    assert_eq!(
        book(&gateway, "grid", "Ada Sample", "2026-11-24", "10:20 AM").await.outcome(),
        "closed"
    );
    assert_eq!(gateway.count("appointments").await, 0);
    assert_eq!(
        book(&gateway, "grid", "Ada Sample", "2026-11-24", "9:20 AM").await.outcome(),
        "booked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_fits_between_breaks_or_is_not_offered() {
    let gateway = Gateway::unhurried().await;
    let near = async |service: &str, time: &str| {
        let wish = json!({ "date": "2026-11-24", "service": service, "time": time });
        starts(&search(&gateway, "demo", wish).await)
    };
    // Noon is a break: sixty minutes have to begin by eleven, fifteen by a quarter to twelve.
    assert_eq!(
        near("cleaning", "12 PM").await,
        ["2026-11-24T14:00Z", "2026-11-24T16:00Z", "2026-11-24T18:00Z"]
    );
    assert_eq!(
        near("follow-up", "12 PM").await,
        ["2026-11-24T14:00Z", "2026-11-24T16:30Z", "2026-11-24T16:45Z"]
    );
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "11:15 AM", "service": "cleaning" });
    let reply = gateway.call("demo", &book_appointment(wish)).await;
    assert_eq!(reply.outcome(), "closed");
    insta::assert_snapshot!(reply.spoken(), @"There are no appointments on Tuesday, November twenty-fourth at eleven fifteen AM. On Tuesday, November twenty-fourth, I have nine AM, ten forty-five AM, or eleven AM. Which one suits you?");
    assert_eq!(gateway.count("appointments").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn buffers_keep_their_distance() {
    let clinic = always_open("night", "Night Clinic", "America/New_York", "US");
    let gateway = Setup::default().unhurried().clinic(clinic).start().await;
    let with_ada = async |name: &str, service: &str, time: &str| {
        let wish = json!({ "patient_name": name, "date": "2026-11-24", "time": time,
                           "service": service, "provider": "Dr. Night" });
        gateway.call("night", &book_appointment(wish)).await.outcome().to_owned()
    };
    // Two hours from ten, a quarter of an hour before them and half an hour after.
    assert_eq!(with_ada("Ann Sample", "operation", "10 AM").await, "booked");
    let row =
        gateway.rows("SELECT starts_at, ends_at, busy_from, busy_until FROM appointments").await;
    insta::assert_json_snapshot!(row, @r#"
    [
      {
        "busy_from": "2026-11-24T14:45:00+00:00",
        "busy_until": "2026-11-24T17:30:00+00:00",
        "ends_at": "2026-11-24T17:00:00+00:00",
        "starts_at": "2026-11-24T15:00:00+00:00"
      }
    ]
    "#);
    for (service, time, outcome) in [
        ("consultation", "9:30 AM", "slot_taken"),
        ("consultation", "12:15 PM", "slot_taken"),
        // This one's own buffers: before it, and after it.
        ("operation", "12:30 PM", "slot_taken"),
        ("operation", "7:30 AM", "slot_taken"),
        ("consultation", "9:15 AM", "booked"),
        ("consultation", "12:30 PM", "booked"),
        ("operation", "1:00 PM", "slot_taken"),
        ("operation", "1:15 PM", "booked"),
    ] {
        let name = format!(
            "Pat {service} {}",
            time.replace([':', ' '], "").replace(|c: char| c.is_numeric(), "x")
        );
        assert_eq!(
            with_ada(&format!("{name} Sample"), service, time).await,
            outcome,
            "{service} at {time}"
        );
    }
    // What is offered keeps the distance too.
    let wish = json!({ "date": "2026-11-24", "time": "9 AM", "service": "operation", "provider": "Dr. Night" });
    let offered = starts(&search(&gateway, "night", wish).await);
    assert_eq!(offered, ["2026-11-24T05:00Z", "2026-11-24T11:30Z", "2026-11-24T11:45Z"]);
    let busy = gateway.count("appointments a JOIN appointments b ON a.id < b.id AND a.provider_id = b.provider_id AND tstzrange(a.busy_from, a.busy_until) && tstzrange(b.busy_from, b.busy_until)").await;
    assert_eq!(busy, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn closures_and_extra_openings_of_one_or_of_all() {
    let rules = r#"
[hours]
mon-fri = ["09:00-12:00"]

[[provider]]
name = "Dr. Cleo Marsh"

[[provider]]
name = "Dr. Theo Brook"
hours = { tue = ["14:00-16:00"] }

[[service]]
name = "Consultation"
minutes = 30
default = true

[[service]]
name = "Surgery"
minutes = 30
providers = ["Dr. Theo Brook"]

[[closure]]
date = 2026-11-24
provider = "Dr. Cleo Marsh"

[[closure]]
date = 2026-11-25
hours = ["09:00-11:00"]

[[closure]]
date = 2026-11-29
kind = "open"
hours = ["10:00-11:00"]
"#;
    let gateway =
        Setup::default().unhurried().at(NOW).clinic(harbor("odd", "", rules)).start().await;
    let ask = async |wish: Value| {
        let reply = search(&gateway, "odd", wish).await;
        format!("{}: {}", reply.outcome(), reply.spoken())
    };
    // On Tuesday only the other one works.
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-24" })).await, @"offered: On Tuesday, November twenty-fourth, I have two PM, three PM, or three thirty PM. Which one suits you?");
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-24", "provider": "Dr. Marsh" })).await, @"closed: There are no appointments of that kind on Tuesday, November twenty-fourth. We open again on Wednesday, November twenty-fifth at eleven AM; I have eleven AM, eleven fifteen AM, or eleven thirty AM with Doctor Cleo Marsh. Which one suits you?");
    // An extra opening on a Sunday is for all, also for the one who works on Tuesdays only.
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-29" })).await, @"offered: On Sunday, November twenty-ninth, I have ten AM, ten fifteen AM, or ten thirty AM. Which one suits you?");
    // Surgery is given by one of them, who is not there on Wednesday.
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-25", "service": "surgery" })).await, @"closed: There are no appointments of that kind on Wednesday, November twenty-fifth. We open again on Sunday, November twenty-ninth at ten AM; I have ten AM, ten fifteen AM, or ten thirty AM. Which one suits you?");
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-25", "service": "surgery", "provider": "Marsh" })).await, @"question: For Surgery you cannot see Doctor Cleo Marsh. Would you like to see Doctor Theo Brook?");
}
