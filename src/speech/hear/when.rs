//! Date and time together, in whichever fields they were passed: for looking for times (`when`) and,
//! strictly, for booking (`start`).

use time::{Date, OffsetDateTime, Time};

use crate::domain::calendar::{is_on_grid, is_open_at, last_day};
use crate::domain::slot::PartOfDay;
use crate::domain::zone::Instant;
use crate::speech::hear::clock;
use crate::speech::hear::day::{Calendar, Fault};
use crate::speech::hear::numeric::Order;
use crate::speech::hear::reading::{Field, Reading, readings};
use crate::speech::hear::tokens::fold;
use crate::speech::hear::{Ear, Question};

/// What a caller wishes; nothing in it was guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct When {
    pub date: Option<Date>,
    pub time: Option<Time>,
    pub part: Option<PartOfDay>,
}

/// Fields that say nothing, or that anything will do.
const NOTHING: [&str; 35] = [
    "",
    "none",
    "null",
    "nil",
    "undefined",
    "unknown",
    "n/a",
    "na",
    "no preference",
    "not specified",
    "unspecified",
    "not sure",
    "any",
    "any day",
    "any date",
    "any time",
    "anytime",
    "any time of day",
    "any part of the day",
    "all day",
    "whenever",
    "doesnt matter",
    "flexible",
    "asap",
    "as soon as possible",
    "soonest",
    "soonest available",
    "the soonest",
    "earliest",
    "earliest available",
    "the earliest",
    "first available",
    "the first available",
    "next available",
    "the next available",
];

/// For a time without a date and without AM or PM: how far ahead the opening hours are looked at.
const DAYS_LOOKED_AT: usize = 28;

/// A reading with its meaning found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Heard {
    when: When,
    /// Where both date and time were said.
    at: Option<OffsetDateTime>,
    roughly: bool,
}

impl Ear<'_> {
    /// What is wished, for looking for times: nothing said is no error, and a time need not be one at
    /// which appointments start.
    pub fn when(
        &self,
        date: Option<&str>,
        time: Option<&str>,
        part_of_day: Option<&str>,
    ) -> Result<When, Question> {
        self.listen(date, time, part_of_day).map(|heard| heard.when)
    }

    /// The one instant that was said, for booking: ahead of us and on the clinic's grid. Whether the
    /// clinic is open then and the notice is kept, the calendar says.
    pub fn start(
        &self,
        date: Option<&str>,
        time: Option<&str>,
    ) -> Result<OffsetDateTime, Question> {
        let heard = self.listen(date, time, None)?;
        let When { date, time, part } = heard.when;
        match (date, time, part) {
            (date, None, Some(part)) => Err(Question::TimeNeeded { date, part }),
            (None, None, None) => Err(Question::MissingMoment),
            (None, Some(_), _) => Err(Question::MissingDate),
            (date @ Some(_), None, None) => Err(Question::MissingTime { date }),
            (date @ Some(_), Some(_), _) if heard.roughly => Err(Question::MissingTime { date }),
            (Some(_), Some(time), _) => {
                self.on_grid(time)?;
                heard.at.ok_or(Question::UnclearMoment)
            }
        }
    }

    fn listen(
        &self,
        date: Option<&str>,
        time: Option<&str>,
        part: Option<&str>,
    ) -> Result<Heard, Question> {
        let part = part.map(|part| match part.trim() {
            "am" | "AM" => "morning",
            "pm" | "PM" => "afternoon",
            other => other,
        });
        let dates = spoken(date, Field::Date, Question::UnclearDate)?;
        let times = spoken(time, Field::Time, Question::UnclearTime)?;
        let parts = spoken(part, Field::Date, Question::UnclearTime)?;
        let together = dates.iter().flat_map(|date| {
            let pairs = times.iter().map(move |time| date.clone().and(time));
            pairs.flat_map(|pair| parts.iter().map(move |part| pair.clone().and(part)))
        });
        one_meaning(together.map(|reading| self.understand(&reading)))
    }

    fn understand(&self, reading: &Reading) -> Result<Heard, Fault> {
        let times = clock::resolve(&reading.clocks, &reading.parts);
        let date = match (self.calendar().resolve(&reading.days), &times) {
            (Err(Fault::Ask(_)), Err(Fault::Impossible(question))) => {
                return Err(Fault::Impossible(question.clone()));
            }
            (date, _) => date?,
        };
        let passed = date.filter(|date| *date < self.today());
        if let (Some(date), Ok(_)) = (passed, &times) {
            return Err(Fault::Ask(Question::Past { date, time: None, next: None }));
        }
        let time = match times {
            Err(Fault::Ask(Question::WhichMidnight { .. })) => {
                return Err(Fault::Ask(Question::WhichMidnight { date }));
            }
            times => self.one_of(date, &times?)?,
        };
        let when = When { date, time, part: reading.parts.first().map(|part| part.of_day()) };
        let at = self.instant(when, reading)?;
        Ok(Heard { when, at, roughly: reading.roughly })
    }

    /// A time without AM or PM is heard only where the opening hours leave one meaning.
    fn one_of(&self, date: Option<Date>, times: &[Time]) -> Result<Option<Time>, Fault> {
        let [am, pm] = times else { return Ok(times.first().copied()) };
        let is_open = |time: Time| match date {
            Some(date) => is_open_at(self.clinic, date, time),
            None => {
                let days = std::iter::successors(Some(self.today()), |day| day.next_day());
                days.take(DAYS_LOOKED_AT).any(|day| is_open_at(self.clinic, day, time))
            }
        };
        match (is_open(*am), is_open(*pm)) {
            (true, false) => Ok(Some(*am)),
            (false, true) => Ok(Some(*pm)),
            _ => Err(Fault::Ask(Question::WhichHalf { date, am: *am, pm: *pm })),
        }
    }

    /// The instant of a date and a time here; an offset that was said must be the clinic's own then,
    /// and tells the two times of a doubled hour apart.
    fn instant(&self, when: When, reading: &Reading) -> Result<Option<OffsetDateTime>, Fault> {
        let zone = &self.clinic.zone;
        let has_offset = |at: OffsetDateTime| reading.offsets.iter().all(|o| *o == zone.offset(at));
        let foreign = Err(Fault::Ask(Question::ForeignOffset));
        let (Some(date), Some(time)) = (when.date, when.time) else {
            return if has_offset(self.now) { Ok(None) } else { foreign };
        };
        let at = match zone.instant(date, time) {
            Instant::Never => return Err(Fault::Ask(Question::Skipped { date, time })),
            Instant::One(at) if has_offset(at) => at,
            Instant::Twice(..) if reading.offsets.is_empty() => {
                return Err(Fault::Ask(Question::Doubled { date, time }));
            }
            Instant::Twice(at, _) if has_offset(at) => at,
            Instant::Twice(_, at) if has_offset(at) => at,
            Instant::One(_) | Instant::Twice(..) => return foreign,
        };
        if at < self.now {
            return Err(Fault::Ask(Question::Past { date, time: Some(time), next: None }));
        }
        Ok(Some(at))
    }

    fn on_grid(&self, time: Time) -> Result<(), Question> {
        if is_on_grid(self.clinic, time) {
            return Ok(());
        }
        let minute = u16::from(time.hour()) * 60 + u16::from(time.minute());
        let grid = self.clinic.slot_minutes.max(1);
        let at = |minute: u16| {
            Time::from_hms(u8::try_from(minute / 60).ok()?, u8::try_from(minute % 60).ok()?, 0).ok()
        };
        let before = minute - minute % grid;
        Err(Question::OffGrid {
            before: at(before).unwrap_or(Time::MIDNIGHT),
            after: before.checked_add(grid).and_then(at),
        })
    }

    fn calendar(&self) -> Calendar {
        Calendar {
            today: self.today(),
            last: last_day(self.clinic, self.now),
            order: Order::of(&self.clinic.region),
        }
    }
}

/// The readings of a field; one empty reading where it says nothing.
fn spoken(text: Option<&str>, field: Field, unclear: Question) -> Result<Vec<Reading>, Question> {
    let folded = fold(text.unwrap_or_default()).ok_or(unclear.clone())?;
    let bare = folded.trim_matches([' ', '.', ',', '!', '?']);
    if NOTHING.contains(&bare) {
        return Ok(vec![Reading::default()]);
    }
    let found = readings(bare, field);
    if found.is_empty() { Err(unclear) } else { Ok(found) }
}

/// The one meaning that all possible readings share, or a question.
fn one_meaning(readings: impl Iterator<Item = Result<Heard, Fault>>) -> Result<Heard, Question> {
    let mut possible: Vec<Result<Heard, Question>> = Vec::new();
    let mut impossible: Option<Question> = None;
    for reading in readings {
        let meaning = match reading {
            Ok(heard) => Ok(heard),
            Err(Fault::Ask(question)) => Err(question),
            Err(Fault::Impossible(question)) => {
                impossible.get_or_insert(question);
                continue;
            }
        };
        if !possible.contains(&meaning) {
            possible.push(meaning);
        }
    }
    let mut possible = possible.into_iter();
    match (possible.next(), possible.next()) {
        (Some(only), None) => only,
        (Some(_), Some(_)) => Err(Question::UnclearMoment),
        (None, _) => Err(impossible.unwrap_or(Question::UnclearMoment)),
    }
}
