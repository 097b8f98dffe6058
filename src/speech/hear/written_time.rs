//! Times of day in digits: "14:30", "2:30 PM", "2.30 p.m.", "1430", ISO 8601 after a "T", with the
//! offset from UTC that may end a date-time.

use time::UtcOffset;

use crate::speech::hear::clock::{Clock, Half};
use crate::speech::hear::numeric::could_be_date;
use crate::speech::hear::reading::{Field, Found, Piece};
use crate::speech::hear::time_of_day::{after_at, runs_on, with_half};
use crate::speech::hear::tokens::Tokens;

pub(super) fn find(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    with_sign(tokens, i, field, found);
    compact(tokens, i, field, found);
    found.extend(offset(tokens, i));
    if tokens.is_word(i, &["t"]) && tokens.glued(i) && tokens.glued_digits(i + 1).is_some() {
        found.push((Piece::Filler, i + 1));
    }
}

/// "14:30", "2:30 PM", "2.30 p.m.", "09:00:00.000".
fn with_sign(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    let Some(hour) = tokens.digits(i).filter(|digits| digits.len() <= 2) else { return };
    let Some(sign @ (':' | '.')) = tokens.sign(i + 1).filter(|_| tokens.glued(i + 1)) else {
        return;
    };
    let Some(minute) = tokens.glued_digits(i + 2).filter(|digits| digits.len() == 2) else {
        return;
    };
    let Some((odd_seconds, end)) = seconds(tokens, i + 3, sign) else { return };
    let is_iso = after_iso_t(tokens, i) || (end > i + 3 && hour.len() == 2);
    let Some(said) = clock(hour, minute, is_iso) else { return };
    let (clock, next) = with_half(tokens, end, Clock { odd_seconds, ..said });
    let is_certain = sign == ':'
        || field == Field::Time
        || after_at(tokens, i)
        || next > end
        || !could_be_date(hour, minute);
    if is_certain && !runs_on(tokens, next) {
        found.push((Piece::Clock(clock), next));
    }
}

/// The ":00" or ":00.000" that may follow: whether it is not zero, and where it ends. `None` for what is
/// no time.
fn seconds(tokens: &Tokens, i: usize, sign: char) -> Option<(bool, usize)> {
    if sign != ':' || tokens.sign(i) != Some(':') || !tokens.glued(i) {
        return Some((false, i));
    }
    let seconds = tokens.glued_digits(i + 1).filter(|digits| digits.len() == 2)?;
    let fraction = tokens.glued_digits(i + 3);
    match fraction.filter(|_| tokens.sign(i + 2) == Some('.') && tokens.glued(i + 2)) {
        None => Some((seconds != "00", i + 2)),
        Some(digits) => Some((seconds != "00" || digits.contains(|c| c != '0'), i + 4)),
    }
}

/// "1430", "0930", "T163000".
fn compact(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    let Some(digits) = tokens.digits(i) else { return };
    let is_iso = after_iso_t(tokens, i);
    let (digits, seconds) = match digits.len() {
        6 if is_iso => match digits.split_at_checked(4) {
            Some(parts) => parts,
            None => return,
        },
        3 | 4 if is_iso || field == Field::Time || after_at(tokens, i) => (digits, "00"),
        _ => return,
    };
    let Some((hour, minute)) = digits.split_at_checked(digits.len() - 2) else { return };
    let Some(said) = clock(hour, minute, is_iso) else { return };
    if runs_on(tokens, i + 1) {
        return;
    }
    let said = Clock { odd_seconds: seconds != "00", ..said };
    let (clock, next) = with_half(tokens, i + 1, said);
    found.push((Piece::Clock(clock), next));
}

/// An hour and a minute in digits; 24-hour notation shows by its size or a leading zero.
fn clock(hour: &str, minute: &str, is_iso: bool) -> Option<Clock> {
    let minute = minute.parse().ok()?;
    let leading_zero = hour.starts_with('0');
    let hour: u32 = hour.parse().ok()?;
    let half = if is_iso || leading_zero || hour > 12 { Half::Full } else { Half::Unsaid };
    Some(Clock { hour, minute, odd_seconds: false, half })
}

/// The offset at the end of a date-time: "Z", "+05:30", "-0400". Without seconds or a "T" before it
/// "09:00-05:00" is a stretch of the day.
fn offset(tokens: &Tokens, i: usize) -> Option<Found> {
    if tokens.is_word(i, &["z", "utc", "gmt"]) {
        return Some((Piece::Offset(UtcOffset::UTC), i + 1));
    }
    let sign = match tokens.sign(i)? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let hours = tokens.glued_digits(i + 1)?;
    let colon = tokens.sign(i + 2) == Some(':') && tokens.glued(i + 2);
    let (hours, minutes, next) = match (hours.len(), colon) {
        (2, true) => (hours, tokens.glued_digits(i + 3).filter(|d| d.len() == 2)?, i + 4),
        (4, false) => {
            let (hours, minutes) = hours.split_at_checked(2)?;
            (hours, minutes, i + 2)
        }
        (2, false) => (hours, "00", i + 2),
        _ => return None,
    };
    let (hours, minutes): (i8, i8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()?;
    ends_date_time(tokens, i).then_some((Piece::Offset(offset), next))
}

/// Whether the token before `i` ends a time with seconds or after a "T".
pub(super) fn ends_date_time(tokens: &Tokens, i: usize) -> bool {
    let signs = |back: usize| i.checked_sub(back).and_then(|at| tokens.sign(at));
    let after_t = |back: usize| i.checked_sub(back).is_some_and(|at| after_iso_t(tokens, at));
    let fraction = signs(2) == Some('.') && signs(4) == Some(':') && signs(6) == Some(':');
    fraction || (signs(2) == Some(':') && (signs(4) == Some(':') || after_t(3))) || after_t(1)
}

fn after_iso_t(tokens: &Tokens, i: usize) -> bool {
    i >= 2 && tokens.glued(i) && tokens.is_word(i - 1, &["t"]) && tokens.digits(i - 2).is_some()
}
