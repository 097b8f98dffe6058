//! Times of day in words, or in numbers as words: "3", "three thirty", "nine oh five", "half past two",
//! "quarter to three", "nine o'clock".

use crate::speech::hear::clock::{Clock, Half};
use crate::speech::hear::reading::{Field, Found, Piece};
use crate::speech::hear::time_of_day::{after_at, part, runs_on, with_half};
use crate::speech::hear::tokens::Tokens;

pub(super) fn find(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    hour(tokens, i, field, found);
    past_or_to(tokens, i, found);
}

/// "3", "three thirty", "2 30 PM", "nine oh five", "three o'clock".
fn hour(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    if tokens.digits(i).is_some_and(|d| d.len() > 2) || runs_on(tokens, i + 1) {
        return;
    }
    for (hour, next) in tokens.numbers(i).into_iter().filter(|(hour, _)| *hour > 0) {
        let starts_with_zero = tokens.digits(i).is_some_and(|digits| digits.starts_with('0'));
        let half = if hour > 12 || starts_with_zero { Half::Full } else { Half::Unsaid };
        let hour = Clock { hour, minute: 0, odd_seconds: false, half };
        let after_name = match () {
            () if tokens.is_word(next, &["oclock"]) => next + 1,
            () if tokens.is_phrase(next, &["o", "clock"]) => next + 2,
            () => next,
        };
        let expected = after_name > next || field == Field::Time || after_at(tokens, i);
        let (clock, end) = with_half(tokens, after_name, hour);
        if expected || end > after_name || part(tokens, end).is_some() {
            found.push((Piece::Clock(clock), end));
        }
        // "Twenty twenty-six" is a year unless a time is expected.
        let may_go_on = expected || hour.hour <= 12;
        for (minute, next) in minutes(tokens, next).into_iter().filter(|_| may_go_on) {
            let clock = Clock { minute, ..hour };
            let (clock, next) = with_half(tokens, next, clock);
            found.push((Piece::Clock(clock), next));
        }
    }
}

/// "half past two", "a quarter to three", "twenty past four", "five minutes to six".
fn past_or_to(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    let start = if tokens.is_word(i, &["a"]) { i + 1 } else { i };
    let mut amounts: Vec<(u32, usize, bool)> = Vec::new();
    if tokens.is_word(start, &["quarter"]) {
        amounts.push((15, start + 1, true));
    } else if tokens.is_word(i, &["half"]) {
        amounts.push((30, i + 1, false));
    } else {
        for (minutes, next) in tokens.numbers(i).into_iter().filter(|(n, _)| (1..60).contains(n)) {
            let named = tokens.is_word(next, &["minutes", "minute"]);
            // "Ten to three" may be a stretch of the day; "twenty to three" is not.
            amounts.push((minutes, next + usize::from(named), named || minutes > 12));
        }
    }
    for (minutes, next, may_be_to) in amounts {
        let past = tokens.is_word(next, &["past", "after"]);
        let to = may_be_to && tokens.is_word(next, &["to", "till", "til", "before"]);
        if !past && !to {
            continue;
        }
        for (hour, next) in tokens.numbers(next + 1) {
            if !(1..=12).contains(&hour) || runs_on(tokens, next) {
                continue;
            }
            let next = next + usize::from(tokens.is_word(next, &["oclock"]));
            let said = Clock { hour, minute: minutes, odd_seconds: false, half: Half::Unsaid };
            let (said, next) = with_half(tokens, next, said);
            let meant = if to { before(said) } else { vec![said] };
            found.extend(meant.into_iter().map(|clock| (Piece::Clock(clock), next)));
        }
    }
}

/// So many minutes before the hour. "Quarter to twelve PM" is before noon to some and before midnight
/// to others.
fn before(said: Clock) -> Vec<Clock> {
    let hour = if said.hour == 1 { 12 } else { said.hour - 1 };
    let halves = match said.half {
        Half::Am | Half::Pm if said.hour == 12 => vec![Half::Am, Half::Pm],
        half => vec![half],
    };
    let clock = |half| Clock { hour, minute: 60 - said.minute, half, ..said };
    halves.into_iter().map(clock).collect()
}

/// Minutes after an hour, in words or as two digits apart from it.
fn minutes(tokens: &Tokens, i: usize) -> Vec<(u32, usize)> {
    if tokens.is_word(i, &["oh", "o", "zero"]) {
        let unit = tokens.numbers(i + 1).into_iter().filter(|(n, _)| (1..10).contains(n));
        return unit.collect();
    }
    let two_digits = tokens.digits(i).is_none_or(|digits| digits.len() == 2);
    let apart = !tokens.glued(i) && !runs_on(tokens, i + 1);
    let numbers = tokens.numbers(i).into_iter();
    numbers.filter(|(n, _)| two_digits && apart && (10..60).contains(n)).collect()
}
