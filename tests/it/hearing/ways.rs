//! Ways to say a date, a time or a number whose meaning is known.

use time::{Date, Duration, Time, Weekday};

use vapi_gateway::domain::calendar::is_open_at;
use vapi_gateway::domain::clinic::Clinic;
use vapi_gateway::speech::say::{cardinal, ordinal, year};

/// A way to say a date or a time: the words, and whether nothing else is needed to hear them.
pub(super) type Said = (String, bool);

pub(super) fn ways_to_say_a_date(clinic: &Clinic, today: Date, date: Date) -> Vec<Said> {
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
        (format!("{d}-{}-{y}", month.to_string().get(..3).expect("three letters")), true),
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
    let weeks = |since: fn(Weekday) -> u8| {
        let start = |date: Date| date - Duration::days(since(date.weekday()).into());
        (start(date) - start(today)).whole_weeks()
    };
    let next_week = weeks(Weekday::number_days_from_monday) == 1
        || weeks(Weekday::number_days_from_sunday) == 1;
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

pub(super) fn ways_to_say_a_time(clinic: &Clinic, date: Date, time: Time) -> Vec<Said> {
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
pub(super) fn fields(date: &Said, time: &Said, how: usize) -> (String, String, bool) {
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

/// Digits one by one, doubled, or two at a time.
pub(super) fn dictate(digits: &str, how: &[u8]) -> String {
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
