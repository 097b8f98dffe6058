//! Clinics that are open all night, through the front door, on the days when clocks change and in zones
//! where the day is another one than in UTC: what is offered and booked are instants that exist once.

mod elsewhere;
mod new_york;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{Reply, ToolCall, book_appointment, check_availability};

/// A gateway at `now` with one clinic, slug `night`, that never closes.
async fn night(zone: &str, region: &str, now: OffsetDateTime) -> Gateway {
    let clinic = always_open("night", "Night Clinic", zone, region);
    Setup::default().unhurried().at(now).clinic(clinic).start().await
}

async fn search(gateway: &Gateway, wish: Value) -> Reply {
    gateway.call("night", &check_availability(wish)).await
}

/// A wish of a caller with a number from New York, whatever the clinic's region is.
fn wish(name: &str, date: &str, time: &str) -> ToolCall {
    book_appointment(json!({ "patient_name": name, "date": date, "time": time }))
}

async fn book(gateway: &Gateway, name: &str, date: &str, time: &str) -> Reply {
    gateway.call("night", &wish(name, date, time)).await
}

/// The quarters of a day as they are, beside those that are right: only where they differ.
async fn wrong_quarters(
    gateway: &Gateway,
    date: &str,
    right: Vec<Quarter>,
) -> Vec<(Quarter, Quarter)> {
    let found = quarters(gateway, date).await;
    assert_eq!(found.len(), right.len());
    found.into_iter().zip(right).filter(|(found, right)| found != right).collect()
}

/// A wall-clock time, and the instant that is offered for it.
type Quarter = (String, Option<String>);

/// What is offered for each quarter of an hour of a local day that is asked for by its wall clock: the
/// instant of that time, or none where the answer was a question.
async fn quarters(gateway: &Gateway, date: &str) -> Vec<Quarter> {
    let mut found = Vec::new();
    for minute in (0..24 * 60).step_by(15) {
        let time = format!("{:02}:{:02}", minute / 60, minute % 60);
        // With seconds it is a clock's time: without, "10:00" might be ten in the evening.
        let reply = search(gateway, json!({ "date": date, "time": format!("{time}:00") })).await;
        // Exactly then, or the sentence says that it is not.
        let is_met = reply.outcome() == "offered" && !reply.spoken().starts_with("I have nothing");
        let spoken = said(&time);
        let at = reply.slots().into_iter().find(|(id, ..)| {
            let words = reply.0["result"].as_str().unwrap_or_default();
            is_met
                && [": ", "; "].iter().any(|sign| words.contains(&format!("{sign}{spoken} = {id}")))
        });
        found.push((time, at.map(|(_, at, _)| at)));
    }
    found
}

/// "2:45 PM" as a voice says it, written out for this test.
fn said(time: &str) -> String {
    const HOURS: [&str; 12] = [
        "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven",
    ];
    let (hour, minute) = time.split_once(':').expect("a time");
    let hour: usize = hour.parse().expect("an hour");
    let half = if hour < 12 { "AM" } else { "PM" };
    match (hour, minute) {
        (0, "00") => "midnight".to_owned(),
        (12, "00") => "noon".to_owned(),
        (_, "00") => format!("{} {half}", HOURS[hour % 12]),
        (_, minute) => {
            let minute = match minute {
                "15" => "fifteen",
                "30" => "thirty",
                _ => "forty-five",
            };
            format!("{} {minute} {half}", HOURS[hour % 12])
        }
    }
}

/// The wall-clock quarters from `from` up to `until`, each with its instant by `offset` hours from UTC.
fn expected(date: &str, from: &str, until: &str, offset: time::UtcOffset) -> Vec<Quarter> {
    let date = time::Date::parse(date, time::macros::format_description!("[year]-[month]-[day]"));
    let date = date.expect("a date");
    let minute = |text: &str| -> i64 {
        let (hour, minute) = text.split_once(':').expect("a time");
        hour.parse::<i64>().expect("an hour") * 60 + minute.parse::<i64>().expect("a minute")
    };
    (minute(from)..minute(until))
        .step_by(15)
        .map(|m| {
            let local = date.midnight() + time::Duration::minutes(m);
            let at = local.assume_offset(offset).to_offset(time::UtcOffset::UTC);
            let at = at.format(&time::format_description::well_known::Rfc3339).expect("an instant");
            (format!("{:02}:{:02}", m / 60, m % 60), Some(at))
        })
        .collect()
}

/// Wall-clock quarters that nobody can be offered.
fn nothing(from: u32, until: u32) -> Vec<Quarter> {
    (from..until).step_by(15).map(|m| (format!("{:02}:{:02}", m / 60, m % 60), None)).collect()
}
