//! Words that mean a number, a month or a weekday in English, one at a time. Words are lower case; a
//! number in two words is one word here only where a hyphen made it one ("twenty-four").

use time::{Month, Weekday};

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const SMALL_ORDINALS: [&str; 19] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

/// From twenty on, in steps of ten.
const TENS: [&str; 8] =
    ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const MONTHS: [(&str, Month); 12] = [
    ("january", Month::January),
    ("february", Month::February),
    ("march", Month::March),
    ("april", Month::April),
    ("may", Month::May),
    ("june", Month::June),
    ("july", Month::July),
    ("august", Month::August),
    ("september", Month::September),
    ("october", Month::October),
    ("november", Month::November),
    ("december", Month::December),
];

/// 0 to 99.
pub(super) fn cardinal(word: &str) -> Option<u32> {
    small(word).or_else(|| tens(word)).or_else(|| {
        let (ten, unit) = word.split_once('-')?;
        Some(tens(ten)? + unit_of(unit)?)
    })
}

/// "first" to "thirty-first" and a little beyond.
pub(super) fn ordinal(word: &str) -> Option<u32> {
    match word {
        "twentieth" => Some(20),
        "thirtieth" => Some(30),
        _ => position(&SMALL_ORDINALS, word).map(|n| n + 1).or_else(|| {
            let (ten, unit) = word.split_once('-')?;
            Some(tens(ten)? + unit_ordinal(unit)?)
        }),
    }
}

/// "zero" to "nineteen".
pub(super) fn small(word: &str) -> Option<u32> {
    position(&SMALL, word)
}

/// 20, 30, … 90.
pub(super) fn tens(word: &str) -> Option<u32> {
    position(&TENS, word).map(|n| (n + 2) * 10)
}

/// "one" to "nine": what may follow a ten.
pub(super) fn unit_of(word: &str) -> Option<u32> {
    small(word).filter(|n| (1..10).contains(n))
}

/// "first" to "ninth".
pub(super) fn unit_ordinal(word: &str) -> Option<u32> {
    position(&SMALL_ORDINALS, word).map(|n| n + 1).filter(|n| *n < 10)
}

pub(super) fn month(word: &str) -> Option<Month> {
    let by_name = MONTHS.iter().find(|(name, _)| {
        *name == word
            || name.get(..3).is_some_and(|short| short == word)
            || (*name, word) == ("september", "sept")
    });
    by_name.map(|(_, month)| *month)
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn position(list: &[&str], word: &str) -> Option<u32> {
    list.iter().position(|w| *w == word).and_then(|n| u32::try_from(n).ok())
}
