//! What is wished when looking for times, and hours without AM or PM.

use vapi_gateway::speech::hear::Ear;

use super::{at, booked, check, day_clinic, night_clinic, wished};

#[test]
fn wishes() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("", "", "", "- - -"),
        ("any day", "anytime", "any", "- - -"),
        ("as soon as possible", "", "", "- - -"),
        ("tomorrow", "", "afternoon", "2026-11-24 - Afternoon"),
        ("tomorrow morning", "", "morning", "2026-11-24 - Morning"),
        ("tomorrow morning", "", "evening", "?TimesDisagree"),
        ("", "afternoon", "", "- - Afternoon"),
        ("", "", "PM", "- - Afternoon"),
        ("", "2", "", "- 14:00 -"),
        ("", "7", "", "?WhichHalf"),
        ("tomorrow", "2:10 PM", "", "2026-11-24 14:10 -"),
        ("tomorrow", "around 2 PM", "", "2026-11-24 14:00 -"),
        ("late tomorrow afternoon", "", "", "2026-11-24 - Afternoon"),
        ("tonight", "", "", "2026-11-23 - Evening"),
    ];
    check(table.map(|(date, time, part, meant)| {
        (format!("{date:?}, {time:?}, {part:?}"), wished(&ear, date, time, part), meant)
    }));
}

#[test]
fn a_bare_hour_needs_opening_hours_that_leave_one_meaning() {
    let clinic = night_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("3", "?WhichHalf"),
        ("half past two", "?WhichHalf"),
        ("10:00", "?WhichHalf"),
        ("3 AM", "2026-11-24 03:00"),
        ("03:00", "2026-11-24 03:00"),
        ("10:00:00", "2026-11-24 10:00"),
        ("3 in the morning", "2026-11-24 03:00"),
        ("12 AM", "2026-11-24 00:00"),
        ("twelve in the morning", "?TimesDisagree"),
        ("midnight", "?WhichMidnight"),
        ("1 at night", "?TimesDisagree"),
        ("eleven at night", "2026-11-24 23:00"),
    ];
    check(table.map(|(time, meant)| (time.to_owned(), booked(&ear, "tomorrow", time), meant)));
}
