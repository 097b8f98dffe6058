//! Dates and times at a clinic in New York, open by day, on Monday, November 23, 2026, at 10:30.

use vapi_gateway::speech::hear::Ear;

use super::{at, booked, check, day_clinic, night_clinic, wished};

#[test]
fn dates() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("2026-11-24", "2026-11-24"),
        ("2026-11-24.", "2026-11-24"),
        ("20261124", "2026-11-24"),
        ("2026/11/24", "2026-11-24"),
        ("today", "2026-11-23"),
        ("Tomorrow", "2026-11-24"),
        ("tomorrow, Tuesday", "2026-11-24"),
        ("tomorrow, Wednesday", "?WrongWeekday"),
        ("the day after tomorrow", "2026-11-25"),
        ("day after tomorrow", "2026-11-25"),
        ("Wednesday", "2026-11-25"),
        ("weds.", "2026-11-25"),
        ("this Wednesday", "2026-11-25"),
        ("this coming Wednesday", "2026-11-25"),
        ("on Sunday", "2026-11-29"),
        ("Monday", "?WhichDate"),
        ("this Monday", "?WhichDate"),
        ("today, Monday", "2026-11-23"),
        ("next Tuesday", "?WhichDate"),
        ("next Sunday", "?WhichDate"),
        ("next Monday", "2026-11-30"),
        ("next Tuesday, December 1st", "2026-12-01"),
        ("next Tuesday, December 8th", "?WhichDate"),
        ("Tuesday next week", "2026-12-01"),
        ("next week on Tuesday", "2026-12-01"),
        ("next week Tuesday", "2026-12-01"),
        ("Sunday next week", "?WhichDate"),
        ("Friday this week", "2026-11-27"),
        ("next week", "?DayNeeded"),
        ("this weekend", "?DayNeeded"),
        ("end of the month", "?DayNeeded"),
        ("the 24th", "2026-11-24"),
        ("the twenty-fourth", "2026-11-24"),
        ("the twenty fourth", "2026-11-24"),
        ("Tuesday the 24th", "2026-11-24"),
        ("Wednesday the 24th", "?WrongWeekday"),
        ("the 5th", "2026-12-05"),
        ("the 5th of next month", "2026-12-05"),
        ("the 31st", "?ImpossibleDate"),
        ("November 24th", "2026-11-24"),
        ("Nov. 24", "2026-11-24"),
        ("NOVEMBER 24TH", "2026-11-24"),
        ("Tue, Nov 24, 2026", "2026-11-24"),
        ("november twenty fourth", "2026-11-24"),
        ("November twenty-four", "2026-11-24"),
        ("twenty third of december", "2026-12-23"),
        ("24 November 2026", "2026-11-24"),
        ("24-Nov-2026", "2026-11-24"),
        ("the 24th of November, 2026", "2026-11-24"),
        ("November twenty-fourth, twenty twenty-six", "2026-11-24"),
        ("november twenty fourth twenty twenty six", "2026-11-24"),
        ("November 24th two thousand and twenty six", "2026-11-24"),
        ("Tuesday, August 20, 2026", "?WrongWeekday"),
        ("Tuesday November 24", "2026-11-24"),
        ("Wednesday November 24", "?WrongWeekday"),
        ("11/24", "2026-11-24"),
        ("11/24/2026", "2026-11-24"),
        ("11/24/26", "2026-11-24"),
        ("11-24-2026", "2026-11-24"),
        ("12/1", "2026-12-01"),
        ("24/11", "2026-11-24"),
        ("24.11.2026", "2026-11-24"),
        ("13/13", "?ImpossibleDate"),
        ("2/30", "?ImpossibleDate"),
        ("January 5th", "2027-01-05"),
        ("1/5", "2027-01-05"),
        ("November 20th", "?Past"),
        ("November 20, 2026", "?Past"),
        ("2025-11-24", "?Past"),
        ("2024-08-22", "?Past"),
        ("November 24th 2025", "?Past"),
        ("yesterday", "?Past"),
        ("in 2 days", "2026-11-25"),
        ("in two weeks", "2026-12-07"),
        ("in a week", "2026-11-30"),
        ("two weeks from now", "2026-12-07"),
        ("a week from tomorrow", "2026-12-01"),
        ("a week from Friday", "2026-12-04"),
        ("one week from today", "2026-11-30"),
        ("a week from Monday", "?WhichDate"),
        ("2026-02-30", "?ImpossibleDate"),
        ("2026-13-01", "?ImpossibleDate"),
        ("February 30th", "?ImpossibleDate"),
        ("9999-12-31", "?UnclearDate"),
        ("Tuesday or Wednesday", "?UnclearDate"),
        ("not Tuesday", "?UnclearDate"),
        ("by Friday", "?UnclearDate"),
        ("November", "?UnclearDate"),
        ("24", "?UnclearDate"),
        ("\u{ff12}\u{ff10}\u{ff12}\u{ff16}-11-24", "2026-11-24"),
        ("\u{201c}tomorrow\u{201d}", "2026-11-24"),
        ("tomorrow\u{a0}", "2026-11-24"),
    ];
    check(table.map(|(said, meant)| {
        let heard = wished(&ear, said, "", "");
        (said.to_owned(), heard.trim_end_matches(" - -").to_owned(), meant)
    }));
}

#[test]
fn times() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("2 PM", "14:00"),
        ("2pm", "14:00"),
        ("2 p.m.", "14:00"),
        ("at 2 P.M", "14:00"),
        ("14:30", "14:30"),
        ("14:30:00", "14:30"),
        ("1430", "14:30"),
        ("09:00", "09:00"),
        ("10:00", "10:00"),
        ("2.30 PM", "14:30"),
        ("2:30", "14:30"),
        ("2 30 PM", "14:30"),
        ("half past two", "14:30"),
        ("quarter to three", "14:45"),
        ("a quarter past three PM", "15:15"),
        ("twenty to four", "?OffGrid"),
        ("nine a.m.", "09:00"),
        ("nine oh five AM", "?OffGrid"),
        ("9 in the morning", "09:00"),
        ("9:00 in the morning", "09:00"),
        ("two thirty in the afternoon", "14:30"),
        ("two thirty", "14:30"),
        ("two-thirty PM", "14:30"),
        ("3", "15:00"),
        ("at 3", "15:00"),
        ("three", "15:00"),
        ("three o'clock", "15:00"),
        ("3 o\u{2019}clock pm", "15:00"),
        ("10", "10:00"),
        ("7", "?WhichHalf"),
        ("noon", "12:00"),
        ("midday", "12:00"),
        ("12 noon", "12:00"),
        ("12 pm", "12:00"),
        ("12 am", "00:00"),
        ("0:30", "00:30"),
        ("midnight", "?WhichMidnight"),
        ("12 at night", "?TimesDisagree"),
        ("eleven thirty AM", "11:30"),
        ("ten ten pm", "?OffGrid"),
        ("25:00", "?ImpossibleTime"),
        ("14:75", "?ImpossibleTime"),
        ("13 PM", "?ImpossibleTime"),
        ("14:30 PM", "?ImpossibleTime"),
        ("14:30:15", "?ImpossibleTime"),
        ("2:10 PM", "?OffGrid"),
        ("9 PM in the morning", "?TimesDisagree"),
        ("2 to 3 PM", "?UnclearTime"),
        ("2-3 PM", "?UnclearTime"),
        ("ten to three", "?UnclearTime"),
        ("9:00-17:00", "?UnclearTime"),
        ("09:00-05:00", "?UnclearTime"),
        ("9 or 21:00", "?UnclearTime"),
        ("after 3 PM", "?UnclearTime"),
        ("2 PM EST", "?UnclearTime"),
        ("around 2 PM", "?MissingTime"),
        ("afternoon", "?TimeNeeded"),
        ("in the morning", "?TimeNeeded"),
        ("14:30Z", "?ForeignOffset"),
        ("14:30 UTC", "?ForeignOffset"),
        ("", "?MissingTime"),
        ("anytime", "?MissingTime"),
    ];
    check(table.map(|(said, meant)| {
        let heard = booked(&ear, "2026-11-24", said);
        (said.to_owned(), heard.trim_start_matches("2026-11-24 ").to_owned(), meant)
    }));
}

#[test]
fn date_and_time_in_either_field() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("Tomorrow at 2 PM", "", "2026-11-24 14:00"),
        ("", "Tomorrow at 2 PM", "2026-11-24 14:00"),
        ("Tomorrow at 2 PM", "2 PM", "2026-11-24 14:00"),
        ("Tomorrow at 2 PM", "14:00", "2026-11-24 14:00"),
        ("Tomorrow at 2", "14:00", "2026-11-24 14:00"),
        ("Tomorrow at 2 PM", "3 PM", "?TimesDisagree"),
        ("tomorrow", "Wednesday at 2 PM", "?WrongWeekday"),
        ("tomorrow", "November 25th at 2 PM", "?WhichDate"),
        ("2 PM tomorrow", "null", "2026-11-24 14:00"),
        ("tomorrow afternoon", "2:30", "2026-11-24 14:30"),
        ("tomorrow afternoon at 3", "", "2026-11-24 15:00"),
        ("this afternoon", "3", "2026-11-23 15:00"),
        ("this afternoon", "", "?TimeNeeded"),
        ("tonight", "", "?TimeNeeded"),
        ("tonight", "8", "2026-11-23 20:00"),
        ("tonight at eight", "", "2026-11-23 20:00"),
        ("tomorrow morning", "", "?TimeNeeded"),
        ("", "", "?MissingMoment"),
        ("", "2 PM", "?MissingDate"),
        ("none", "none", "?MissingMoment"),
        ("today", "9 AM", "?Past"),
        ("today", "10:30 AM", "2026-11-23 10:30"),
        ("Saturday", "12", "2026-11-28 12:00"),
        ("2026-11-24T14:30", "", "2026-11-24 14:30"),
        ("2026-11-24T14:30:00", "14:30", "2026-11-24 14:30"),
        ("2026-11-24 14:30", "", "2026-11-24 14:30"),
        ("20261124T143000", "", "2026-11-24 14:30"),
        ("2026-11-24T14:30:00-05:00", "", "2026-11-24 14:30"),
        ("2026-11-24T14:30:00.000-05:00", "", "2026-11-24 14:30"),
        ("2026-11-24T14:30-0500", "", "2026-11-24 14:30"),
        ("2026-11-24 14:30:00 -05:00", "", "2026-11-24 14:30"),
        ("2026-11-24T14:30:00-04:00", "", "?ForeignOffset"),
        ("2027-07-01T14:30:00-04:00", "", "2027-07-01 14:30"),
        ("2026-11-24T14:30:00Z", "", "?ForeignOffset"),
        ("2026-11-24T14:30:00.000Z", "", "?ForeignOffset"),
        ("2026-11-24T02:30:00", "", "2026-11-24 02:30"),
        ("november twenty four at two thirty pm", "", "2026-11-24 14:30"),
        ("Wednesday, November 25th, at quarter past 3 in the afternoon.", "", "2026-11-25 15:15"),
        ("half past two on the twenty-fifth", "", "2026-11-25 14:30"),
        ("tomorrow 2.30", "", "2026-11-24 14:30"),
        ("tomorrow 3", "", "?UnclearDate"),
        ("november twenty one ten pm", "", "?UnclearMoment"),
        ("december nineteen thirty pm", "", "?ImpossibleTime"),
        ("", "at nine twenty fourth of december", "?UnclearMoment"),
        ("tuesday 2-3 pm", "", "?UnclearDate"),
    ];
    check(table.map(|(date, time, meant)| {
        (format!("{date:?}, {time:?}"), booked(&ear, date, time), meant)
    }));
}

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
