//! What a patient's text is answered with: GSM-7, within two segments, and no patient's name. A question
//! numbers the appointments it is about by day and time.

use std::fmt::Write as _;

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
/// Two segments.
const MOST_LETTERS: usize = 306;
/// What stands before a provider's name.
const WITH: &str = " with ";
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
    format!("Your appointment at {clinic} on {moment} is canceled. Thank you for telling us.{call}")
}

/// "Which appointment do you mean? Reply 1 for August 22, 4:30 PM or 2 for August 24, 9:00 AM." Two at the
/// same time are told apart by their providers: "1 for August 22, 4:30 PM with Dr. Lee".
pub(super) fn which(several: &[ForPatient]) -> String {
    let is_shared =
        |one: &ForPatient| several.iter().filter(|o| o.local_start == one.local_start).count() > 1;
    let shared = several.iter().filter(|one| is_shared(one)).count();
    let unnamed = numbered(several, |_| None);
    let room = MOST_LETTERS.saturating_sub(unnamed.len()).checked_div(shared).unwrap_or_default();
    let letters = room.saturating_sub(WITH.len());
    numbered(several, |one| is_shared(one).then(|| name_within(&one.provider_name, letters)))
}

fn numbered(several: &[ForPatient], provider: impl Fn(&ForPatient) -> Option<String>) -> String {
    let mut text = "Which appointment do you mean? Reply ".to_owned();
    let last = several.len();
    for (number, one) in (1..).zip(several) {
        let join = match number {
            1 => "",
            _ if number == last => " or ",
            _ => ", ",
        };
        let start = one.local_start.format(SHORT).unwrap_or_default();
        // A string takes whatever is written.
        write!(text, "{join}{number} for {start}").ok();
        if let Some(provider) = provider(one) {
            write!(text, "{WITH}{provider}").ok();
        }
    }
    text.push('.');
    text
}

fn name_within(name: &str, letters: usize) -> String {
    let name: String = plain_name(name).chars().take(letters).collect();
    name.trim().to_owned()
}

fn call(about: &ForPatient, why: &str) -> String {
    let number = about.clinic_phone.as_deref();
    number.map_or_else(String::new, |number| format!(" {why}, please call {number}."))
}

fn moment(about: &ForPatient) -> String {
    about.local_start.format(MOMENT).unwrap_or_default()
}

fn name(about: &ForPatient) -> String {
    let name = name_within(&about.clinic_name, LONGEST_NAME);
    if name.is_empty() { "The clinic".to_owned() } else { name }
}
