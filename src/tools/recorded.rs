//! The words of a tool call that did something: said once, recorded, and the same ever after, whoever
//! asks and however often.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::app::App;
use crate::db::tool_calls::{self, Recorded, ToolCallKey};
use crate::db::{self, Connection, appointments, sms_messages};
use crate::domain::appointment::Appointment;
use crate::domain::clinic::Clinic;
use crate::domain::outcome::Outcome;
use crate::speech::phrases::book_appointment as phrases;
use crate::tools::{Answer, Asked};

/// A twin looks for the first one's words this often at first, and then ever less often.
const FIRST_LOOK: Duration = Duration::from_millis(25);
const LAST_LOOK: Duration = Duration::from_millis(200);
/// What is left of the deadline when waiting ends and what is known is said.
pub(super) const RESERVE: Duration = Duration::from_millis(400);

/// Waits for the words of the twin that claimed first, holding no connection meanwhile. `None`: it
/// rolled back.
pub(super) async fn wait_for_words(
    app: &App,
    clinic: &Clinic,
    asked: &Asked,
    key: &ToolCallKey,
) -> Result<Option<Answer>, db::Error> {
    let (mut pause, began) = (FIRST_LOOK, Instant::now());
    loop {
        let Some(recorded) = find_recorded(app, asked, key).await? else { return Ok(None) };
        // Whoever should have written words by now is gone, or we can wait no longer.
        let late = began.elapsed() > app.config.sms.reply_deadline
            || Instant::now() + RESERVE >= asked.deadline;
        if recorded.words.is_some() || late {
            return settle(app, clinic, asked, key, recorded).await.map(Some);
        }
        sleep(pause).await;
        pause = (pause * 2).min(LAST_LOOK);
    }
}

/// What was answered under any of these keys.
pub(super) async fn find_answer(
    app: &App,
    clinic: &Clinic,
    asked: &Asked,
    keys: &[ToolCallKey],
) -> Result<Option<Answer>, db::Error> {
    for key in keys {
        if let Some(found) = find_recorded(app, asked, key).await? {
            return settle(app, clinic, asked, key, found).await.map(Some);
        }
    }
    Ok(None)
}

pub(super) async fn find_recorded(
    app: &App,
    asked: &Asked,
    key: &ToolCallKey,
) -> Result<Option<Recorded>, db::Error> {
    let mut conn = app.db.connection().await?;
    tool_calls::find(&mut conn, asked.org, key).await
}

/// The words that count: those recorded, or else what is known now, recorded unless somebody is faster.
pub(super) async fn settle(
    app: &App,
    clinic: &Clinic,
    asked: &Asked,
    key: &ToolCallKey,
    recorded: Recorded,
) -> Result<Answer, db::Error> {
    if let (Some(words), Some(metadata)) = (recorded.words, recorded.metadata) {
        return Ok(Answer::recorded(words, metadata));
    }
    let (Some(appointment_id), Some(message_id)) =
        (recorded.appointment_id, recorded.sms_message_id)
    else {
        return Err(db::Error::Broken("a recorded tool call did nothing"));
    };
    let outcome = if recorded.outcome.as_deref() == Some(Outcome::Booked.as_str()) {
        Outcome::Booked
    } else {
        Outcome::AlreadyBooked
    };
    let now = app.clock.now();
    let mut conn = app.db.connection().await?;
    let appointment = appointments::get(&mut conn, asked.org, appointment_id).await?;
    let answer = tell(&mut conn, clinic, outcome, &appointment, Some(message_id), now).await?;
    let (words, metadata) =
        tool_calls::settle_words(&mut conn, asked.org, key, answer.words(), answer.metadata())
            .await?;
    Ok(Answer::recorded(words, metadata))
}

/// Says that the patient has the appointment, and what is known about its text.
pub(super) async fn tell(
    conn: &mut Connection,
    clinic: &Clinic,
    outcome: Outcome,
    appointment: &Appointment,
    message_id: Option<Uuid>,
    now: OffsetDateTime,
) -> Result<Answer, db::Error> {
    let sms = match message_id {
        Some(id) => Some(sms_messages::get_state(conn, clinic.org, id).await?),
        None => None,
    };
    let text = sms.as_ref().map(|(state, phone)| (state, phone.as_deref()));
    let words = match outcome {
        Outcome::Booked => phrases::booked(clinic, appointment, text, now),
        _ => phrases::already_booked(clinic, appointment, text, now),
    };
    let answer =
        Answer::new(outcome, words).with_appointment(appointment.id, appointment.starts_at);
    Ok(match &sms {
        Some((state, _)) => answer.with_sms(state),
        None => answer,
    })
}
