//! `reminders`: what is planned with an appointment. One that is due becomes a text or is dropped, by
//! compare-and-set: whichever node settles it, it is settled once. Times here are business time.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::db::schema::reminders;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::reminder::{Planned, PlannedState};

/// A reminder to plan: its lead, and when it is due.
pub type NewReminder = (Duration, OffsetDateTime);

/// What a settled one became.
const OWED: &str = "owed";
const DROPPED: &str = "dropped";

/// Plans reminders; those that are planned already stay as they are.
pub async fn insert_if_new(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    all: &[NewReminder],
) -> Result<(), Error> {
    diesel::insert_into(reminders::table)
        .values(rows(org, appointment_id, all))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Plans reminders anew; what has become a text already stays so: each lead is owed once.
pub async fn upsert(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    all: &[NewReminder],
) -> Result<(), Error> {
    use diesel::query_dsl::methods::FilterDsl;

    diesel::insert_into(reminders::table)
        .values(rows(org, appointment_id, all))
        .on_conflict((reminders::org_id, reminders::appointment_id, reminders::lead_minutes))
        .do_update()
        .set((
            reminders::due_at.eq(excluded(reminders::due_at)),
            reminders::settled_at.eq(None::<OffsetDateTime>),
            reminders::outcome.eq(None::<String>),
        ))
        .filter(reminders::outcome.is_distinct_from(OWED))
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops what is still to come of an appointment.
pub async fn drop_open(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(reminders::table)
        .filter(reminders::org_id.eq(org.0).and(reminders::appointment_id.eq(appointment_id)))
        .filter(reminders::settled_at.is_null())
        .set((reminders::settled_at.eq(now), reminders::outcome.eq(DROPPED)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Appointments of any organization that have a reminder due: candidates, to be settled one by one.
pub async fn list_due(
    conn: &mut Connection,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(OrgId, Uuid)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = reminders::table
        .filter(reminders::settled_at.is_null().and(reminders::due_at.le(now)))
        .order(reminders::due_at)
        .limit(limit)
        .select((reminders::org_id, reminders::appointment_id))
        .load(conn)
        .await?;
    let mut due: Vec<(OrgId, Uuid)> = Vec::with_capacity(rows.len());
    for (org, appointment) in rows {
        if !due.contains(&(OrgId(org), appointment)) {
            due.push((OrgId(org), appointment));
        }
    }
    Ok(due)
}

/// The reminders of an appointment, settled ones included, longest lead first.
pub async fn list(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
) -> Result<Vec<Planned>, Error> {
    let rows: Vec<(i32, OffsetDateTime, Option<String>)> = reminders::table
        .filter(reminders::org_id.eq(org.0).and(reminders::appointment_id.eq(appointment_id)))
        .order(reminders::lead_minutes.desc())
        .select((reminders::lead_minutes, reminders::due_at, reminders::outcome))
        .load(conn)
        .await?;
    let read = |(minutes, due_at, outcome): (i32, _, Option<String>)| Planned {
        lead: Duration::minutes(minutes.into()),
        due_at,
        state: match outcome.as_deref() {
            None => PlannedState::Open,
            Some(OWED) => PlannedState::Owed,
            Some(_) => PlannedState::Dropped,
        },
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Settles a reminder that is as it was read: owed or dropped. False: somebody was faster.
pub async fn settle(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    as_read: &Planned,
    is_owed: bool,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let outcome = if is_owed { OWED } else { DROPPED };
    let settled = diesel::update(reminders::table)
        .filter(reminders::org_id.eq(org.0).and(reminders::appointment_id.eq(appointment_id)))
        .filter(reminders::lead_minutes.eq(minutes(as_read.lead)))
        .filter(reminders::settled_at.is_null().and(reminders::due_at.eq(as_read.due_at)))
        .set((reminders::settled_at.eq(now), reminders::outcome.eq(outcome)))
        .execute(conn)
        .await?;
    Ok(settled == 1)
}

/// Puts off a reminder that is as it was read.
pub async fn postpone(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    as_read: &Planned,
    due_at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(reminders::table)
        .filter(reminders::org_id.eq(org.0).and(reminders::appointment_id.eq(appointment_id)))
        .filter(reminders::lead_minutes.eq(minutes(as_read.lead)))
        .filter(reminders::settled_at.is_null().and(reminders::due_at.eq(as_read.due_at)))
        .set(reminders::due_at.eq(due_at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts off what is due of an appointment and cannot be settled now.
pub async fn put_off(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    now: OffsetDateTime,
    due_at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(reminders::table)
        .filter(reminders::org_id.eq(org.0).and(reminders::appointment_id.eq(appointment_id)))
        .filter(reminders::settled_at.is_null().and(reminders::due_at.le(now)))
        .set(reminders::due_at.eq(due_at))
        .execute(conn)
        .await?;
    Ok(())
}

type Row = (
    diesel::dsl::Eq<reminders::org_id, Uuid>,
    diesel::dsl::Eq<reminders::appointment_id, Uuid>,
    diesel::dsl::Eq<reminders::lead_minutes, i32>,
    diesel::dsl::Eq<reminders::due_at, OffsetDateTime>,
);

fn rows(org: OrgId, appointment_id: Uuid, all: &[NewReminder]) -> Vec<Row> {
    let row = |(lead, due_at): &NewReminder| {
        (
            reminders::org_id.eq(org.0),
            reminders::appointment_id.eq(appointment_id),
            reminders::lead_minutes.eq(minutes(*lead)),
            reminders::due_at.eq(*due_at),
        )
    };
    all.iter().map(row).collect()
}

fn minutes(lead: Duration) -> i32 {
    i32::try_from(lead.whole_minutes()).unwrap_or(i32::MAX)
}
