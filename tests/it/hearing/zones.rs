//! The same words in other places: numeric dates by region, the clinic's own day and offset, the hours
//! that clocks skip or show twice, the ends of months and years.

use vapi_gateway::speech::hear::Ear;

use super::{at, booked, check, day_clinic, night_clinic, wished};

/// Zone, region, local now, date, time, meaning.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const LONDON: &str = "Europe/London";
const KOLKATA: &str = "Asia/Kolkata";
const SYDNEY: &str = "Australia/Sydney";
const NEW_YORK: &str = "America/New_York";
const TORONTO: &str = "America/Toronto";

fn check_rows<const N: usize>(rows: [Row; N]) {
    check(rows.map(|(zone, region, now, date, time, meant)| {
        let clinic = night_clinic(zone, region);
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        (format!("{zone}, {now}: {date:?}, {time:?}"), booked(&ear, date, time), meant)
    }));
}

#[test]
fn numeric_dates_by_region() {
    check_rows([
        (LONDON, "GB", "2026-11-23 10:30", "24/11", "2 PM", "2026-11-24 14:00"),
        (LONDON, "GB", "2026-11-23 10:30", "11/24", "2 PM", "2026-11-24 14:00"),
        (LONDON, "GB", "2026-11-23 10:30", "1/12/2026", "2 PM", "2026-12-01 14:00"),
        (LONDON, "GB", "2026-11-23 10:30", "26/11/27", "2 PM", "?WhichDate"),
        (NEW_YORK, "US", "2026-11-23 10:30", "1/12/2027", "2 PM", "2027-01-12 14:00"),
        (KOLKATA, "IN", "2026-11-23 10:30", "1/12", "2 PM", "2026-12-01 14:00"),
        (SYDNEY, "AU", "2026-11-23 10:30", "01.12.2026", "14:00", "2026-12-01 14:00"),
        (TORONTO, "CA", "2026-11-23 10:30", "1/12/2027", "2 PM", "?WhichDate"),
        (TORONTO, "CA", "2026-11-23 10:30", "12/24", "2 PM", "2026-12-24 14:00"),
        (TORONTO, "CA", "2026-11-23 10:30", "12/12", "2 PM", "2026-12-12 14:00"),
        (TORONTO, "CA", "2026-11-23 10:30", "11/12", "2 PM", "?Past"),
    ]);
}

#[test]
fn today_is_the_clinics() {
    check_rows([
        (NEW_YORK, "US", "2026-11-23 23:30", "tomorrow", "9 AM", "2026-11-24 09:00"),
        (SYDNEY, "AU", "2026-11-24 00:30", "tomorrow", "9 AM", "2026-11-25 09:00"),
        (KOLKATA, "IN", "2026-11-24 01:00", "today", "9 AM", "2026-11-24 09:00"),
        (LONDON, "GB", "2026-12-31 10:30", "tomorrow", "9 AM", "2027-01-01 09:00"),
        (LONDON, "GB", "2026-12-31 10:30", "December 31st", "2 PM", "2026-12-31 14:00"),
        (LONDON, "GB", "2026-12-31 10:30", "1st January", "2 PM", "2027-01-01 14:00"),
        (LONDON, "GB", "2026-12-31 10:30", "the 1st", "2 PM", "2027-01-01 14:00"),
        (LONDON, "GB", "2026-12-31 10:30", "in 2 days", "2 PM", "2027-01-02 14:00"),
        (LONDON, "GB", "2027-01-02 10:30", "January 1st", "2 PM", "?Past"),
        (LONDON, "GB", "2027-02-27 10:30", "February 29th", "2 PM", "?ImpossibleDate"),
        (LONDON, "GB", "2027-02-28 10:30", "tomorrow", "2 PM", "2027-03-01 14:00"),
        (LONDON, "GB", "2028-02-28 10:30", "tomorrow", "2 PM", "2028-02-29 14:00"),
        (LONDON, "GB", "2028-02-01 10:30", "29 Feb", "2 PM", "2028-02-29 14:00"),
        (LONDON, "GB", "2028-01-31 10:30", "the 29th of next month", "2 PM", "2028-02-29 14:00"),
        (LONDON, "GB", "2027-06-01 10:30", "29 February 2028", "2 PM", "2028-02-29 14:00"),
        (LONDON, "GB", "2027-06-01 10:30", "29 February", "2 PM", "2028-02-29 14:00"),
    ]);
}

#[test]
fn hours_that_clocks_skip_or_show_twice() {
    check_rows([
        (NEW_YORK, "US", "2027-03-10 10:30", "2027-03-14", "2:30 AM", "?Skipped"),
        (NEW_YORK, "US", "2027-03-10 10:30", "Sunday", "02:00", "?Skipped"),
        (NEW_YORK, "US", "2027-03-10 10:30", "2027-03-14", "1:45 AM", "2027-03-14 01:45"),
        (NEW_YORK, "US", "2027-03-10 10:30", "2027-03-14", "3 AM", "2027-03-14 03:00"),
        (NEW_YORK, "US", "2027-11-01 10:30", "2027-11-07", "1:30 AM", "?Doubled"),
        (NEW_YORK, "US", "2027-11-01 10:30", "2027-11-07", "2 AM", "2027-11-07 02:00"),
        (NEW_YORK, "US", "2027-11-01 10:30", "2027-11-07T01:30:00-06:00", "", "?ForeignOffset"),
        (LONDON, "GB", "2027-03-25 10:30", "28/03/2027", "01:30", "?Skipped"),
        (LONDON, "GB", "2027-10-25 10:30", "Sunday", "1:30 AM", "?Doubled"),
        (SYDNEY, "AU", "2027-10-01 10:30", "Sunday", "2:30 AM", "?Skipped"),
        (SYDNEY, "AU", "2027-04-01 10:30", "Sunday", "2:30 AM", "?Doubled"),
        (SYDNEY, "AU", "2027-04-01 10:30", "Sunday", "3 AM", "2027-04-04 03:00"),
    ]);
    let clinic = night_clinic(NEW_YORK, "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2027-11-01 10:30") };
    for (said, utc_hour) in [("2027-11-07T01:30:00-04:00", 5), ("2027-11-07T01:30:00-05:00", 6)] {
        let start = ear.start(Some(said), None).expect("one of the two");
        assert_eq!((start.hour(), start.minute()), (utc_hour, 30), "{said}");
    }
    assert_eq!(wished(&ear, "2027-11-07", "1:30 AM", ""), "?Doubled");
}

#[test]
fn offsets_are_the_clinics_own() {
    check_rows([
        ("UTC", "US", "2026-01-19 15:54", "2026-08-22T16:30:00Z", "", "2026-08-22 16:30"),
        ("UTC", "US", "2026-01-19 15:54", "2026-08-22", "16:30", "2026-08-22 16:30"),
        ("UTC", "US", "2026-01-19 15:54", "2026-08-22T16:30:00+00:00", "", "2026-08-22 16:30"),
        ("UTC", "US", "2026-01-19 15:54", "2026-08-22T16:30:00-04:00", "", "?ForeignOffset"),
        (KOLKATA, "IN", "2026-11-23 10:30", "2026-11-24T16:30:00+05:30", "", "2026-11-24 16:30"),
        (KOLKATA, "IN", "2026-11-23 10:30", "2026-11-24T16:30:00+05:00", "", "?ForeignOffset"),
        (KOLKATA, "IN", "2026-11-23 10:30", "2026-11-24T16:30:00Z", "", "?ForeignOffset"),
        (LONDON, "GB", "2026-11-23 10:30", "2026-11-24T16:30:00Z", "", "2026-11-24 16:30"),
        (LONDON, "GB", "2026-11-23 10:30", "2027-07-01T16:30:00Z", "", "?ForeignOffset"),
        (LONDON, "GB", "2026-11-23 10:30", "2027-07-01T16:30:00+01:00", "", "2027-07-01 16:30"),
        (SYDNEY, "AU", "2026-11-23 10:30", "2026-11-24T16:30:00+11:00", "", "2026-11-24 16:30"),
        (SYDNEY, "AU", "2026-11-23 10:30", "2026-11-24", "16:30:00+11:00", "2026-11-24 16:30"),
        (SYDNEY, "AU", "2026-11-23 10:30", "2026-11-24", "16:30:00+10:00", "?ForeignOffset"),
        (SYDNEY, "AU", "2026-11-23 10:30", "9998-12-31T23:59:00", "", "?UnclearDate"),
        (SYDNEY, "AU", "2026-11-23 10:30", "2199-12-31T23:45:00", "", "2199-12-31 23:45"),
        (SYDNEY, "AU", "2026-11-23 10:30", "1900-01-01T00:00:00", "", "?Past"),
    ]);
}

#[test]
fn next_weekday_by_day_of_the_week() {
    let clinic = day_clinic(LONDON, "GB");
    // Saturday, Sunday, Wednesday.
    for (now, said, meant) in [
        ("2026-11-28 10:30", "next Tuesday", "2026-12-01 - -"),
        ("2026-11-27 10:30", "next Tuesday", "2026-12-01 - -"),
        ("2026-11-29 10:30", "next Tuesday", "?WhichDate"),
        ("2026-11-25 10:30", "next Wednesday", "2026-12-02 - -"),
        ("2026-11-25 10:30", "next Thursday", "?WhichDate"),
        ("2026-11-25 10:30", "next Sunday", "?WhichDate"),
        ("2026-11-25 10:30", "Wednesday", "?WhichDate"),
        ("2026-11-25 10:30", "Monday this week", "?Past"),
    ] {
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        assert_eq!(wished(&ear, said, "", ""), meant, "{said} on {now}");
    }
}
