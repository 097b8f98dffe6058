//! Which times are offered: the earliest always, two more near the wished time or over the day, another
//! day where the wished one has nothing.

use serde_json::json;

use super::{search, starts};
use crate::harness::clinics::one_slot;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{Reply, book_appointment, check_availability};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_offered_by_its_earliest_time_and_two_others() {
    let gateway = Gateway::unhurried().await;
    let reply = search(&gateway, json!({ "date": "2026-11-24" })).await;
    assert_eq!(reply.outcome(), "offered");
    insta::assert_snapshot!(reply.spoken(), @"On Tuesday, November twenty-fourth, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
    assert_eq!(starts(&reply), ["2026-11-24T14:00Z", "2026-11-24T18:30Z", "2026-11-24T21:30Z"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_earliest_free_time_is_always_among_them() {
    let gateway = Gateway::unhurried().await;
    for wished in ["9 AM", "9:15 AM", "11:30 AM", "1 PM", "2:10 PM", "4:30 PM", "noon", "7 PM"] {
        let reply = search(&gateway, json!({ "date": "2026-11-24", "time": wished })).await;
        assert_eq!(starts(&reply)[0], "2026-11-24T14:00Z", "{wished}");
        assert_eq!(reply.slots().len(), 3, "{wished}");
    }
    // Nine o'clock is free until both are busy then.
    for (patient, earliest) in [("Ada", "2026-11-24T14:00Z"), ("Ben", "2026-11-24T14:30Z")] {
        let wish = json!({ "patient_name": format!("{patient} Sample"), "date": "2026-11-24", "time": "9 AM" });
        assert_eq!(gateway.call("demo", &book_appointment(wish)).await.outcome(), "booked");
        for wished in [json!(null), json!("9 AM"), json!("4:30 PM")] {
            let reply = search(&gateway, json!({ "date": "2026-11-24", "time": wished })).await;
            assert_eq!(starts(&reply)[0], earliest, "{wished}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_lie_near_the_wished_time() {
    let gateway = Gateway::unhurried().await;
    let ask = async |wish: serde_json::Value| {
        let reply = search(&gateway, wish).await;
        (reply.outcome().to_owned(), reply.spoken().to_owned())
    };
    let (outcome, words) = ask(json!({ "date": "2026-11-24", "time": "2:30 PM" })).await;
    assert_eq!(outcome, "offered");
    insta::assert_snapshot!(words, @"On Tuesday, November twenty-fourth, I have nine AM, two fifteen PM, or two thirty PM. Which one suits you?");
    // Off the grid is no question here: near is enough, but it is not what was asked for.
    let (_, words) = ask(json!({ "date": "2026-11-24", "time": "2:40 PM" })).await;
    insta::assert_snapshot!(words, @"I have nothing free then. On Tuesday, November twenty-fourth, I have nine AM, two thirty PM, or two forty-five PM. Which one suits you?");
    let (_, words) = ask(json!({ "date": "2026-11-24", "time": "noon" })).await;
    insta::assert_snapshot!(words, @"I have nothing free then. On Tuesday, November twenty-fourth, I have nine AM, eleven fifteen AM, or eleven thirty AM. Which one suits you?");
    // Date and time in one field.
    let (_, words) = ask(json!({ "date": "tomorrow at half past two" })).await;
    insta::assert_snapshot!(words, @"On Tuesday, November twenty-fourth, I have nine AM, two fifteen PM, or two thirty PM. Which one suits you?");
    // A time without a date: the soonest day that has it, which is today.
    let (_, words) = ask(json!({ "time": "10 AM" })).await;
    insta::assert_snapshot!(words, @"On Tuesday, November twenty-fourth, I have nine AM, nine forty-five AM, or ten AM. Which one suits you?");
    let (_, words) = ask(json!({ "time": "3 PM" })).await;
    insta::assert_snapshot!(words, @"On Monday, November twenty-third, I have one PM, two forty-five PM, or three PM. Which one suits you?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_day_is_kept_to() {
    let gateway = Gateway::unhurried().await;
    let ask = async |wish: serde_json::Value| search(&gateway, wish).await.spoken().to_owned();
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-24", "part_of_day": "morning" })).await, @"On Tuesday, November twenty-fourth, I have nine AM, ten thirty AM, or eleven thirty AM. Which one suits you?");
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-24", "part_of_day": "afternoon" })).await, @"On Tuesday, November twenty-fourth, I have one PM, three PM, or four thirty PM. Which one suits you?");
    insta::assert_snapshot!(ask(json!({ "date": "tomorrow afternoon" })).await, @"On Tuesday, November twenty-fourth, I have one PM, three PM, or four thirty PM. Which one suits you?");
    insta::assert_snapshot!(ask(json!({ "date": "2026-11-24", "part_of_day": "evening" })).await, @"I have nothing free then. On Tuesday, November twenty-fourth, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
    // Without a date: the soonest morning.
    insta::assert_snapshot!(ask(json!({ "part_of_day": "morning" })).await, @"On Tuesday, November twenty-fourth, I have nine AM, ten thirty AM, or eleven thirty AM. Which one suits you?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_day_says_so_and_when_it_opens() {
    let gateway = Gateway::unhurried().await;
    let thanksgiving = search(&gateway, json!({ "date": "2026-11-26" })).await;
    assert_eq!(thanksgiving.outcome(), "closed");
    insta::assert_snapshot!(thanksgiving.spoken(), @"We are closed on Thursday, November twenty-sixth. We open again on Friday, November twenty-seventh at nine AM; I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
    // The next open day is full: what opens first, and what there is.
    gateway.fill("demo", "2026-11-27T00:00-05", "2026-11-28T00:00-05").await;
    let full = search(&gateway, json!({ "date": "2026-11-26" })).await;
    assert_eq!(full.outcome(), "closed");
    insta::assert_snapshot!(full.spoken(), @"We are closed on Thursday, November twenty-sixth. We open again on Friday, November twenty-seventh at nine AM. On Saturday, November twenty-eighth, I have nine AM, eleven AM, or twelve thirty PM. Which one suits you?");
    assert_eq!(starts(&full)[0], "2026-11-28T14:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_day_leads_to_the_next_that_has_something() {
    let gateway = Gateway::unhurried().await;
    // Tuesday and Wednesday are full, Thursday is closed.
    gateway.fill("demo", "2026-11-24T00:00-05", "2026-11-26T00:00-05").await;
    let reply = search(&gateway, json!({ "date": "2026-11-24" })).await;
    assert_eq!(reply.outcome(), "offered");
    insta::assert_snapshot!(reply.spoken(), @"Nothing is free on Tuesday, November twenty-fourth. On Friday, November twenty-seventh, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
    // Nobody's name is told with it.
    assert!(!reply.0.to_string().contains("Quinn"), "{reply:?}");
    // The soonest for a day that is over for us: today until five is full.
    gateway.fill("demo", "2026-11-23T00:00-05", "2026-11-24T00:00-05").await;
    let soonest = search(&gateway, json!({})).await;
    insta::assert_snapshot!(soonest.spoken(), @"On Friday, November twenty-seventh, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_times_left_are_offered_as_they_are() {
    let gateway = Gateway::unhurried().await;
    let until = async |from: &str| {
        gateway.fill("demo", "2026-11-24T00:00-05", from).await;
        let reply = search(&gateway, json!({ "date": "2026-11-24" })).await;
        gateway.forget().await;
        reply.spoken().to_owned()
    };
    insta::assert_snapshot!(until("2026-11-24T16:00-05").await, @"On Tuesday, November twenty-fourth, I have four PM, four fifteen PM, or four thirty PM. Which one suits you?");
    insta::assert_snapshot!(until("2026-11-24T16:15-05").await, @"On Tuesday, November twenty-fourth, I have four fifteen PM or four thirty PM. Which one suits you?");
    insta::assert_snapshot!(until("2026-11-24T16:30-05").await, @"On Tuesday, November twenty-fourth, I have four thirty PM. Does that suit you?");
    insta::assert_snapshot!(until("2026-11-24T16:45-05").await, @"Nothing is free on Tuesday, November twenty-fourth. On Wednesday, November twenty-fifth, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_until_the_horizon_is_said_as_such() {
    let gateway = Setup::default().unhurried().clinic(one_slot("tiny")).start().await;
    let ask = async |wish| -> Reply { gateway.call("tiny", &check_availability(wish)).await };
    let last = ask(json!({})).await;
    insta::assert_snapshot!(last.spoken(), @"On Monday, November thirtieth, I have nine AM. Does that suit you?");
    gateway.fill("tiny", "2026-11-30T00:00-05", "2026-12-01T00:00-05").await;
    for wish in [
        json!({}),
        json!({ "date": "2026-11-30" }),
        json!({ "date": "tomorrow" }),
        json!({ "time": "9 AM" }),
    ] {
        let reply = ask(wish.clone()).await;
        assert_eq!(reply.outcome(), "none_free", "{wish}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"I find nothing free until Tuesday, December first, which is as far as we book. Would another provider or service do?");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_and_missed_appointments_are_offered_again() {
    let gateway = Gateway::unhurried().await;
    gateway.fill("demo", "2026-11-24T00:00-05", "2026-11-25T00:00-05").await;
    for (status, is_free) in [
        ("booked", false),
        ("confirmed", false),
        ("completed", false),
        ("cancelled", true),
        ("no_show", true),
    ] {
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        let reply = search(&gateway, json!({ "date": "2026-11-24" })).await;
        assert_eq!(starts(&reply)[0] == "2026-11-24T14:00Z", is_free, "{status}");
    }
}
