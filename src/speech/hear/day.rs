//! From what was said about the day to one date, given today: pieces must agree, and where people
//! differ about what a piece means, each meaning is a candidate.

use time::{Date, Duration, Month, Weekday};

use crate::speech::hear::Question;
use crate::speech::hear::numeric::{Numeric, Order};

/// One piece of a reading that says something about the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Day {
    Full {
        year: i32,
        month: u8,
        day: u8,
    },
    Yearless {
        month: Month,
        day: u8,
    },
    Numeric(Numeric),
    OfMonth(u8),
    OfThisMonth(u8),
    OfNextMonth(u8),
    Weekday(Weekday, Which),
    /// So many days from today.
    In(i64),
    /// So many days after the coming weekday: "a week from Friday".
    After {
        days: i64,
        weekday: Weekday,
    },
    /// A week, a weekend or a month.
    Stretch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// "Wednesday": the coming one, or only a check of another piece.
    Said,
    This,
    Coming,
    Next,
    OfThisWeek,
    OfNextWeek,
}

/// Why a reading gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nobody can have meant it, so another reading may still hold.
    Impossible(Question),
    /// It may well have been meant.
    Ask(Question),
}

/// Years outside are slips; they are also those in which date arithmetic could end.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A date without a year that passed this recently was rather meant than its return a year later.
const JUST_PASSED: Duration = Duration::days(90);

#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) today: Date,
    /// The last date that can be booked.
    pub(super) last: Date,
    pub(super) order: Order,
}

impl Calendar {
    /// The one date that all of `days` speak of; `None` where nothing was said.
    pub(super) fn resolve(&self, days: &[Day]) -> Result<Option<Date>, Fault> {
        if days.contains(&Day::Stretch) {
            let alone = days.iter().all(|day| *day == Day::Stretch);
            let fault = if alone { Fault::Ask } else { Fault::Impossible };
            return Err(fault(Question::DayNeeded));
        }
        let is_check = |day: &&Day| matches!(day, Day::Weekday(_, Which::Said));
        let (checks, rest): (Vec<&Day>, Vec<&Day>) = days.iter().partition(is_check);
        let dates = match rest.is_empty() {
            true => self.intersect(&checks)?,
            false => only_on(self.intersect(&rest)?, &checks)?,
        };
        match dates.as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            [either, or, ..] => Err(Fault::Ask(Question::WhichDate { either: *either, or: *or })),
        }
    }

    fn intersect(&self, days: &[&Day]) -> Result<Vec<Date>, Fault> {
        let mut all: Option<Vec<Date>> = None;
        for day in days {
            // A slip may well be meant, but not beside another piece that says otherwise.
            let is_alone = days.iter().all(|other| other == day);
            let dates = self.dates(day).map_err(|fault| match fault {
                Fault::Ask(question) | Fault::Impossible(question) if is_alone => {
                    Fault::Ask(question)
                }
                Fault::Ask(question) | Fault::Impossible(question) => Fault::Impossible(question),
            })?;
            let left: Vec<Date> = match &all {
                None => dates.clone(),
                Some(before) => before.iter().copied().filter(|d| dates.contains(d)).collect(),
            };
            if left.is_empty() {
                let before = all.unwrap_or_default();
                return Err(Fault::Impossible(match (before.first(), dates.first()) {
                    (Some(either), Some(or)) => Question::WhichDate { either: *either, or: *or },
                    _ => Question::ImpossibleDate,
                }));
            }
            all = Some(left);
        }
        Ok(all.unwrap_or_default())
    }

    /// The dates that one piece can mean, soonest first; at least one.
    fn dates(&self, day: &Day) -> Result<Vec<Date>, Fault> {
        match day {
            Day::Full { year, month, day } => Ok(vec![full(*year, *month, *day)?]),
            Day::Yearless { month, day } => Ok(vec![self.month_day(*month, *day)?]),
            Day::Numeric(numeric) => self.any_of(&numeric.meanings(self)),
            Day::OfMonth(day) => {
                let months = if *day < self.today.day() { 1 } else { 0 };
                Ok(vec![self.of_month(*day, months)?])
            }
            Day::OfThisMonth(day) => Ok(vec![self.of_month(*day, 0)?]),
            Day::OfNextMonth(day) => Ok(vec![self.of_month(*day, 1)?]),
            Day::Weekday(weekday, which) => self.weekday(*weekday, *which),
            Day::In(days) => Ok(vec![self.in_days(*days)?]),
            Day::After { days, weekday } => {
                self.coming(*weekday).into_iter().map(|d| shift(d, *days)).collect()
            }
            Day::Stretch => Err(Fault::Impossible(Question::ImpossibleDate)),
        }
    }

    /// Numbers in an order that the region does not settle.
    fn any_of(&self, days: &[Day]) -> Result<Vec<Date>, Fault> {
        let mut dates = Vec::new();
        let mut fault = Fault::Impossible(Question::ImpossibleDate);
        for day in days {
            match self.dates(day) {
                Ok(more) => dates.extend(more),
                Err(Fault::Ask(question)) => fault = Fault::Ask(question),
                Err(Fault::Impossible(_)) => {}
            }
        }
        // One order past and the other ahead are still two meanings.
        if dates.is_empty() || matches!(fault, Fault::Ask(_)) {
            return Err(fault);
        }
        dates.sort_unstable();
        dates.dedup();
        Ok(dates)
    }

    /// The coming day of that name, today included; not one that has just passed.
    fn month_day(&self, month: Month, day: u8) -> Result<Date, Fault> {
        let year = self.today.year();
        let is_ahead = (u8::from(month), day) >= (u8::from(self.today.month()), self.today.day());
        if is_ahead {
            return full(year, month.into(), day);
        }
        let next = full(year + 1, month.into(), day);
        let passed = full(year, month.into(), day);
        let ahead = next.clone().ok().filter(|next| *next <= self.last);
        match (passed, ahead) {
            (Ok(passed), Some(next)) if self.today - passed > JUST_PASSED => Ok(next),
            (Err(_), Some(next)) => Ok(next),
            (Ok(date), next) => Err(Fault::Ask(Question::Past { date, time: None, next })),
            (Err(fault), None) => Err(fault),
        }
    }

    fn of_month(&self, day: u8, months_ahead: u8) -> Result<Date, Fault> {
        let (mut year, mut month) = (self.today.year(), self.today.month());
        for _ in 0..months_ahead {
            month = month.next();
            year += i32::from(month == Month::January);
        }
        full(year, month.into(), day)
    }

    /// Speakers differ about "next Tuesday" (the coming one, or the one of the next calendar week) and
    /// calendars about where a week begins (ISO 8601: Monday; North America: Sunday). Where all
    /// of them agree it is that date, else each is a candidate.
    fn weekday(&self, weekday: Weekday, which: Which) -> Result<Vec<Date>, Fault> {
        let mut dates = match which {
            Which::Said | Which::This | Which::Coming => self.coming(weekday),
            Which::Next => {
                let after_today = shift(self.today, days_until(self.today, weekday, 1))?;
                let mut dates = self.in_week(weekday, 1)?;
                dates.push(after_today);
                dates
            }
            Which::OfThisWeek => {
                let dates = self.in_week(weekday, 0)?;
                let ahead: Vec<Date> = dates.iter().copied().filter(|d| *d >= self.today).collect();
                if ahead.is_empty() { dates } else { ahead }
            }
            Which::OfNextWeek => self.in_week(weekday, 1)?,
        };
        dates.sort_unstable();
        dates.dedup();
        Ok(dates)
    }

    /// The coming weekday: a week from today too where it is today's.
    fn coming(&self, weekday: Weekday) -> Vec<Date> {
        let days = [days_until(self.today, weekday, 0), days_until(self.today, weekday, 1)];
        let mut dates: Vec<Date> =
            days.into_iter().filter_map(|days| shift(self.today, days).ok()).collect();
        dates.dedup();
        dates
    }

    /// The weekday in this or a later week, for weeks from Monday and for weeks from Sunday.
    fn in_week(&self, weekday: Weekday, weeks: i64) -> Result<Vec<Date>, Fault> {
        let since = |today: u8, day: u8| i64::from(day) - i64::from(today) + weeks * 7;
        let today = self.today.weekday();
        let from_monday = since(today.number_days_from_monday(), weekday.number_days_from_monday());
        let from_sunday = since(today.number_days_from_sunday(), weekday.number_days_from_sunday());
        Ok(vec![shift(self.today, from_monday)?, shift(self.today, from_sunday)?])
    }

    fn in_days(&self, days: i64) -> Result<Date, Fault> {
        shift(self.today, days)
    }
}

/// Days from `date` to the first such weekday that is at least `least` days away.
fn days_until(date: Date, weekday: Weekday, least: i64) -> i64 {
    let ahead = i64::from(weekday.number_days_from_monday())
        - i64::from(date.weekday().number_days_from_monday());
    (ahead - least).rem_euclid(7) + least
}

fn only_on(dates: Vec<Date>, checks: &[&Day]) -> Result<Vec<Date>, Fault> {
    let mut left = dates;
    for check in checks {
        let Day::Weekday(said, _) = check else { continue };
        let first = left.first().copied();
        left.retain(|date| date.weekday() == *said);
        if let (true, Some(date)) = (left.is_empty(), first) {
            return Err(Fault::Impossible(Question::WrongWeekday { said: *said, date }));
        }
    }
    Ok(left)
}

fn full(year: i32, month: u8, day: u8) -> Result<Date, Fault> {
    let month = Month::try_from(month).ok().filter(|_| YEARS.contains(&year));
    month
        .and_then(|month| Date::from_calendar_date(year, month, day).ok())
        .ok_or(Fault::Impossible(Question::ImpossibleDate))
}

fn shift(date: Date, days: i64) -> Result<Date, Fault> {
    date.checked_add(Duration::days(days))
        .filter(|date| YEARS.contains(&date.year()))
        .ok_or(Fault::Impossible(Question::ImpossibleDate))
}
