//! Every way to read a text as days, clock times and parts of the day. The grammar knows more than one
//! reading where people do ("november twenty one ten pm"), and a word that it does not know leaves no
//! reading at all: so what is heard was said, and could not have meant something else.

use time::UtcOffset;

use crate::speech::hear::clock::Clock;
use crate::speech::hear::day::Day;
use crate::speech::hear::time_of_day::{self, Part};
use crate::speech::hear::tokens::Tokens;
use crate::speech::hear::{date, numeric, relative};

/// Where a text stood: a lone "3" is an hour in the one and nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Date,
    Time,
}

/// One piece of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Day(Day),
    Clock(Clock),
    Part(Part),
    /// "tonight", "this morning": today and a part of it.
    PartOf(Day, Part),
    /// The end of an ISO date-time, in seconds east of Greenwich.
    Offset(UtcOffset),
    /// "around", "early": not exactly then.
    Roughly,
    /// A comma and its like.
    Break,
    Filler,
}

/// A piece that begins at some token, and the token after it.
pub(super) type Found = (Piece, usize);

/// What was said, in one of the ways to read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) days: Vec<Day>,
    pub(super) clocks: Vec<Clock>,
    pub(super) parts: Vec<Part>,
    pub(super) offsets: Vec<UtcOffset>,
    pub(super) roughly: bool,
}

/// Readings beyond this many, or found by more than this much work, are nothing that a person said.
const MOST_READINGS: usize = 12;
const MOST_STEPS: usize = 2_000;

/// All readings of `text`; none where a word is not understood.
pub(super) fn readings(text: &str, field: Field) -> Vec<Reading> {
    let Some(tokens) = Tokens::of(text) else { return Vec::new() };
    let mut search =
        Search { tokens: &tokens, field, steps: 0, found: Vec::new(), path: Vec::new() };
    let complete = search.go_on(0);
    if complete { search.found } else { Vec::new() }
}

impl Reading {
    /// What two fields say together.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.days.extend(other.days.iter().cloned());
        self.clocks.extend(other.clocks.iter().copied());
        self.parts.extend(other.parts.iter().copied());
        self.offsets.extend(other.offsets.iter().copied());
        self.roughly |= other.roughly;
        self
    }

    fn of(path: &[Piece]) -> Self {
        let mut reading = Self::default();
        for piece in path {
            match piece {
                Piece::Day(day) => reading.days.push(day.clone()),
                Piece::Clock(clock) => reading.clocks.push(*clock),
                Piece::Part(part) => reading.parts.push(*part),
                Piece::PartOf(day, part) => {
                    reading.days.push(day.clone());
                    reading.parts.push(*part);
                }
                Piece::Offset(offset) => reading.offsets.push(*offset),
                Piece::Roughly => reading.roughly = true,
                Piece::Break | Piece::Filler => {}
            }
        }
        reading
    }
}

struct Search<'t> {
    tokens: &'t Tokens,
    field: Field,
    steps: usize,
    found: Vec<Reading>,
    path: Vec<Piece>,
}

impl Search<'_> {
    /// Reads on from token `i` in every way; `false` when there is too much to read.
    fn go_on(&mut self, i: usize) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.found.len() > MOST_READINGS {
            return false;
        }
        if i >= self.tokens.len() {
            let reading = Reading::of(&self.path);
            if !self.found.contains(&reading) {
                self.found.push(reading);
            }
            return true;
        }
        for (piece, next) in pieces(self.tokens, i, self.field) {
            if !self.may_follow(&piece) {
                continue;
            }
            self.path.push(piece);
            let complete = self.go_on(next);
            self.path.pop();
            if !complete {
                return false;
            }
        }
        true
    }

    /// "ten ten pm" is one time, never two; two times need something between them.
    fn may_follow(&self, piece: &Piece) -> bool {
        let before = self.path.iter().rev().find(|p| **p != Piece::Filler);
        let after_a_time = matches!(before, Some(Piece::Clock(_)));
        match piece {
            Piece::Clock(_) => !after_a_time,
            Piece::Offset(_) => after_a_time,
            _ => true,
        }
    }
}

/// "2 - 4": from one to the other.
fn is_stretch(tokens: &Tokens, i: usize) -> bool {
    let before = i.checked_sub(1).map(|before| tokens.numbers(before)).unwrap_or_default();
    !before.is_empty() && !tokens.numbers(i + 1).is_empty()
}

fn pieces(tokens: &Tokens, i: usize, field: Field) -> Vec<Found> {
    let mut found = Vec::new();
    relative::find(tokens, i, &mut found);
    date::find(tokens, i, &mut found);
    numeric::find(tokens, i, field, &mut found);
    time_of_day::find(tokens, i, field, &mut found);
    between(tokens, i, &mut found);
    found
}

/// What stands between the pieces and means nothing, or only "about".
fn between(tokens: &Tokens, i: usize, found: &mut Vec<Found>) {
    if tokens.is_word(i, &["on", "at", "the", "for", "please", "um", "uh", "exactly", "sharp"]) {
        found.push((Piece::Filler, i + 1));
    }
    if tokens.is_word(i, &["around", "about", "roughly", "approximately", "early", "late"])
        || tokens.is_word(i, &["anytime", "sometime"])
    {
        found.push((Piece::Roughly, i + 1));
    }
    if tokens.is_phrase(i, &["any", "time"]) || tokens.is_phrase(i, &["some", "time"]) {
        found.push((Piece::Roughly, i + 2));
    }
    let stands_alone = !tokens.glued(i + 1);
    match tokens.sign(i) {
        Some(',' | ';' | '(' | ')') => found.push((Piece::Break, i + 1)),
        Some('.' | '!' | '?') if stands_alone => found.push((Piece::Break, i + 1)),
        Some('-') if stands_alone && !tokens.glued(i) && !is_stretch(tokens, i) => {
            found.push((Piece::Break, i + 1));
        }
        _ => {}
    }
}
