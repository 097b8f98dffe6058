//! When a reminder comes: by day, where the patient is, on the days with 23 and 25 hours, too.

use proptest::prelude::*;
use time::macros::{datetime, time};
use time::{Duration, OffsetDateTime};
use vapi_gateway::domain::reminder::{due_at, is_allowed, next_allowed, plan};
use vapi_gateway::domain::zone::Zone;

fn zone(name: &str) -> Zone {
    Zone::find(name).expect("a zone")
}

/// The wall clock there, as "03-14 08:00".
fn wall(zone: &Zone, at: OffsetDateTime) -> String {
    let local = zone.local(at);
    let (month, day) = (u8::from(local.month()), local.day());
    format!("{month:02}-{day:02} {:02}:{:02}", local.hour(), local.minute())
}

#[test]
fn a_reminder_at_night_comes_the_evening_before() {
    let cases = [
        // On the day when the clocks go forward at two, 24 hours before nine is eight the day before.
        ("America/New_York", datetime!(2027-03-14 09:00 -4), 1440, "03-13 08:00"),
        ("America/New_York", datetime!(2027-03-14 08:30 -4), 1440, "03-12 20:00"),
        ("America/New_York", datetime!(2027-03-14 10:00 -4), 120, "03-14 08:00"),
        ("America/New_York", datetime!(2027-03-14 09:59 -4), 120, "03-13 20:00"),
        // Five hours before three is nine in the evening in winter time: one too late.
        ("America/New_York", datetime!(2027-03-14 03:00 -4), 300, "03-13 20:00"),
        ("America/New_York", datetime!(2027-03-14 03:00 -4), 301, "03-13 20:59"),
        // When they go back, 24 hours before nine is ten.
        ("America/New_York", datetime!(2026-11-01 09:00 -5), 1440, "10-31 10:00"),
        ("America/New_York", datetime!(2026-11-01 09:00 -5), 120, "10-31 20:00"),
        ("America/New_York", datetime!(2026-11-01 01:30 -4), 60, "10-31 20:00"),
        ("America/New_York", datetime!(2026-11-01 01:30 -5), 60, "10-31 20:00"),
        ("Asia/Kolkata", datetime!(2026-11-27 10:00 +5:30), 120, "11-27 08:00"),
        ("Asia/Kolkata", datetime!(2026-11-27 09:45 +5:30), 120, "11-26 20:00"),
        ("Asia/Kolkata", datetime!(2026-11-27 21:00 +5:30), 1440, "11-26 20:00"),
        ("Asia/Kolkata", datetime!(2026-11-27 20:59 +5:30), 1440, "11-26 20:59"),
        ("Australia/Sydney", datetime!(2026-10-04 09:00 +11), 1440, "10-03 08:00"),
        ("Australia/Sydney", datetime!(2026-10-04 08:59 +11), 1440, "10-02 20:00"),
        ("Australia/Sydney", datetime!(2027-04-04 09:00 +10), 1440, "04-03 10:00"),
        ("Australia/Sydney", datetime!(2027-04-04 02:30 +11), 30, "04-03 20:00"),
        // Samoa had no 30th of December: the evening before is that of the 29th.
        ("Pacific/Apia", datetime!(2011-12-31 07:00 +14), 60, "12-29 20:00"),
    ];
    for (name, starts_at, lead, expected) in cases {
        let zone = zone(name);
        let due = due_at(starts_at, Duration::minutes(lead), &zone).expect("a time");
        assert_eq!(wall(&zone, due), expected, "{name} {starts_at} {lead}");
    }
}

#[test]
fn the_hours_begin_at_eight_and_end_at_nine() {
    let zone = zone("America/New_York");
    for (local, allowed) in [
        (time!(7:59:59), false),
        (time!(8:00), true),
        (time!(20:59:59), true),
        (time!(21:00), false),
        (time!(0:00), false),
    ] {
        for date in [time::macros::date!(2026 - 11 - 01), time::macros::date!(2027 - 03 - 14)] {
            assert_eq!(is_allowed(&zone, zone.edge(date, local)), allowed, "{date} {local}");
        }
    }
}

#[test]
fn the_next_time_is_a_morning_before_the_start() {
    let zone = zone("America/New_York");
    let start = datetime!(2027-03-14 09:00 -4);
    for (now, expected) in [
        (datetime!(2027-03-13 12:00 -5), Some("03-13 12:00")),
        (datetime!(2027-03-13 21:00 -5), Some("03-14 08:00")),
        (datetime!(2027-03-14 01:59 -5), Some("03-14 08:00")),
        (datetime!(2027-03-14 07:59 -4), Some("03-14 08:00")),
        (datetime!(2027-03-14 09:00 -4), None),
        (datetime!(2027-03-14 22:00 -4), None),
    ] {
        let next = next_allowed(&zone, now, start).map(|at| wall(&zone, at));
        assert_eq!(next.as_deref(), expected, "{now}");
    }
    assert_eq!(
        next_allowed(&zone, datetime!(2027-03-13 23:00 -5), datetime!(2027-03-14 08:00 -4)),
        None
    );
}

const ZONES: [&str; 9] = [
    "America/New_York",
    "America/St_Johns",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_reminder_comes_at_night_or_too_late(
        name in proptest::sample::select(&ZONES[..]),
        // From 2011, when Samoa skipped a day, to 2034.
        start in 1_290_000_000i64..2_030_000_000,
        leads in proptest::collection::vec(1i64..=20_160, 0..6),
        notice in 0i64..30_000,
    ) {
        let zone = zone(name);
        let starts_at = OffsetDateTime::from_unix_timestamp(start / 60 * 60).expect("a time");
        let now = starts_at - Duration::minutes(notice);
        let leads: Vec<Duration> = leads.into_iter().map(Duration::minutes).collect();
        let planned = plan(starts_at, &leads, &zone, now);
        for (place, (lead, due)) in planned.iter().enumerate() {
            prop_assert!(is_allowed(&zone, *due), "{name} {starts_at} {lead} {due}");
            prop_assert!(*due > now && *due <= starts_at - *lead);
            // Not more than a night early, or a skipped day.
            prop_assert!(starts_at - *lead - *due <= Duration::hours(37), "{name} {starts_at} {lead} {due}");
            prop_assert!(leads.contains(lead));
            let later = planned.get(place + 1);
            prop_assert!(later.is_none_or(|(next, at)| next < lead && at > due), "{planned:?}");
        }
        // Nothing that is still to come is left out but for a shorter one that comes no later.
        for lead in &leads {
            let due = due_at(starts_at, *lead, &zone).expect("a time");
            let is_said = planned.iter().any(|(planned, at)| *at <= due && planned <= lead);
            prop_assert!(is_said || due <= now, "{planned:?} {lead}");
        }
        if let Some(next) = next_allowed(&zone, now, starts_at) {
            prop_assert!(is_allowed(&zone, next) && now <= next && next < starts_at);
        }
    }
}
