//! What a patient's text is answered with: GSM-7, within two segments, and no name. A question numbers the
//! appointments it is about by day and time.

use std::fmt::Write as _;

use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::db::appointments::answers::ForPatient;
use crate::domain::segments::plain_name;

/// "August 22, 2026 at 4:30 PM".
const MOMENT: &[BorrowedFormatItem<'_>] = format_description!(
    "[month repr:long] [day padding:none], [year] at [hour padding:none repr:12]:[minute] [period]"
);
/// "August 22, 4:30 PM".
const SHORT: &[BorrowedFormatItem<'_>] = format_description!(
    "[month repr:long] [day padding:none], [hour padding:none repr:12]:[minute] [period]"
);

/// Appointments that one question can number within two segments.
pub(super) const MOST_OPTIONS: usize = 5;
/// Room for the clinic's name such that the longest answer stays within two segments (306).
const LONGEST_NAME: usize = 80;

pub(super) fn confirmed(about: &ForPatient) -> String {
    let (clinic, moment) = (name(about), moment(about));
    format!("Thank you. Your appointment at {clinic} on {moment} is confirmed.")
}

/// The appointment stands: the clinic decides.
pub(super) fn declined(about: &ForPatient) -> String {
    let (clinic, moment, call) = (name(about), moment(about), call(about, "For another time"));
    format!(
        "Thank you for telling us that you can't come on {moment}. {clinic} has been told.{call}"
    )
}

pub(super) fn cancelled(about: &ForPatient) -> String {
    let (clinic, moment, call) = (name(about), moment(about), call(about, "For another time"));
    format!(
        "Your appointment at {clinic} on {moment} is cancelled. Thank you for telling us.{call}"
    )
}

/// "Which appointment do you mean? Reply 1 for August 22, 4:30 PM or 2 for August 24, 9:00 AM."
pub(super) fn which(starts: &[PrimitiveDateTime]) -> String {
    let mut text = "Which appointment do you mean? Reply ".to_owned();
    let last = starts.len();
    for (number, start) in (1..).zip(starts) {
        let join = match number {
            1 => "",
            _ if number == last => " or ",
            _ => ", ",
        };
        let start = start.format(SHORT).unwrap_or_default();
        // A string takes whatever is written.
        write!(text, "{join}{number} for {start}").ok();
    }
    text.push('.');
    text
}

fn call(about: &ForPatient, why: &str) -> String {
    let number = about.clinic_phone.as_deref();
    number.map_or_else(String::new, |number| format!(" {why}, please call {number}."))
}

fn moment(about: &ForPatient) -> String {
    about.local_start.format(MOMENT).unwrap_or_default()
}

fn name(about: &ForPatient) -> String {
    let name: String = plain_name(&about.clinic_name).chars().take(LONGEST_NAME).collect();
    let name = name.trim();
    if name.is_empty() { "The clinic".to_owned() } else { name.to_owned() }
}
