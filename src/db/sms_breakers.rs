//! `sms_breakers`: failures in a row of a clinic's own account, and the pause that follows. One statement
//! each, so that any number of nodes may report at once; times are the database's.

use std::time::Duration;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;

use crate::db::cached::Cached;
use crate::db::clock::{db_now, interval, later};
use crate::db::schema::sms_breakers;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// A pause as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// For so long no text is tried.
    For(Duration),
    /// It is over, and nobody is trying.
    Over,
    /// It is over, and somebody is trying, for so long at most.
    Probed(Duration),
}

/// What failed in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Account,
    TimeOut,
}

/// `None`: not paused.
pub async fn find_pause(conn: &mut Connection, org: OrgId) -> Result<Option<Pause>, Error> {
    type Times = (Option<OffsetDateTime>, Option<OffsetDateTime>, OffsetDateTime);
    let found: Option<Times> = sms_breakers::table
        .filter(sms_breakers::org_id.eq(org.0))
        .select((sms_breakers::paused_until, sms_breakers::probe_until, db_now()))
        .first(conn)
        .await
        .optional()?;
    let left = |until: OffsetDateTime, now| Duration::try_from(until - now).ok();
    Ok(found.and_then(|(paused_until, probe_until, now)| {
        if let Some(left) = left(paused_until?, now).filter(|left| !left.is_zero()) {
            return Some(Pause::For(left));
        }
        let probed = probe_until.and_then(|until| left(until, now)).filter(|left| !left.is_zero());
        Some(probed.map_or(Pause::Over, Pause::Probed))
    }))
}

/// Takes the turn to try whether the pause can end. False: it is somebody else's, or the pause goes on.
pub async fn claim_probe(
    conn: &mut Connection,
    org: OrgId,
    length: Duration,
) -> Result<bool, Error> {
    let claimed = diesel::update(sms_breakers::table)
        .filter(sms_breakers::org_id.eq(org.0))
        .filter(sms_breakers::paused_until.le(db_now().nullable()))
        .filter(
            sms_breakers::probe_until
                .is_null()
                .or(sms_breakers::probe_until.le(db_now().nullable())),
        )
        .set(sms_breakers::probe_until.eq(later(db_now(), interval(length)).nullable()))
        .execute(conn)
        .await?;
    Ok(claimed == 1)
}

/// Gives the turn back: the try said nothing about the account.
pub async fn release_probe(conn: &mut Connection, org: OrgId) -> Result<(), Error> {
    diesel::update(sms_breakers::table)
        .filter(sms_breakers::org_id.eq(org.0).and(sms_breakers::probe_until.is_not_null()))
        .set(sms_breakers::probe_until.eq(None::<OffsetDateTime>))
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts a failure; `most` of them in a row, or one during a pause, pause the clinic's texts for `pause`.
/// Returns whether they are paused.
pub async fn count_failure(
    conn: &mut Connection,
    org: OrgId,
    failure: Failure,
    most: i32,
    pause: Duration,
) -> Result<bool, Error> {
    let (account, timeouts) = match failure {
        Failure::Account => (1, 0),
        Failure::TimeOut => (0, 1),
    };
    // A definite no ends a run of time-outs; a time-out says nothing about the account.
    let timeouts_before = match failure {
        Failure::Account => 0,
        Failure::TimeOut => 1,
    };
    // The row is ours until the transaction ends.
    let (account_failures, timeouts, paused_until): (i32, i32, Option<OffsetDateTime>) =
        diesel::insert_into(sms_breakers::table)
            .values((
                sms_breakers::org_id.eq(org.0),
                sms_breakers::account_failures.eq(account),
                sms_breakers::timeouts.eq(timeouts),
            ))
            .on_conflict(sms_breakers::org_id)
            .do_update()
            .set((
                sms_breakers::account_failures.eq(sms_breakers::account_failures + account),
                sms_breakers::timeouts.eq(sms_breakers::timeouts * timeouts_before + timeouts),
            ))
            .returning((
                sms_breakers::account_failures,
                sms_breakers::timeouts,
                sms_breakers::paused_until,
            ))
            .get_result(conn)
            .await?;
    let in_a_row = match failure {
        Failure::Account => account_failures,
        Failure::TimeOut => timeouts,
    };
    let has_enough = in_a_row >= most || paused_until.is_some();
    if has_enough {
        diesel::update(sms_breakers::table.filter(sms_breakers::org_id.eq(org.0)))
            .set((
                sms_breakers::paused_until.eq(later(db_now(), interval(pause)).nullable()),
                sms_breakers::probe_until.eq(None::<OffsetDateTime>),
            ))
            .execute(conn)
            .await?;
    }
    Ok(has_enough)
}

/// Twilio took a text: whatever was counted is over. True: something was.
pub async fn close(conn: &mut Connection, org: OrgId) -> Result<bool, Error> {
    let closed = diesel::update(sms_breakers::table)
        .filter(sms_breakers::org_id.eq(org.0))
        .filter(
            sms_breakers::account_failures
                .gt(0)
                .or(sms_breakers::timeouts.gt(0))
                .or(sms_breakers::paused_until.is_not_null()),
        )
        .set((
            sms_breakers::account_failures.eq(0),
            sms_breakers::timeouts.eq(0),
            sms_breakers::paused_until.eq(None::<OffsetDateTime>),
            sms_breakers::probe_until.eq(None::<OffsetDateTime>),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(closed == 1)
}

/// Twilio answered, if not about the account: time-outs are over, and so is a pause that was for them.
pub async fn note_answer(conn: &mut Connection, org: OrgId, most: i32) -> Result<(), Error> {
    let stays = case_when(sms_breakers::account_failures.ge(most), sms_breakers::paused_until)
        .otherwise(None::<OffsetDateTime>);
    diesel::update(sms_breakers::table)
        .filter(sms_breakers::org_id.eq(org.0))
        .filter(sms_breakers::timeouts.gt(0).or(sms_breakers::probe_until.is_not_null()))
        .set((
            sms_breakers::timeouts.eq(0),
            sms_breakers::probe_until.eq(None::<OffsetDateTime>),
            sms_breakers::paused_until.eq(stays),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
