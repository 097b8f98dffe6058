//! From what was said about the time of day to the times it can mean: pieces must agree, and a time
//! without AM or PM has two meanings.

use time::Time;

use crate::speech::hear::Question;
use crate::speech::hear::day::Fault;
use crate::speech::hear::time_of_day::Part;

/// A time as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: u32,
    pub(super) minute: u32,
    /// Whether seconds were said that are not zero.
    pub(super) odd_seconds: bool,
    pub(super) half: Half,
}

/// Which half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
    /// Either: a clock face.
    Unsaid,
    /// 24-hour notation.
    Full,
    /// The word "midnight": it begins one day and ends another.
    Midnight,
}

impl Clock {
    pub(super) const NOON: Self = Self { hour: 12, minute: 0, odd_seconds: false, half: Half::Pm };
    pub(super) const MIDNIGHT: Self = Self { half: Half::Midnight, ..Self::NOON };

    /// The times of day that it can mean, ascending; none where it is no time.
    fn times(self) -> Vec<Time> {
        let on_a_face = (1..=12).contains(&self.hour);
        let (am, pm) = (self.hour % 12, self.hour % 12 + 12);
        let hours = match self.half {
            Half::Am if on_a_face => vec![am],
            Half::Pm if on_a_face => vec![pm],
            Half::Unsaid if on_a_face => vec![am, pm],
            Half::Full => vec![self.hour],
            Half::Am | Half::Pm | Half::Unsaid | Half::Midnight => Vec::new(),
        };
        let at = |hour| {
            Time::from_hms(u8::try_from(hour).ok()?, u8::try_from(self.minute).ok()?, 0).ok()
        };
        hours.into_iter().filter_map(at).collect()
    }
}

/// The times that all of `clocks` can mean in all of `parts`, ascending; empty where no time was said.
pub(super) fn resolve(clocks: &[Clock], parts: &[Part]) -> Result<Vec<Time>, Fault> {
    if let (Some(first), false) = (parts.first(), parts.is_empty())
        && parts.iter().any(|part| part.of_day() != first.of_day())
    {
        return Err(Fault::Impossible(Question::TimesDisagree));
    }
    let mut all: Option<Vec<Time>> = None;
    for clock in clocks {
        if clock.half == Half::Midnight {
            return Err(Fault::Ask(Question::WhichMidnight { date: None }));
        }
        if clock.odd_seconds {
            return Err(Fault::Impossible(Question::ImpossibleTime));
        }
        let times = clock.times();
        if times.is_empty() {
            // "14:30 PM" is a slip that may be meant; "thirty PM" belongs to something else.
            let fault = if clock.hour < 24 { Fault::Ask } else { Fault::Impossible };
            return Err(fault(Question::ImpossibleTime));
        }
        let sure = times.len() == 1;
        let fits = |time: &Time| parts.iter().all(|part| part.has(*time, sure));
        let times: Vec<Time> = times.into_iter().filter(fits).collect();
        let left = match all {
            None => times,
            Some(before) => before.into_iter().filter(|time| times.contains(time)).collect(),
        };
        if left.is_empty() {
            return Err(Fault::Impossible(Question::TimesDisagree));
        }
        all = Some(left);
    }
    Ok(all.unwrap_or_default())
}
