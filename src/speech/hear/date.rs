//! Dates with a name in them: "November 24th", "the twenty-third of November 2026", "the 24th",
//! "Wednesday", "next Tuesday", "Tuesday next week".

use time::{Month, Weekday};

use crate::speech::hear::day::{Day, Which};
use crate::speech::hear::reading::{Found, Piece};
use crate::speech::hear::tokens::Tokens;
use crate::speech::hear::words;

/// Four digits in this range after a day and a month are a year.
pub(super) const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

pub(super) fn find(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    month_first(tokens, i, found);
    day_first(tokens, i, found);
    day_of_month(tokens, i, found);
    weekday(tokens, i, found);
}

/// "November 24", "Nov. the twenty-fourth, 2026".
fn month_first(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    let Some((month, next)) = month(tokens, i) else { return };
    let next = if tokens.is_word(next, &["the"]) { next + 1 } else { next };
    for (day, next) in days(tokens, next) {
        with_year(tokens, next, month, day, found);
    }
}

/// "24 November", "24th of Nov., 2026".
fn day_first(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    for (day, next) in days(tokens, i) {
        let next = if tokens.is_word(next, &["of"]) { next + 1 } else { next };
        if let Some((month, next)) = month(tokens, next) {
            with_year(tokens, next, month, day, found);
        }
    }
}

/// "the 24th", "the fifth of next month".
fn day_of_month(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    for (day, next) in tokens.ordinals(i) {
        let Ok(day) = u8::try_from(day) else { continue };
        let is_of = |which: &str| tokens.is_phrase(next, &["of", which, "month"]);
        if is_of("next") {
            found.push((Piece::Day(Day::OfNextMonth(day)), next + 3));
        } else if is_of("this") {
            found.push((Piece::Day(Day::OfThisMonth(day)), next + 3));
        } else {
            found.push((Piece::Day(Day::OfMonth(day)), next));
            // "The second Tuesday" is rarely the second of the month.
            if let Some((_, next)) = weekday_name(tokens, next).filter(|_| day <= 5) {
                found.push((Piece::Day(Day::Stretch), next));
            }
        }
    }
}

fn weekday(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    for (which, start) in [
        (Which::Said, i),
        (Which::This, skip(tokens, i, &["this"])),
        (Which::Coming, skip(tokens, i, &["coming"])),
        (Which::Coming, skip(tokens, i, &["this", "coming"])),
        (Which::Next, skip(tokens, i, &["next"])),
    ] {
        if start == i && which != Which::Said {
            continue;
        }
        let Some((day, next)) = weekday_name(tokens, start) else { continue };
        found.push((Piece::Day(Day::Weekday(day, which)), next));
        if which == Which::Said {
            let of = if tokens.is_word(next, &["of"]) { next + 1 } else { next };
            in_week(tokens, of, day, found);
        }
    }
    for (which, words) in
        [(Which::OfNextWeek, ["next", "week"]), (Which::OfThisWeek, ["this", "week"])]
    {
        let start = skip(tokens, i, &words);
        if start == i {
            continue;
        }
        let start = if tokens.is_word(start, &["on"]) { start + 1 } else { start };
        if let Some((day, next)) = weekday_name(tokens, start) {
            found.push((Piece::Day(Day::Weekday(day, which)), next));
        }
    }
}

/// "(Tuesday) next week".
fn in_week(tokens: &Tokens, i: usize, day: Weekday, found: &mut Vec<Found>) {
    for (word, which) in [("next", Which::OfNextWeek), ("this", Which::OfThisWeek)] {
        if tokens.is_phrase(i, &[word, "week"]) {
            found.push((Piece::Day(Day::Weekday(day, which)), i + 2));
        }
    }
}

/// The token after `words`, or `i` where they are not said.
fn skip(tokens: &Tokens, i: usize, words: &[&str]) -> usize {
    if tokens.is_phrase(i, words) { i + words.len() } else { i }
}

pub(super) fn weekday_name(tokens: &Tokens, i: usize) -> Option<(Weekday, usize)> {
    Some((words::weekday(tokens.word(i)?)?, after_dot(tokens, i + 1)))
}

fn month(tokens: &Tokens, i: usize) -> Option<(Month, usize)> {
    Some((words::month(tokens.word(i)?)?, after_dot(tokens, i + 1)))
}

/// Skips the dot of an abbreviation.
fn after_dot(tokens: &Tokens, i: usize) -> usize {
    if tokens.sign(i) == Some('.') && tokens.glued(i) { i + 1 } else { i }
}

/// Days of a month beside its name: ordinals, and plain numbers that no sign makes part of more.
fn days(tokens: &Tokens, i: usize) -> Vec<(u8, usize)> {
    let plain = tokens.numbers(i).into_iter().filter(|(n, next)| {
        let is_more = tokens.glued(*next) && !matches!(tokens.sign(*next), Some(',' | '.' | ')'));
        let is_fraction = tokens.glued_digits(next + 1).is_some() && tokens.glued(*next);
        *n <= 99 && !is_more && !is_fraction
    });
    let all = tokens.ordinals(i).into_iter().chain(plain);
    all.filter_map(|(n, next)| Some((u8::try_from(n).ok()?, next))).collect()
}

/// A day and a month as they stand, and with the year that may follow.
fn with_year(tokens: &Tokens, i: usize, month: Month, day: u8, found: &mut Vec<Found>) {
    found.push((Piece::Day(Day::Yearless { month, day }), i));
    let i = if tokens.sign(i) == Some(',') { i + 1 } else { i };
    for (year, next) in years(tokens, i) {
        found.push((Piece::Day(Day::Full { year, month: month.into(), day }), next));
    }
}

/// "2026", "twenty twenty-six", "two thousand and twenty six".
fn years(tokens: &Tokens, i: usize) -> Vec<(i32, usize)> {
    let mut years: Vec<(u32, usize)> = Vec::new();
    if let Some(digits) = tokens.digits(i) {
        years.extend(digits.parse().ok().map(|year| (year, i + 1)));
    } else if tokens.is_phrase(i, &["two", "thousand"]) {
        let rest = if tokens.is_word(i + 2, &["and"]) { i + 3 } else { i + 2 };
        years.extend(tokens.numbers(rest).into_iter().map(|(n, next)| (2000 + n, next)));
    } else if let Some(century) = tokens.word(i).and_then(words::cardinal) {
        let rest = tokens.numbers(i + 1).into_iter().filter(|(n, _)| (10..100).contains(n));
        years.extend(rest.map(|(n, next)| (century * 100 + n, next)));
    }
    let known = years.into_iter().filter(|(year, _)| YEARS.contains(year));
    known.filter_map(|(year, next)| Some((i32::try_from(year).ok()?, next))).collect()
}
