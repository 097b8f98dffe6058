//! What we ask back instead of guessing. Each variant carries the facts that its sentence needs and
//! nothing that the caller said: dates and times are already understood, names are the clinic's own.
//! The sentences are in `speech::phrases::questions`.

use time::{Date, Time, Weekday};

use crate::domain::slot::PartOfDay;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Neither a date nor a time was said.
    MissingMoment,
    MissingDate,
    /// No time, or only about when.
    MissingTime {
        date: Option<Date>,
    },
    /// A part of the day was said where a time is needed.
    TimeNeeded {
        date: Option<Date>,
        part: PartOfDay,
    },
    /// A week, a weekend or a month was said where a day is needed.
    DayNeeded,
    UnclearDate,
    UnclearTime,
    /// The words have more than one meaning as a whole.
    UnclearMoment,
    /// The calendar has no such date.
    ImpossibleDate,
    /// The clock has no such time.
    ImpossibleTime,
    WrongWeekday {
        said: Weekday,
        date: Date,
    },
    WhichDate {
        either: Date,
        or: Date,
    },
    /// Morning or afternoon: the opening hours do not decide.
    WhichHalf {
        date: Option<Date>,
        am: Time,
        pm: Time,
    },
    TimesDisagree,
    /// The midnight that begins the day, or the one that ends it.
    WhichMidnight {
        date: Option<Date>,
    },
    Past {
        date: Date,
        time: Option<Time>,
        /// The same day next year, where no year was said and the clinic books that far ahead.
        next: Option<Date>,
    },
    /// The clocks skip this time.
    Skipped {
        date: Date,
        time: Time,
    },
    /// The clocks show this time twice.
    Doubled {
        date: Date,
        time: Time,
    },
    /// Appointments do not start then; the nearest times on the grid.
    OffGrid {
        before: Time,
        after: Option<Time>,
    },
    /// A time in another zone than the clinic's.
    ForeignOffset,
    Phone,
    Email,
    Name,
    /// Several of the clinic's services fit.
    WhichService {
        names: Vec<String>,
    },
    /// No service fits; what the clinic offers.
    UnknownService {
        names: Vec<String>,
    },
    /// Several of the clinic's providers fit.
    WhichProvider {
        names: Vec<String>,
    },
    /// No provider fits; who gives the service.
    UnknownProvider {
        names: Vec<String>,
    },
    NotTheirService {
        provider: String,
        service: String,
        /// Who does give it.
        names: Vec<String>,
    },
}
