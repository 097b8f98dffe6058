//! What became of a booking and of its text, in words. The appointment's part is true because it is
//! said after the commit; the text's part says what is known and no more.

use time::OffsetDateTime;

use crate::domain::appointment::Appointment;
use crate::domain::clinic::{Clinic, Provider};
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::speech::phrases::{moment, short, today_is};
use crate::speech::say;

/// A text's state, and the number it goes to.
type Text<'a> = Option<(&'a SmsState, Option<&'a str>)>;

/// "That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. …"
pub fn booked(
    clinic: &Clinic,
    appointment: &Appointment,
    text: Text<'_>,
    now: OffsetDateTime,
) -> String {
    let what = moment_and_provider(clinic, appointment, now);
    format!("That is booked: {what}. {} Is there anything else?", about_text(text))
}

/// The patient has it already, with what is known of its text now.
pub fn already_booked(
    clinic: &Clinic,
    appointment: &Appointment,
    text: Text<'_>,
    now: OffsetDateTime,
) -> String {
    let what = moment_and_provider(clinic, appointment, now);
    format!(
        "You already have an appointment then: {what}. {} Is there anything else?",
        about_text(text)
    )
}

/// This call has booked the same start under another name.
pub fn for_whom(clinic: &Clinic, appointment: &Appointment, now: OffsetDateTime) -> String {
    let what = moment_and_provider(clinic, appointment, now);
    format!(
        "In this call I already booked {what}, under another name. Is this one for a second person?"
    )
}

/// The patient has something at that time, and the caller has not shown that they may hear what.
pub fn overlapping(clinic: &Clinic, now: OffsetDateTime) -> String {
    let today = today_is(clinic.today(now));
    format!(
        "{today} I cannot book that: the patient has another appointment around that time. Which other time would suit?"
    )
}

/// Somebody else has it, or took it just now.
pub fn taken(
    clinic: &Clinic,
    starts_at: OffsetDateTime,
    provider: Option<&Provider>,
    now: OffsetDateTime,
) -> String {
    let with = provider.map(|p| format!(" with {}", short(&p.name))).unwrap_or_default();
    format!("Sorry, {}{with} is taken.", moment(clinic, starts_at, now))
}

/// Nobody who could do it works then.
pub fn not_open(clinic: &Clinic, starts_at: OffsetDateTime, now: OffsetDateTime) -> String {
    format!("There are no appointments on {}.", moment(clinic, starts_at, now))
}

/// Ahead of us, but not far enough.
pub fn too_soon(clinic: &Clinic, now: OffsetDateTime) -> String {
    let minutes = clinic.min_notice.whole_minutes().unsigned_abs();
    let notice = if minutes >= 60 && minutes.is_multiple_of(60) {
        say::count(minutes / 60, "hour")
    } else {
        say::count(minutes, "minute")
    };
    format!(
        "{} That is too soon: we need at least {notice} of notice.",
        today_is(clinic.today(now))
    )
}

/// It has begun or is over.
pub fn past(clinic: &Clinic, starts_at: OffsetDateTime, now: OffsetDateTime) -> String {
    let when = moment(clinic, starts_at, now);
    format!(
        "{} {when} has already passed. Which other day and time would suit you?",
        today_is(clinic.today(now))
    )
}

/// A `slot_id` that this clinic did not give, or that names what it no longer has.
pub fn unknown_slot(clinic: &Clinic, now: OffsetDateTime) -> String {
    format!(
        "{} I do not have that time on offer. Which day and time would you like? Then I will look again.",
        today_is(clinic.today(now))
    )
}

/// No number to text, and none to know the patient by.
pub fn missing_phone() -> String {
    "Which phone number shall I put down? Please say it digit by digit, or say none if you want no text.".to_owned()
}

/// What may be claimed about the text, in one sentence.
fn about_text(text: Text<'_>) -> String {
    let Some((state, phone)) = text else {
        return "You will not get a text.".to_owned();
    };
    let to = phone
        .and_then(say::last_four)
        .map(|digits| format!(" to the number ending in {digits}"))
        .unwrap_or_default();
    match state.status {
        SmsStatus::Sent => format!("I have sent a confirmation text{to}."),
        SmsStatus::Sending => format!(
            "I am still trying to send the confirmation text{to}, so I cannot promise it; your appointment stands."
        ),
        SmsStatus::FailedButBooked => {
            let why = match state.reason {
                Some(SmsReason::Paused) => "Our texts are not going out at the moment: the",
                Some(SmsReason::LimitReached) => "We have reached today's limit for texts: the",
                Some(SmsReason::CountryNotAllowed) => "We do not text numbers of that country: the",
                _ => "The",
            };
            format!(
                "{why} confirmation text could not be sent, so none will come, but your appointment stands."
            )
        }
        SmsStatus::OptedOut => {
            "Our texts are stopped for that number, so none will come, but your appointment \
             stands; texting START to us turns them on again."
                .to_owned()
        }
        SmsStatus::Skipped if state.reason == Some(SmsReason::NotWanted) => {
            "You will not get a text, as you wished; your appointment stands.".to_owned()
        }
        SmsStatus::Skipped => "You will not get a text; your appointment stands.".to_owned(),
    }
}

fn moment_and_provider(clinic: &Clinic, appointment: &Appointment, now: OffsetDateTime) -> String {
    let when = moment(clinic, appointment.starts_at, now);
    match clinic.provider(appointment.provider_id) {
        Some(provider) => format!("{when} with {}", short(&provider.name)),
        None => when,
    }
}
