//! What a model passes as strings becomes a value or a question, never a guess: every way to read the
//! words is tried, and only words with exactly one meaning in the clinic's zone and region are heard.
//! No input of any length makes it panic. What was said is never kept in a question, so that a
//! question may be logged.

mod choice;
mod clock;
mod date;
mod day;
mod dictated;
mod email;
mod name;
mod numeric;
mod phone;
mod question;
mod reading;
mod relative;
mod spoken_time;
mod time_of_day;
mod tokens;
mod when;
mod words;
mod written_time;

use time::{Date, OffsetDateTime};

pub use phone::HeardPhone;
pub use question::Question;
pub use when::When;

use crate::domain::clinic::Clinic;

/// Who listens, and when: the clinic decides the zone, the region, the opening hours and the names.
#[derive(Debug, Clone, Copy)]
pub struct Ear<'a> {
    pub clinic: &'a Clinic,
    /// Business time.
    pub now: OffsetDateTime,
}

impl Ear<'_> {
    /// Today at the clinic.
    pub fn today(&self) -> Date {
        self.clinic.today(self.now)
    }
}
