//! `book_appointment`: hears, claims the tool call, books and owes the text in one transaction, sends
//! the text outside it, and says what is true about both. Whoever opens the transaction composes the
//! acts: this file.

use std::sync::Arc;

use serde_json::json;
use time::OffsetDateTime;
use tokio::time::{Instant, timeout_at};

use crate::app::App;
use crate::db::audit_log::{self, Actor};
use crate::db::sms_messages::corrections;
use crate::db::tool_calls::{self, ToolCallKey};
use crate::db::{self, Connection, End, appointments, in_org, sms_consents};
use crate::domain::calendar::Refusal;
use crate::domain::clinic::Clinic;
use crate::domain::outcome::Outcome;
use crate::messaging::sending::{self, Leased};
use crate::messaging::{
    self,
    confirmation::{self, Owed},
    reminders,
};
use crate::scheduling::availability::Wish;
use crate::scheduling::booking::{self, Booking, Request};
use crate::speech::hear::Ear;
use crate::speech::phrases::{book_appointment as phrases, check_availability};
use crate::tools::recorded::{self, RESERVE};
use crate::tools::{Answer, Asked, Tool, booking_wish, load_clinic, offering};

pub(super) const ARGUMENTS: &[&str] = &[
    "patient_name",
    "patient_phone",
    "patient_email",
    "date",
    "time",
    "slot_id",
    "service",
    "provider",
    "notes",
    "for_another_person",
    "may_text",
];

/// Tries of the whole transaction: deadlocks, changed rules and unknown commits are looked into at most twice.
const TRIES: u32 = 3;
/// What the transaction did.
enum Act {
    Done(Owed),
    /// Somebody else has claimed this tool call, under this key.
    Claimed(ToolCallKey),
    /// Nothing, because of this.
    Not(Booking),
}

pub(super) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Answer, db::Error> {
    let now = app.clock.now();
    let key = asked.key(Tool::BookAppointment);
    let keys = asked.keys(Tool::BookAppointment);
    let budget_ends = Instant::now() + app.config.database.budget;
    for _ in 0..TRIES {
        let clinic = load_clinic(app, asked.org).await?;
        let ear = Ear { clinic: &clinic, now };
        let heard = match booking_wish::hear(app, &ear, asked) {
            Ok(heard) => heard,
            Err(question) => {
                // What was heard once may be past by now; what was answered stays answered.
                let answered = recorded::find_answer(app, &clinic, asked, &keys).await?;
                return Ok(answered.unwrap_or_else(|| Answer::new(Outcome::Question, question)));
            }
        };
        let request = Request {
            clinic: &clinic,
            service: heard.service,
            provider: heard.provider,
            starts_at: heard.starts_at,
            patient: &heard.patient,
            notes: heard.notes.as_deref(),
            call_key: &key.call_key,
            for_another_person: heard.for_another_person,
        };
        match act(app, request, heard.may_text, &key, &keys, now).await {
            Ok(Act::Done(owed)) => return done(app, &clinic, asked, &key, owed).await,
            Ok(Act::Not(booking)) => {
                return refused(app, request, heard.is_callers_own, booking, now).await;
            }
            // The first one rolled back while we waited: the claim is free again.
            Ok(Act::Claimed(by)) => {
                match recorded::wait_for_words(app, &clinic, asked, &by).await? {
                    Some(answer) => return Ok(answer),
                    None => continue,
                }
            }
            Err(db::Error::Constraint(name))
                if name == appointments::OF_A_PATIENT_NEVER_OVERLAP =>
            {
                let conn = app.db.connection().await?;
                let held = booking::find_held(&conn, request).await?;
                drop(conn);
                let held = held.unwrap_or(Booking::Taken);
                return refused(app, request, heard.is_callers_own, held, now).await;
            }
            // The next try hears everything by the present rules, and its claim finds out whether the
            // unknown commit happened.
            Err(db::Error::Conflict | db::Error::CommitUnknown) if Instant::now() < budget_ends => {
                continue;
            }
            Err(error) => return Err(error),
        }
    }
    Err(db::Error::Conflict)
}

/// The transaction: claim, book, owe, log. Locks in the house's order; a loser rolls back.
async fn act(
    app: &App,
    request: Request<'_>,
    may_text: Option<bool>,
    key: &ToolCallKey,
    keys: &[ToolCallKey],
    now: OffsetDateTime,
) -> Result<Act, db::Error> {
    let org = request.clinic.org;
    let lease = app.new_lease();
    in_org(&app.db, org, async |conn: &mut Connection| {
        for each in keys {
            let claimed = if each == key {
                tool_calls::claim(conn, org, each).await?
            } else {
                tool_calls::claim_meanwhile(conn, org, each).await?
            };
            if !claimed {
                return Ok(End::RollBack(Act::Claimed(each.clone())));
            }
        }
        tool_calls::take_turns(conn, org, &key.call_key).await?;
        let phone = request.patient.phone.as_deref();
        let wanted = may_text != Some(false);
        let (outcome, action, appointment, zone, owed) = match booking::book(conn, request, now)
            .await?
        {
            Booking::Booked(appointment, zone) => {
                let owed =
                    confirmation::owe(conn, request.clinic, appointment.id, phone, wanted, lease)
                        .await?;
                (Outcome::Booked, "appointment_booked", appointment, zone, owed)
            }
            Booking::Corrected(appointment, zone) => {
                let phone = phone.unwrap_or_default();
                let id = appointment.id;
                let owed =
                    confirmation::owe_corrected(conn, request.clinic, id, phone, wanted, lease)
                        .await?;
                (Outcome::AlreadyBooked, "phone_corrected", appointment, zone, owed)
            }
            unchanged => return Ok(End::RollBack(Act::Not(unchanged))),
        };
        let texted = phone.filter(|_| wanted);
        let zone = zone.as_deref();
        reminders::plan(conn, request.clinic, &appointment, zone, texted, now).await?;
        if let Some(phone) = phone {
            sms_consents::insert(conn, org, appointment.id, phone, may_text, &key.call_key).await?;
        }
        let details = json!({ "call": key.call_key, "tool_call": key.tool_call_id });
        audit_log::insert(conn, org, Actor::Assistant, action, appointment.id, details).await?;
        tool_calls::record(conn, org, key, outcome.as_str(), appointment.id, owed.message_id)
            .await?;
        Ok(End::Commit(Act::Done(owed)))
    })
    .await
}

/// Sends what is owed, waits for it as long as a caller can, and writes the words that count from now on.
async fn done(
    app: &Arc<App>,
    clinic: &Clinic,
    asked: &Asked,
    key: &ToolCallKey,
    owed: Owed,
) -> Result<Answer, db::Error> {
    messaging::count_settled(owed.settled);
    if let Some(lease) = owed.lease {
        let leased = Leased::new(asked.org, owed.message_id, lease);
        let sender = Arc::clone(app);
        let sending = app.spawn(async move {
            if let Err(error) = sending::work(&sender, leased).await {
                // The lease ends and the worker takes over.
                tracing::warn!(message_id = %leased.message_id, %error, "A text is left to the worker");
            }
        });
        let limit = (Instant::now() + app.config.sms.reply_deadline).min(asked.deadline - RESERVE);
        // Too late or not: the row says what is known.
        timeout_at(limit, sending).await.ok();
    }
    match recorded::find_recorded(app, asked, key).await? {
        Some(found) => recorded::settle(app, clinic, asked, key, found).await,
        None => Err(db::Error::Broken("a claimed tool call is gone")),
    }
}

/// Says why nothing was booked, and what there is instead. No lock is held any more.
async fn refused(
    app: &App,
    request: Request<'_>,
    is_callers_own: bool,
    booking: Booking,
    now: OffsetDateTime,
) -> Result<Answer, db::Error> {
    let Request { clinic, service, provider, starts_at, .. } = request;
    let local = clinic.zone.local(starts_at);
    let wish =
        Wish { service, provider, date: Some(local.date()), time: Some(local.time()), part: None };
    let offer = async |lead| {
        let conn = app.db.connection().await?;
        offering::offer(app, &conn, clinic, wish, Some(lead), now).await
    };
    match booking {
        // Whoever names another's number and name does not hear what they have.
        Booking::Overlapping(_) if !is_callers_own => {
            Ok(Answer::new(Outcome::Question, phrases::overlapping(clinic, now)))
        }
        Booking::Already(appointment)
        | Booking::Overlapping(appointment)
        | Booking::Booked(appointment, _)
        | Booking::Corrected(appointment, _) => {
            let mut conn = app.db.connection().await?;
            let message = corrections::find_present(&mut conn, clinic.org, appointment.id).await?;
            recorded::tell(&mut conn, clinic, Outcome::AlreadyBooked, &appointment, message, now)
                .await
        }
        Booking::ForWhom(appointment) => {
            Ok(Answer::new(Outcome::Question, phrases::for_whom(clinic, &appointment, now)))
        }
        Booking::Taken => {
            let lead = (Outcome::SlotTaken, phrases::taken(clinic, starts_at, provider, now));
            offer(lead).await
        }
        Booking::Refused(Refusal::NotOpen) => {
            let lead = (Outcome::Closed, phrases::not_open(clinic, starts_at, now));
            offer(lead).await
        }
        Booking::Refused(Refusal::TooSoon) => {
            let lead = (Outcome::Question, phrases::too_soon(clinic, now));
            offer(lead).await
        }
        Booking::Refused(Refusal::TooFar) => {
            Ok(Answer::new(Outcome::Question, check_availability::too_far(clinic, now)))
        }
        Booking::Refused(Refusal::Past) => {
            Ok(Answer::new(Outcome::Question, phrases::past(clinic, starts_at, now)))
        }
    }
}
