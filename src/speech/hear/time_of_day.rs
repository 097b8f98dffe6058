//! Times of day as people and machines write them: "2 PM", "14:30:00", "2.30 p.m.", "half past two",
//! "quarter to three", "nine o'clock", "noon"; and the parts of a day.

use time::Time;

use crate::domain::slot::PartOfDay;
use crate::speech::hear::clock::{Clock, Half};
use crate::speech::hear::reading::{Field, Found, Piece};
use crate::speech::hear::tokens::Tokens;
use crate::speech::hear::written_time::ends_date_time;
use crate::speech::hear::{spoken_time, written_time};

/// A part of the day, as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl Part {
    pub(super) fn of_day(self) -> PartOfDay {
        match self {
            Self::Morning => PartOfDay::Morning,
            Self::Afternoon => PartOfDay::Afternoon,
            Self::Evening | Self::Night => PartOfDay::Evening,
        }
    }

    /// Whether people call `time` so. A time without AM or PM is not `sure`: "twelve in the morning"
    /// is noon to some and midnight to others, and the small hours of a night are another date's.
    pub(super) fn has(self, time: Time, sure: bool) -> bool {
        let hours = match self {
            Self::Morning if sure => 0..12,
            Self::Morning => 1..12,
            Self::Afternoon => 12..19,
            Self::Evening => 16..24,
            Self::Night => 18..24,
        };
        hours.contains(&time.hour())
    }
}

pub(super) fn find(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    written_time::find(tokens, i, field, found);
    spoken_time::find(tokens, i, field, found);
    if tokens.is_word(i, &["noon", "midday"]) {
        found.push((Piece::Clock(Clock::NOON), i + 1));
    }
    if tokens.is_word(i, &["midnight"]) {
        found.push((Piece::Clock(Clock::MIDNIGHT), i + 1));
    }
    if let Some((part, next)) = part(tokens, i).filter(|_| !tokens.is_word(i, &["tonight"])) {
        found.push((Piece::Part(part), next));
    }
}

/// "in the morning", "at night", "evening".
pub(super) fn part(tokens: &Tokens, i: usize) -> Option<(Part, usize)> {
    let i = match () {
        () if tokens.is_phrase(i, &["in", "the"]) => i + 2,
        () if tokens.is_phrase(i, &["at", "night"]) => i + 1,
        () => i,
    };
    let part = match tokens.word(i)? {
        "morning" => Part::Morning,
        "afternoon" => Part::Afternoon,
        "evening" => Part::Evening,
        "night" | "tonight" => Part::Night,
        _ => return None,
    };
    Some((part, i + 1))
}

/// The clock with the AM, PM or noon that follows it; unchanged where none does.
pub(super) fn with_half(tokens: &Tokens, i: usize, clock: Clock) -> (Clock, usize) {
    let is_twelve = clock.hour == 12 && clock.minute == 0;
    if is_twelve && tokens.is_word(i, &["noon", "midday"]) {
        return (Clock::NOON, i + 1);
    }
    if is_twelve && tokens.is_word(i, &["midnight"]) {
        return (Clock::MIDNIGHT, i + 1);
    }
    let dot = |i: usize| usize::from(tokens.sign(i) == Some('.') && tokens.glued(i));
    let (half, next) = match tokens.word(i) {
        Some("am") => (Half::Am, i + 1),
        Some("pm") => (Half::Pm, i + 1),
        Some(letter @ ("a" | "p")) => {
            let m = i + 1 + dot(i + 1);
            if !tokens.is_word(m, &["m"]) {
                return (clock, i);
            }
            (if letter == "a" { Half::Am } else { Half::Pm }, m + 1)
        }
        _ => return (clock, i),
    };
    (Clock { half, ..clock }, next + dot(next))
}

pub(super) fn after_at(tokens: &Tokens, i: usize) -> bool {
    i > 0 && tokens.is_word(i - 1, &["at", "around", "about"])
}

/// Whether a number goes on after `i` into something longer.
pub(super) fn runs_on(tokens: &Tokens, i: usize) -> bool {
    let more = tokens.glued(i) && matches!(tokens.sign(i), Some(':' | '/' | '.' | '-'));
    more && tokens.glued_digits(i + 1).is_some()
        && !(tokens.sign(i) == Some('-') && ends_date_time(tokens, i))
}
