//! Days counted from today or from a weekday: "tomorrow", "the day after tomorrow", "in two weeks",
//! "a week from Friday", "tonight"; and stretches that are no day yet: "next week".

use crate::speech::hear::date::weekday_name;
use crate::speech::hear::day::Day;
use crate::speech::hear::reading::{Found, Piece};
use crate::speech::hear::time_of_day::part;
use crate::speech::hear::tokens::Tokens;

/// Said alone, these need a day.
const STRETCHES: [&[&str]; 14] = [
    &["this", "week"],
    &["next", "week"],
    &["later", "this", "week"],
    &["early", "next", "week"],
    &["end", "of", "the", "week"],
    &["weekend"],
    &["this", "weekend"],
    &["next", "weekend"],
    &["this", "month"],
    &["next", "month"],
    &["end", "of", "the", "month"],
    &["beginning", "of", "the", "month"],
    &["end", "of", "next", "week"],
    &["beginning", "of", "next", "week"],
];

pub(super) fn find(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    if let Some((days, next)) = near_day(tokens, i) {
        found.push((Piece::Day(Day::In(days)), next));
    }
    counted(tokens, i, found);
    if tokens.is_word(i, &["tonight"]) {
        found.extend(part(tokens, i).map(|(part, next)| (Piece::PartOf(Day::In(0), part), next)));
    }
    if tokens.is_word(i, &["this"]) {
        let after = part(tokens, i + 1).filter(|_| !tokens.is_word(i + 1, &["tonight"]));
        found.extend(after.map(|(part, next)| (Piece::PartOf(Day::In(0), part), next)));
    }
    for stretch in STRETCHES.iter().filter(|stretch| tokens.is_phrase(i, stretch)) {
        found.push((Piece::Day(Day::Stretch), i + stretch.len()));
    }
}

fn near_day(tokens: &Tokens, i: usize) -> Option<(i64, usize)> {
    if tokens.is_phrase(i, &["day", "after", "tomorrow"]) {
        return Some((2, i + 3));
    }
    let days = match tokens.word(i)? {
        "yesterday" => -1,
        "today" => 0,
        "tomorrow" | "tmrw" => 1,
        _ => return None,
    };
    Some((days, i + 1))
}

/// "in 2 days", "two weeks from now", "a week from tomorrow", "a week on Friday".
fn counted(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    let said_in = tokens.is_word(i, &["in"]);
    let start = if said_in { i + 1 } else { i };
    for (count, next) in counts(tokens, start) {
        let Some((unit, next)) = unit(tokens, next) else { continue };
        let days = count * unit;
        if said_in {
            found.push((Piece::Day(Day::In(days)), next));
            continue;
        }
        // "A week on Friday" counts from Friday; "one day on Friday" does not.
        let counts_from =
            tokens.is_word(next, &["from", "after"]) || (unit > 1 && tokens.is_word(next, &["on"]));
        if !counts_from {
            continue;
        }
        let from = next + 1;
        if tokens.is_word(from, &["now"]) {
            found.push((Piece::Day(Day::In(days)), from + 1));
        } else if let Some((offset, next)) = near_day(tokens, skip_the(tokens, from)) {
            found.push((Piece::Day(Day::In(days + offset)), next));
        } else if let Some((weekday, next)) = weekday_name(tokens, from) {
            found.push((Piece::Day(Day::After { days, weekday }), next));
        }
    }
}

fn counts(tokens: &Tokens, i: usize) -> Vec<(i64, usize)> {
    if tokens.is_word(i, &["a"]) {
        return vec![(1, i + 1)];
    }
    let known = tokens.numbers(i).into_iter().filter(|(n, _)| *n > 0);
    known.map(|(n, next)| (i64::from(n), next)).collect()
}

fn unit(tokens: &Tokens, i: usize) -> Option<(i64, usize)> {
    let days = match tokens.word(i)? {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        "fortnight" | "fortnights" => 14,
        _ => return None,
    };
    Some((days, i + 1))
}

fn skip_the(tokens: &Tokens, i: usize) -> usize {
    if tokens.is_word(i, &["the"]) { i + 1 } else { i }
}
