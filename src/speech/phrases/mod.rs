//! Every sentence that the assistant is given, in one place: a file for each tool, the questions, and
//! what is said when something goes wrong.

pub mod book_appointment;
pub mod check_availability;
pub mod opt_out_of_texts;
pub mod questions;
pub mod trouble;

use time::{Date, OffsetDateTime};

use crate::domain::clinic::Clinic;
use crate::speech::say;

/// Longer names are cut: a sentence that can be followed on the phone has sixty words at most.
const MOST_WORDS_OF_A_NAME: usize = 6;

/// "Today is Monday, November twenty-third, twenty twenty-six." With the year, which models mistake.
fn today_is(today: Date) -> String {
    format!("Today is {}, {}.", say::date(today, today), say::year(today.year()))
}

/// "Tuesday, November twenty-fourth at two thirty PM", by the clinic's clocks.
fn moment(clinic: &Clinic, at: OffsetDateTime, now: OffsetDateTime) -> String {
    let local = clinic.zone.local(at);
    format!("{} at {}", say::date(local.date(), clinic.today(now)), say::time(local.time()))
}

/// A clinic's own name of somebody or something, as it can be said.
fn short(name: &str) -> String {
    let title = say::title(name);
    title.split_whitespace().take(MOST_WORDS_OF_A_NAME).collect::<Vec<_>>().join(" ")
}
