//! Reminders: planned with the booking, in its transaction; when one is due, it becomes a text in the
//! outbox or is dropped, and only then is decided to whom it goes, what it says and whether anybody still
//! needs it. Not promised: that one comes to the minute; the worker looks every `sms.worker_interval_ms`.

use std::sync::Arc;

use time::OffsetDateTime;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::app::App;
use crate::db::appointments::{self, ForText};
use crate::db::sms_messages::{self, MessageRow, NewMessage};
use crate::db::{Connection, End, Error, in_org, reminders, sms_consents};
use crate::domain::appointment::Appointment;
use crate::domain::clinic::Clinic;
use crate::domain::org_id::OrgId;
use crate::domain::reminder::{self, Fate, Planned, Subject};
use crate::domain::sms::SmsState;
use crate::domain::text_kind::TextKind;
use crate::domain::zone::Zone;

/// Plans the reminders of an appointment that was just booked, in one statement. `phone` is the number
/// that is texted about it: without one, nothing is planned. `timezone` is the patient's, where known.
pub async fn plan(
    conn: &mut Connection,
    clinic: &Clinic,
    appointment: &Appointment,
    timezone: Option<&str>,
    phone: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if phone.is_none() || !clinic.texts_enabled {
        return Ok(());
    }
    let zone = timezone.and_then(Zone::find).unwrap_or_else(|| clinic.zone.clone());
    let planned = reminder::plan(appointment.starts_at, &clinic.reminder_leads, &zone, now);
    if planned.is_empty() {
        return Ok(());
    }
    reminders::insert_if_new(conn, clinic.org, appointment.id, &planned).await
}

/// Plans them anew for an appointment that was moved, in the transaction that moved it. What was sent
/// stays sent: each lead reminds once.
pub async fn replan(
    conn: &mut Connection,
    clinic: &Clinic,
    appointment_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let org = clinic.org;
    let about = appointments::get_for_text(conn, org, appointment_id).await?;
    reminders::drop_open(conn, org, appointment_id, now).await?;
    if !is_wanted(&about, now) {
        return Ok(());
    }
    let zone = zone_of(&about).unwrap_or_else(|| clinic.zone.clone());
    let planned = reminder::plan(about.starts_at, &clinic.reminder_leads, &zone, now);
    if planned.is_empty() {
        return Ok(());
    }
    reminders::upsert(conn, org, appointment_id, &planned).await
}

/// Drops what is still to come of an appointment that is off, in the transaction that calls it off.
pub async fn call_off(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    reminders::drop_open(conn, org, appointment_id, now).await
}

/// Settles what is due now, at most `sms.batch` appointments at a time; returns how many it settled.
pub async fn settle_due(app: &Arc<App>) -> Result<usize, Error> {
    let now = app.clock.now();
    let limit = app.config.sms.batch.into();
    let due = reminders::list_due(&mut *app.db.connection().await?, now, limit).await?;
    let mut running = JoinSet::new();
    for (org, appointment_id) in due {
        let worker = Arc::clone(app);
        running.spawn(app.spawn(async move {
            let settled = settle(&worker, org, appointment_id, now).await;
            if let Err(error) = &settled {
                tracing::error!(org = %org, appointment_id = %appointment_id, %error, "A reminder could not be settled");
                // Others wait behind it.
                put_off(&worker, org, appointment_id, now).await.ok();
            }
            settled.is_ok()
        }));
    }
    let mut settled = 0;
    while let Some(done) = running.join_next().await {
        settled += usize::from(matches!(done, Ok(Ok(true))));
    }
    Ok(settled)
}

/// Leaves what is due of an appointment alone for as long as a sender would hold a text.
async fn put_off(
    app: &App,
    org: OrgId,
    appointment_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let mut conn = app.db.connection().await?;
    reminders::put_off(&mut conn, org, appointment_id, now, now + app.config.sms.lease).await
}

/// Settles the due reminders of an appointment, which stays as it is meanwhile.
async fn settle(
    app: &App,
    org: OrgId,
    appointment_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    in_org(&app.db, org, async |conn| {
        appointments::keep(conn, org, appointment_id).await?;
        let about = appointments::get_for_text(conn, org, appointment_id).await?;
        let all = reminders::list(conn, org, appointment_id).await?;
        let subject = Subject {
            starts_at: about.starts_at,
            is_wanted: is_wanted(&about, now)
                && !sms_consents::is_refused(conn, org, appointment_id).await?,
            is_confirmed: about.is_confirmed(),
            zone: zone_of(&about).ok_or(Error::Broken("an unknown time zone"))?,
        };
        for (planned, fate) in reminder::fates(&subject, &all, now) {
            match fate {
                Fate::MoveTo(due_at) => {
                    reminders::postpone(conn, org, appointment_id, &planned, due_at).await?;
                }
                Fate::Drop => {
                    reminders::settle(conn, org, appointment_id, &planned, false, now).await?;
                }
                Fate::Owe => {
                    if reminders::settle(conn, org, appointment_id, &planned, true, now).await? {
                        owe(conn, org, appointment_id, &planned, about.phone.clone()).await?;
                    }
                }
            }
        }
        Ok(End::Commit(()))
    })
    .await
}

async fn owe(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    planned: &Planned,
    to_phone: Option<String>,
) -> Result<(), Error> {
    let new = NewMessage {
        id: Uuid::now_v7(),
        appointment_id,
        kind: TextKind::Reminder,
        lead_minutes: i32::try_from(planned.lead.whole_minutes()).unwrap_or(i32::MAX),
        to_phone,
        state: SmsState::sending(),
        lease: None,
    };
    sms_messages::insert(conn, org, &new).await
}

/// How long a reminder in the outbox that was held up into the night has to wait for the morning;
/// `None`: it need not. One for which the morning comes too late waits all the same, and is then dropped.
pub(super) fn wait_for_morning(
    message: &MessageRow,
    about: &ForText,
    now: OffsetDateTime,
) -> Option<std::time::Duration> {
    let zone = zone_of(about).filter(|_| message.is_a(TextKind::Reminder))?;
    if reminder::is_allowed(&zone, now) {
        return None;
    }
    let morning = reminder::next_allowed(&zone, now, about.starts_at).unwrap_or(about.starts_at);
    (morning - now).try_into().ok()
}

fn is_wanted(about: &ForText, now: OffsetDateTime) -> bool {
    about.is_current(TextKind::Reminder, now) && about.phone.is_some()
}

/// The patient's zone, or else the clinic's.
fn zone_of(about: &ForText) -> Option<Zone> {
    let (patients, clinics) = &about.timezones;
    patients.as_deref().and_then(Zone::find).or_else(|| Zone::find(clinics))
}
