//! Phrases of known meaning, made by the thousand: each is heard as it was meant or asked back, and
//! the plain ones are heard. Any other text is heard as something that can be booked, or asked back.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use time::{Date, Duration, OffsetDateTime, Time};

use vapi_gateway::domain::calendar::is_open_at;
use vapi_gateway::domain::clinic::Clinic;
use vapi_gateway::domain::zone::Instant;
use vapi_gateway::speech::hear::{Ear, HeardPhone};
use vapi_gateway::speech::phrases::questions::question;
use vapi_gateway::speech::say::{cardinal, ordinal, year};

use super::{at, day_clinic, night_clinic};

/// A way to say a date or a time: the words, and whether nothing else is needed to hear them.
type Said = (String, bool);

fn clinics() -> Vec<Clinic> {
    vec![
        day_clinic("America/New_York", "US"),
        night_clinic("America/New_York", "US"),
        day_clinic("Europe/London", "GB"),
        night_clinic("Asia/Kolkata", "IN"),
        day_clinic("Australia/Sydney", "AU"),
        night_clinic("UTC", "CA"),
    ]
}

/// Around a weekend, the ends of months and years, leap days and changes of the clocks.
const NOWS: [&str; 10] = [
    "2026-11-23 10:30",
    "2026-11-28 23:50",
    "2026-11-29 00:05",
    "2026-12-31 16:10",
    "2027-01-31 09:00",
    "2027-03-12 12:00",
    "2027-04-02 12:00",
    "2027-10-29 08:15",
    "2028-02-27 18:20",
    "2028-02-28 07:40",
];

fn ways_to_say_a_date(clinic: &Clinic, today: Date, date: Date) -> Vec<Said> {
    let (y, m, d) = (date.year(), u8::from(date.month()), date.day());
    let (month, weekday) = (date.month(), date.weekday());
    let day = ordinal(d.into());
    let loose = day.replace('-', " ");
    let ahead = (date - today).whole_days();
    let order = match clinic.region.as_str() {
        "US" => format!("{m}/{d}"),
        _ => format!("{d}/{m}"),
    };
    let mut ways = vec![
        (date.to_string(), true),
        (format!("{y}{m:02}{d:02}"), true),
        (format!("{month} {d}, {y}"), true),
        (format!("{weekday}, {d} {month} {y}"), true),
        (format!("{d}-{}-{y}", &month.to_string()[..3]), true),
        (format!("the {day} of {month}, {}", year(y)), true),
        (format!("{month} {loose} {}", year(y).replace('-', " ")), false),
        (format!("{weekday} {month} {} {y}", cardinal(d.into()).replace('-', " ")), false),
        (format!("{order}/{y}"), clinic.region != "CA"),
        (format!("{order}/{:02}", y % 100), false),
        (format!("in {ahead} days"), ahead > 0),
    ];
    if ahead < 270 {
        ways.push((format!("{month} {day}"), true));
        ways.push((format!("{loose} of {month}"), false));
        ways.push((format!("{weekday} the {loose} of {month}"), false));
        ways.push((format!("{month} {}", cardinal(d.into()).replace('-', " ")), false));
        ways.push((order.clone(), clinic.region != "CA"));
        ways.push((order.replace('/', "."), false));
    }
    let near: &[&str] = match ahead {
        0 => &["today"],
        1 => &["tomorrow", "Tomorrow"],
        2 => &["the day after tomorrow"],
        7 => &["in a week", "one week from today"],
        8 => &["a week from tomorrow"],
        14 => &["in two weeks", "2 weeks from now"],
        _ => &[],
    };
    ways.extend(near.iter().map(|way| ((*way).to_owned(), true)));
    if (1..7).contains(&ahead) {
        ways.push((format!("{weekday}"), true));
        ways.push((format!("this {weekday}"), true));
    }
    // Weeks begin on Monday to some and on Sunday to others, and "next Friday" is the coming one to
    // some and next week's to others: whoever says it may mean any of them.
    let weeks = |since: fn(time::Weekday) -> u8| {
        let start = |date: Date| date - Duration::days(since(date.weekday()).into());
        (start(date) - start(today)).whole_weeks()
    };
    let next_week = weeks(time::Weekday::number_days_from_monday) == 1
        || weeks(time::Weekday::number_days_from_sunday) == 1;
    if next_week {
        ways.push((format!("{weekday} next week"), false));
    }
    if next_week || (1..7).contains(&ahead) {
        ways.push((format!("next {weekday}"), false));
    }
    if (8..14).contains(&ahead) {
        ways.push((format!("a week from {weekday}"), true));
    }
    if ahead < 28 {
        ways.push((format!("the {d}{}", suffix(d)), true));
        ways.push((format!("the {loose}"), false));
    }
    ways
}

fn ways_to_say_a_time(clinic: &Clinic, date: Date, time: Time) -> Vec<Said> {
    let (h, m) = (time.hour(), time.minute());
    let half = if h < 12 { "AM" } else { "PM" };
    let hour = if h % 12 == 0 { 12 } else { h % 12 };
    let next = hour % 12 + 1;
    let (word, next) = (cardinal(hour.into()), cardinal(next.into()));
    let part = match h {
        1..12 => "in the morning",
        12..17 => "in the afternoon",
        17..21 => "in the evening",
        _ => half,
    };
    let spoken = match m {
        0 => word.clone(),
        m => format!("{word} {}", cardinal(m.into()).replace('-', " ")),
    };
    let mut ways = vec![
        (format!("{h:02}:{m:02}:00"), true),
        (format!("{hour}:{m:02} {half}"), true),
        (format!("{hour}:{m:02}{}", half.to_lowercase()), true),
        (format!("{hour}.{m:02} {}", if h < 12 { "a.m." } else { "p.m." }), true),
        (format!("at {spoken} {half}"), true),
        (format!("{spoken} {half}"), false),
        (format!("{hour}:{m:02} {part}"), true),
        (format!("{spoken} {part}"), false),
    ];
    if !(10..13).contains(&h) {
        ways.push((format!("{h:02}:{m:02}"), true));
        ways.push((format!("at {h:02}{m:02}"), true));
    }
    match m {
        0 => ways.extend([
            (format!("{hour} {half}"), true),
            (format!("{word} o'clock {half}"), true),
            (format!("{hour}{half}"), true),
        ]),
        15 => ways.push((format!("quarter past {word} {half}"), true)),
        30 => ways.push((format!("half past {word} {half}"), true)),
        45 if hour != 11 && hour != 12 => {
            ways.push((format!("a quarter to {next} {half}"), true));
        }
        45 => ways.push((format!("quarter to {next} {part}"), false)),
        _ => {}
    }
    if (h, m) == (12, 0) {
        ways.extend([("noon".to_owned(), true), ("12 noon".to_owned(), true)]);
    }
    // Without AM or PM a caller means a time at which the clinic is open.
    if is_open_at(clinic, date, time) {
        ways.push((format!("{hour}:{m:02}"), false));
        ways.push((format!("at {spoken}"), false));
        ways.push((format!("{hour}{m:02}"), false));
        if m == 0 {
            ways.push((hour.to_string(), false));
        }
        if m == 45 {
            ways.push((format!("quarter to {next}"), false));
        }
    }
    ways
}

/// Date and time in one field or two, repeated, or with other signs and capitals.
fn fields(date: &Said, time: &Said, how: usize) -> (String, String, bool) {
    let ((d, d_sure), (t, t_sure)) = (date, time);
    let sure = *d_sure && *t_sure;
    let at = if t.starts_with("at ") { t.clone() } else { format!("at {t}") };
    match how {
        0 => (d.clone(), t.clone(), sure),
        1 => (format!("{d} {at}"), String::new(), sure),
        2 => (format!("{d}, {at}"), t.clone(), sure),
        3 => (String::new(), format!("{t} on {d}"), false),
        4 => (String::new(), format!("{d} {at}"), false),
        5 => (format!("{d} {t}"), String::new(), false),
        6 => (format!("{t} {d}"), String::new(), false),
        7 => (d.to_uppercase(), format!("  {}. ", t.to_uppercase()), sure),
        8 => (d.replace(' ', "\u{a0}"), t.replace('\'', "\u{2019}"), sure),
        _ => (d.clone(), format!("{d} {t}"), false),
    }
}

fn suffix(day: u8) -> &'static str {
    match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    }
}

fn pick(index: Index, ways: Vec<Said>) -> Said {
    index.get(&ways).clone()
}

/// What can be booked at all, whatever was said.
fn check_start(ear: &Ear<'_>, start: OffsetDateTime) -> Result<(), TestCaseError> {
    prop_assert!(start >= ear.now, "in the past");
    prop_assert_eq!(ear.clinic.zone.local(start).minute() % 15, 0, "off the grid");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn phrases_are_heard_as_meant_or_asked_back(
        clinic in 0_usize..6,
        now in select(NOWS.to_vec()),
        ahead in prop_oneof![0_i64..16, 0_i64..380],
        quarter in 0_u8..96,
        (date_way, time_way) in any::<(Index, Index)>(),
        how in 0_usize..10,
    ) {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        let date = ear.today() + Duration::days(ahead);
        let time = Time::from_hms(quarter / 4, quarter % 4 * 15, 0).expect("a time");
        let said_date = pick(date_way, ways_to_say_a_date(&clinic, ear.today(), date));
        let said_time = pick(time_way, ways_to_say_a_time(&clinic, date, time));
        let (date_field, time_field, sure) = fields(&said_date, &said_time, how);
        let heard = ear.start(Some(&date_field), Some(&time_field));
        let told = format!("{} {date} {time} as {date_field:?}, {time_field:?}", clinic.zone.name());
        match (clinic.zone.instant(date, time), heard) {
            (Instant::One(meant), Ok(start)) => {
                prop_assert_eq!(start, meant, "{}", told);
                check_start(&ear, start)?;
            }
            (Instant::One(meant), Err(asked)) => {
                prop_assert!(!sure || meant < ear.now, "{}: asked {:?}", told, asked);
            }
            (_, Ok(start)) => prop_assert!(false, "{}: heard {}", told, start),
            (_, Err(_)) => {}
        }
    }

    #[test]
    fn any_words_are_heard_as_something_bookable_or_asked_back(
        clinic in 0_usize..6,
        now in select(NOWS.to_vec()),
        words in prop::collection::vec(select(VOCABULARY.to_vec()), 0..9),
        cut in any::<Index>(),
        glue in select(vec![" ", "", "-", ", "]),
    ) {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, now) };
        let (date, time) = words.split_at(cut.index(words.len() + 1));
        match ear.start(Some(&date.join(glue)), Some(&time.join(glue))) {
            Ok(start) => check_start(&ear, start)?,
            Err(asked) => prop_assert!(question(&asked, &ear).split(' ').count() <= 60),
        }
        if let Ok(when) = ear.when(Some(&date.join(glue)), Some(&time.join(glue)), None) {
            prop_assert!(when.date.is_none_or(|date| date >= ear.today()));
        }
        let _ = ear.phone(&words.join(glue));
    }

    #[test]
    fn no_text_makes_it_panic(clinic in 0_usize..6, one in ".{0,60}", other in "\\PC{0,300}") {
        let clinic = clinics().swap_remove(clinic);
        let ear = Ear { clinic: &clinic, now: at(&clinic, NOWS[0]) };
        for start in [ear.start(Some(&one), Some(&other)), ear.start(Some(&other), Some(&one))] {
            if let Ok(start) = start {
                check_start(&ear, start)?;
            }
        }
        for text in [&one, &other] {
            let _ = ear.when(None, None, Some(text));
            let _ = ear.email(text);
            let service = ear.service(Some(text)).unwrap_or(&clinic.services[0]);
            let _ = ear.provider(Some(text), service);
            if let Ok(name) = ear.name(text) {
                prop_assert!(name.chars().count() <= 80 && !name.chars().any(char::is_control));
            }
            if let Ok(HeardPhone::Number(number)) = ear.phone(text) {
                prop_assert!(number.starts_with('+') && number.len() <= 16);
            }
        }
    }

    #[test]
    fn dictated_phones_are_heard_as_meant_or_asked_back(
        area in select(vec!["212", "702", "415", "646", "303"]),
        line in 100_u32..200,
        how in prop::collection::vec(0_u8..4, 10),
        frame in 0_u8..4,
    ) {
        let clinics = clinics();
        let ear = Ear { clinic: &clinics[0], now: at(&clinics[0], NOWS[0]) };
        let digits = format!("{area}5550{line}");
        let words = dictate(&digits, &how);
        let said = match frame {
            0 => words.clone(),
            1 => format!("my number is {words}, thank you"),
            2 => format!("plus one {words}"),
            _ => format!("{words} extension 12"),
        };
        match ear.phone(&said) {
            Ok(heard) => prop_assert_eq!(heard, HeardPhone::Number(format!("+1{digits}")), "{}", said),
            Err(_) => prop_assert!(how.iter().any(|way| *way == 3), "asked back: {}", said),
        }
    }
}

/// Digits one by one, doubled, or two at a time.
fn dictate(digits: &str, how: &[u8]) -> String {
    let all: Vec<u64> = digits.bytes().map(|b| u64::from(b - b'0')).collect();
    let (mut words, mut i) = (Vec::new(), 0);
    while i < all.len() {
        let pair = all.get(i + 1).map(|next| all[i] * 10 + next);
        match (how[i], pair) {
            (2, Some(pair)) if pair % 11 == 0 => {
                words.push(format!("double {}", cardinal(all[i])));
                i += 1;
            }
            (3, Some(pair)) if pair >= 10 => {
                words.push(cardinal(pair).replace('-', " "));
                i += 1;
            }
            (1, _) => words.push(all[i].to_string()),
            (_, _) if all[i] == 0 => words.push("oh".to_owned()),
            (_, _) => words.push(cardinal(all[i])),
        }
        i += 1;
    }
    words.join(" ")
}

#[test]
fn megabytes_are_not_listened_to() {
    let clinic = day_clinic("America/New_York", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, NOWS[0]) };
    for unit in ["1", "twenty ", "tomorrow at 2 PM ", "\u{202e}", "a", "é", " "] {
        let text = unit.repeat(2_000_000 / unit.len());
        assert!(ear.start(Some(&text), Some(&text)).is_err());
        assert!(ear.phone(&text).is_err() && ear.email(&text).is_err() && ear.name(&text).is_err());
        assert!(ear.service(Some(&text)).is_err());
        assert!(ear.provider(Some(&text), &clinic.services[0]).is_err());
    }
}

const VOCABULARY: [&str; 64] = [
    "today",
    "tomorrow",
    "tonight",
    "the",
    "day",
    "after",
    "week",
    "from",
    "next",
    "this",
    "in",
    "a",
    "monday",
    "tuesday",
    "sunday",
    "november",
    "february",
    "march",
    "may",
    "of",
    "24th",
    "29th",
    "twenty",
    "thirty",
    "fourth",
    "first",
    "one",
    "two",
    "nine",
    "ten",
    "twelve",
    "oh",
    "zero",
    "half",
    "quarter",
    "past",
    "to",
    "at",
    "on",
    "am",
    "pm",
    "p.m.",
    "o'clock",
    "noon",
    "midnight",
    "morning",
    "night",
    "2026",
    "2027",
    "11/24",
    "2026-11-24",
    "T",
    "14:30",
    "02:30:00",
    "Z",
    "-05:00",
    "3",
    "12",
    "30",
    "000",
    "around",
    "month",
    ",",
    "+",
];
