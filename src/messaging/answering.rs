//! What a patient answered, by the link of a text or by a text of their own: one act for both. Staff's
//! word stands above it: an appointment that is cancelled, over or done is never changed.

use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::db::appointments::answers::{self, ForPatient};
use crate::db::audit_log::{self, Actor};
use crate::db::{Connection, End, Error, in_org, provider_days};
use crate::domain::appointment_status::AppointmentStatus;
use crate::domain::calendar;
use crate::domain::org_id::OrgId;
use crate::domain::patient_response::PatientResponse;
use crate::messaging::links::Link;
use crate::messaging::reminders;

/// Tries of the whole transaction: deadlocks and unknown commits are looked into at most twice.
pub(super) const TRIES: u32 = 3;

/// What a patient can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Confirm,
    Decline,
}

/// How the answer came, and with which message: the one that carried the link, or the patient's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Link(Uuid),
    Text(Uuid),
}

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    Confirmed,
    /// Staff decide what becomes of the slot.
    Declined,
    /// The slot is given up: the clinic has it so.
    Cancelled,
    /// The same was said before.
    Unchanged,
    /// It has begun, is over or does not stand.
    TooLate,
}

impl Answered {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Unchanged => "unchanged",
            Self::TooLate => "too_late",
        }
    }
}

/// Writes the answer of whoever has the link, in a transaction of its own; returns the appointment as it
/// then is.
pub async fn by_link(
    app: &App,
    link: &Link,
    given: Answer,
) -> Result<(Answered, ForPatient), Error> {
    let Link { org, message_id, appointment_id, .. } = *link;
    let (channel, now) = (Channel::Link(message_id), app.clock.now());
    let mut tries = 0;
    loop {
        tries += 1;
        let done = in_org(&app.db, org, async |conn| {
            let done = answer(conn, org, appointment_id, given, channel, now).await?;
            let about = answers::get_for_patient(conn, org, appointment_id).await?;
            Ok(match done {
                Answered::Unchanged | Answered::TooLate => End::RollBack((done, about)),
                _ => End::Commit((done, about)),
            })
        })
        .await;
        match done {
            // Said again, it is the same: what an unknown commit did shows then.
            Err(Error::Conflict | Error::CommitUnknown) if tries < TRIES => {}
            done => return done,
        }
    }
}

/// Writes the answer, in the caller's transaction. An [`Error::Conflict`] has written nothing: the
/// appointment was moved while we waited for it, and trying again may help.
pub async fn answer(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    answer: Answer,
    channel: Channel,
    now: OffsetDateTime,
) -> Result<Answered, Error> {
    let before = answers::get_for_patient(conn, org, appointment_id).await?;
    let gives_up = answer == Answer::Decline && before.decline_cancels;
    let (provider, busy) = before.busy();
    let days = calendar::utc_days(busy);
    if gives_up {
        // The slot becomes free, so its days are locked, and in the house's order: before the appointment.
        provider_days::lock(conn, org, &[provider], &days).await?;
    }
    let appointment = answers::lock_for_patient(conn, org, appointment_id).await?;
    if gives_up && appointment.busy() != before.busy() {
        return Err(Error::Conflict);
    }
    if !appointment.can_be_answered(now) {
        return Ok(too_late(&appointment, answer));
    }
    let (response, action) = match answer {
        Answer::Confirm => (PatientResponse::Confirmed, "appointment_confirmed"),
        Answer::Decline => (PatientResponse::Declined, "appointment_declined"),
    };
    let (status, answered) = match answer {
        Answer::Confirm => (AppointmentStatus::Confirmed, Answered::Confirmed),
        Answer::Decline if gives_up => (AppointmentStatus::Cancelled, Answered::Cancelled),
        Answer::Decline => (AppointmentStatus::Booked, Answered::Declined),
    };
    if appointment.response() == response && !gives_up {
        return Ok(Answered::Unchanged);
    }
    answers::set_response(conn, org, appointment_id, response, status, now).await?;
    if gives_up {
        provider_days::touch(conn, org, provider, &days).await?;
        reminders::call_off(conn, org, appointment_id, now).await?;
    }
    let (channel, message) = match channel {
        Channel::Link(message) => ("link", message),
        Channel::Text(message) => ("text", message),
    };
    let details = json!({ "channel": channel, "message": message });
    audit_log::insert(conn, org, Actor::Patient, action, appointment_id, details).await?;
    Ok(answered)
}

/// Who gave up the slot and says so again has said nothing new.
fn too_late(appointment: &ForPatient, answer: Answer) -> Answered {
    let said_before = answer == Answer::Decline
        && appointment.status() == AppointmentStatus::Cancelled
        && appointment.response() == PatientResponse::Declined;
    if said_before { Answered::Unchanged } else { Answered::TooLate }
}
