//! Dates in digits: ISO 8601 ("2026-08-22", also compact and before a "T"), and "11/24", "24.11.2026"
//! in the order that the clinic's region uses. The other order is heard only where the region's own
//! is impossible and the day is beyond twelve.

use time::{Date, Month};

use crate::speech::hear::date::YEARS;
use crate::speech::hear::day::{Calendar, Day};
use crate::speech::hear::reading::{Field, Found, Piece};
use crate::speech::hear::tokens::Tokens;

/// Two numbers and perhaps a year, as they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeric {
    first: u8,
    second: u8,
    year: Option<Year>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Year {
    Full(i32),
    /// The last two digits.
    Short(u8),
}

/// Which number comes first where a region writes dates in digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    MonthFirst,
    DayFirst,
    /// Both are in use.
    Either,
}

impl Order {
    /// By the regions' short date formats in Unicode CLDR: month first in the United States, its
    /// territories and a few neighbors of theirs, and where the year leads; both in Canada.
    pub(super) fn of(region: &str) -> Self {
        match region {
            "US" | "AS" | "GU" | "MP" | "PR" | "UM" | "VI" | "FM" | "MH" | "PW" | "PH" => {
                Self::MonthFirst
            }
            "CN" | "HU" | "IR" | "JP" | "KP" | "KR" | "LT" | "MN" | "TW" => Self::MonthFirst,
            "CA" => Self::Either,
            _ => Self::DayFirst,
        }
    }
}

impl Numeric {
    /// The days that the numbers can mean.
    pub(super) fn meanings(&self, calendar: &Calendar) -> Vec<Day> {
        let month_first = self.as_day(self.first, self.second);
        let day_first = self.as_day(self.second, self.first);
        let mut meanings: Vec<Day> = match (calendar.order, month_first, day_first) {
            (Order::MonthFirst, Some(day), _) | (Order::DayFirst, _, Some(day)) => vec![day],
            (Order::MonthFirst, None, day) | (Order::DayFirst, day, None) => {
                day.into_iter().collect()
            }
            (Order::Either, one, other) => one.into_iter().chain(other).collect(),
        };
        meanings.extend(self.year_first(calendar));
        meanings
    }

    /// Whether the numbers can be a month and a day at all.
    fn is_possible(&self) -> bool {
        self.as_day(self.first, self.second).or(self.as_day(self.second, self.first)).is_some()
    }

    fn as_day(&self, month: u8, day: u8) -> Option<Day> {
        let month = Month::try_from(month).ok()?;
        // The longest that a month can be, in a leap year: whether this year's is, is seen later.
        if day == 0 || day > month.length(2024) {
            return None;
        }
        Some(match self.year {
            None => Day::Yearless { month, day },
            Some(Year::Full(year)) => Day::Full { year, month: month.into(), day },
            Some(Year::Short(year)) => {
                Day::Full { year: 2000 + i32::from(year), month: month.into(), day }
            }
        })
    }

    /// "26/11/27" with the year in front, where that could be booked.
    fn year_first(&self, calendar: &Calendar) -> Option<Day> {
        let Some(Year::Short(day)) = self.year else { return None };
        let year = 2000 + i32::from(self.first);
        let month = Month::try_from(self.second).ok()?;
        let date = Date::from_calendar_date(year, month, day).ok()?;
        let can_be_booked = (calendar.today..=calendar.last).contains(&date);
        can_be_booked.then_some(Day::Full { year, month: month.into(), day })
    }
}

pub(super) fn find(tokens: &Tokens, i: usize, field: Field, found: &mut Vec<Found>) {
    // Not the rest of a longer run of digits and signs.
    if tokens.glued(i)
        && matches!(tokens.sign(i.wrapping_sub(1)), Some('-' | '/' | '.' | ':' | '+'))
    {
        return;
    }
    let Some((numbers, sign, next)) = run(tokens, i) else { return };
    if tokens.glued(next) && !ends_well(tokens, next) {
        return;
    }
    let day = match numbers.as_slice() {
        [compact] => year_month_day_compact(compact),
        [first, second] => pair(tokens, i, first, second, sign, field),
        [first, second, third] => triple(first, second, third),
        _ => None,
    };
    found.extend(day.map(|day| (Piece::Day(day), next)));
}

/// Up to three runs of digits joined by one sign.
fn run(tokens: &Tokens, i: usize) -> Option<(Vec<&str>, char, usize)> {
    let mut numbers = vec![tokens.digits(i)?];
    let sign = match tokens.sign(i + 1).filter(|_| tokens.glued(i + 1)) {
        Some(sign @ ('-' | '/' | '.')) => sign,
        _ => return Some((numbers, ' ', i + 1)),
    };
    let mut next = i + 1;
    while numbers.len() < 3 && tokens.sign(next) == Some(sign) && tokens.glued(next) {
        let Some(digits) = tokens.glued_digits(next + 1) else { break };
        numbers.push(digits);
        next += 2;
    }
    Some((numbers, sign, next))
}

/// A comma or a full stop may be glued to a date, and the "T" before a time.
fn ends_well(tokens: &Tokens, next: usize) -> bool {
    let before_time = tokens.is_word(next, &["t"]) && tokens.glued_digits(next + 1).is_some();
    let sign = matches!(tokens.sign(next), Some(',' | '.' | ';' | ')' | '!' | '?'));
    before_time || (sign && !tokens.glued(next + 1))
}

fn year_month_day_compact(digits: &str) -> Option<Day> {
    let (year, month_day) = digits.split_at_checked(4)?;
    let (month, day) = month_day.split_at_checked(2)?;
    if day.len() == 2 { year_month_day(year, month, day) } else { None }
}

fn year_month_day(year: &str, month: &str, day: &str) -> Option<Day> {
    let year: u32 = year.parse().ok().filter(|year| YEARS.contains(year))?;
    Some(Day::Full {
        year: i32::try_from(year).ok()?,
        month: month.parse().ok()?,
        day: day.parse().ok()?,
    })
}

fn triple(first: &str, second: &str, third: &str) -> Option<Day> {
    match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => year_month_day(first, second, third),
        (1..=2, 1..=2, 2 | 4) => {
            let year: u32 = third.parse().ok()?;
            let year = match third.len() {
                2 => Year::Short(u8::try_from(year).ok()?),
                _ => Year::Full(i32::try_from(year).ok().filter(|_| YEARS.contains(&year))?),
            };
            numeric(first, second, Some(year))
        }
        _ => None,
    }
}

/// "11/24" anywhere; "11-24" and "24.11" only where a date is expected, because beside a time they
/// are a range and a time.
fn pair(
    tokens: &Tokens,
    i: usize,
    first: &str,
    second: &str,
    sign: char,
    field: Field,
) -> Option<Day> {
    let after_at = i > 0 && tokens.is_word(i - 1, &["at"]);
    let short = first.len() <= 2 && second.len() <= 2;
    if !short || (sign != '/' && (field == Field::Time || after_at)) {
        return None;
    }
    let day = numeric(first, second, None)?;
    match &day {
        Day::Numeric(numbers) if sign == '.' && !numbers.is_possible() => None,
        _ => Some(day),
    }
}

/// Whether "a.b" could be a date.
pub(super) fn could_be_date(first: &str, second: &str) -> bool {
    matches!(numeric(first, second, None), Some(Day::Numeric(numbers)) if numbers.is_possible())
}

fn numeric(first: &str, second: &str, year: Option<Year>) -> Option<Day> {
    Some(Day::Numeric(Numeric { first: first.parse().ok()?, second: second.parse().ok()?, year }))
}
