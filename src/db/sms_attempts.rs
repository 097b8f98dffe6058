//! `sms_attempts`: the tries to send a text, each committed before its request is written.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::sms_attempts;
use crate::db::{Connection, Error};
use crate::domain::attempt_outcome::AttemptOutcome;
use crate::domain::org_id::OrgId;

/// A row, as far as the sender needs it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sms_attempts, check_for_backend(diesel::pg::Pg))]
pub struct AttemptRow {
    pub id: Uuid,
    pub number: i16,
    pub body_digest: Vec<u8>,
    pub started_at: OffsetDateTime,
    outcome: Option<String>,
    pub http_status: Option<i16>,
    pub twilio_code: Option<i32>,
    pub looks: i16,
}

impl AttemptRow {
    /// `None` until it is known to have ended.
    pub fn outcome(&self) -> Option<AttemptOutcome> {
        outcome(self.outcome.as_deref())
    }

    /// Twilio's code for what it refused or, where it named none, the HTTP status.
    pub fn code(&self) -> u32 {
        let status = self.http_status.map(i32::from);
        self.twilio_code.or(status).and_then(|code| u32::try_from(code).ok()).unwrap_or_default()
    }
}

/// All tries of a text, first to last.
pub async fn list(
    conn: &mut Connection,
    org: OrgId,
    message_id: Uuid,
) -> Result<Vec<AttemptRow>, Error> {
    Ok(sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::message_id.eq(message_id)))
        .order(sms_attempts::number)
        .select(AttemptRow::as_select())
        .load(conn)
        .await?)
}

/// A try as its callbacks meet it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sms_attempts, check_for_backend(diesel::pg::Pg))]
pub struct ToldAttempt {
    pub message_id: Uuid,
    outcome: Option<String>,
    pub twilio_message_sid: Option<String>,
    pub delivery_status: Option<String>,
    pub delivery_error_code: Option<i32>,
}

impl ToldAttempt {
    /// Whether Twilio is known to have taken it.
    pub fn is_accepted(&self) -> bool {
        outcome(self.outcome.as_deref()) == Some(AttemptOutcome::Accepted)
    }
}

/// A try of the organization's, if there is one of this id.
pub async fn find(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
) -> Result<Option<ToldAttempt>, Error> {
    Ok(sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::id.eq(id)))
        .select(ToldAttempt::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Whether a try of another text is known by this name at Twilio.
pub async fn is_sid_anothers(
    conn: &mut Connection,
    org: OrgId,
    sid: &str,
    message_id: Uuid,
) -> Result<bool, Error> {
    let others = sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::twilio_message_sid.eq(sid)))
        .filter(sms_attempts::message_id.ne(message_id));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn).await?)
}

/// Whether any try is known by this name at Twilio.
pub async fn is_sid_known(conn: &mut Connection, org: OrgId, sid: &str) -> Result<bool, Error> {
    let known = sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::twilio_message_sid.eq(sid)));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn).await?)
}

/// How many tries of a text Twilio is known to have taken.
pub async fn count_accepted(
    conn: &mut Connection,
    org: OrgId,
    message_id: Uuid,
) -> Result<i64, Error> {
    Ok(sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::message_id.eq(message_id)))
        .filter(sms_attempts::outcome.eq(AttemptOutcome::Accepted.as_str()))
        .count()
        .get_result(conn)
        .await?)
}

/// Writes how far a try has come, as Twilio told.
pub async fn set_delivery(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    status: &str,
    error_code: Option<i32>,
) -> Result<(), Error> {
    diesel::update(sms_attempts::table)
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::id.eq(id)))
        .set((
            sms_attempts::delivery_status.eq(status),
            sms_attempts::delivery_error_code.eq(error_code),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Begins a try. The number is unique within the text: two senders cannot begin the same one.
pub async fn insert(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    message_id: Uuid,
    number: i16,
    body_digest: &[u8],
) -> Result<(), Error> {
    diesel::insert_into(sms_attempts::table)
        .values((
            sms_attempts::org_id.eq(org.0),
            sms_attempts::id.eq(id),
            sms_attempts::message_id.eq(message_id),
            sms_attempts::number.eq(number),
            sms_attempts::body_digest.eq(body_digest),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a try. `http_status` and `code` are Twilio's, where it gave any.
pub async fn finish(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    outcome: AttemptOutcome,
    http_status: Option<u16>,
    code: Option<u32>,
) -> Result<(), Error> {
    diesel::update(sms_attempts::table)
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::id.eq(id)))
        .set((
            sms_attempts::outcome.eq(outcome.as_str()),
            sms_attempts::finished_at.eq(now),
            sms_attempts::http_status.eq(http_status.and_then(|n| i16::try_from(n).ok())),
            sms_attempts::twilio_code.eq(code.and_then(|n| i32::try_from(n).ok())),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a try that Twilio took, under the name that Twilio gave it.
pub async fn accept(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    sid: &str,
    delivery_status: Option<&str>,
) -> Result<(), Error> {
    finish(conn, org, id, AttemptOutcome::Accepted, None, None).await?;
    diesel::update(sms_attempts::table)
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::id.eq(id)))
        .filter(sms_attempts::twilio_message_sid.is_null())
        .set((
            sms_attempts::twilio_message_sid.eq(sid),
            sms_attempts::delivery_status.eq(delivery_status),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// Counts a look into Twilio's list that did not find the text.
pub async fn count_look(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::update(sms_attempts::table)
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::id.eq(id)))
        .set(sms_attempts::looks.eq(sms_attempts::looks + 1))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

/// What Twilio has last told of a text's failures, if it failed: its code.
pub async fn find_last_error(
    conn: &mut Connection,
    org: OrgId,
    message_id: Uuid,
) -> Result<Option<i32>, Error> {
    let last: Option<Option<i32>> = sms_attempts::table
        .filter(sms_attempts::org_id.eq(org.0).and(sms_attempts::message_id.eq(message_id)))
        .order(sms_attempts::number.desc())
        .select(sms_attempts::delivery_error_code)
        .first(conn)
        .await
        .optional()?;
    Ok(last.flatten())
}

/// The table knows no word but ours; of one that is newer nobody can say whether the text was created.
fn outcome(word: Option<&str>) -> Option<AttemptOutcome> {
    word.map(|word| AttemptOutcome::parse(word).unwrap_or(AttemptOutcome::Unknown))
}
