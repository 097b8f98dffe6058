//! `inbound_messages`: what patients texted to the clinics. A row is claimed by Twilio's name for the
//! message before anything is done about it, so that it is done once.

use std::time::Duration;

use diesel::dsl::IntervalDsl;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::schema::inbound_messages;
use crate::db::{Connection, Error};
use crate::domain::meaning::Meaning;
use crate::domain::org_id::OrgId;

/// The table's name and the sealed column's, as the vault binds them into a seal.
pub const TABLE: &str = "inbound_messages";
pub const SEALED_BODY: &str = "sealed_body";

/// A message to claim.
#[derive(Insertable)]
#[diesel(table_name = inbound_messages)]
pub struct NewInbound<'a> {
    pub org_id: Uuid,
    pub id: Uuid,
    pub twilio_message_sid: &'a str,
    pub phone: &'a str,
    pub recipient: &'a str,
    pub sealed_body: &'a [u8],
    /// Until more is known: for staff to read.
    pub meaning: &'static str,
}

/// Which of several appointments we asked about, and about which answer.
#[derive(Queryable)]
pub struct Question {
    meaning: String,
    options: Option<Vec<Option<Uuid>>>,
}

impl Question {
    pub fn is_about(&self, meaning: Meaning) -> bool {
        self.meaning == meaning.as_str()
    }

    /// The appointment of this number, counted from one.
    pub fn option(&self, number: usize) -> Option<Uuid> {
        *self.options.as_ref()?.get(number.checked_sub(1)?)?
    }
}

/// Claims the message for this transaction. False: it is known; if its transaction was still open, we
/// waited for its end.
pub async fn claim(conn: &mut Connection, new: &NewInbound<'_>) -> Result<bool, Error> {
    let insert = diesel::insert_into(inbound_messages::table).values(new);
    Ok(insert.on_conflict_do_nothing().execute(conn).await? == 1)
}

/// Writes what the message meant.
pub async fn settle(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    meaning: Meaning,
    appointment_id: Option<Uuid>,
    options: Option<&[Uuid]>,
) -> Result<(), Error> {
    let options = options.map(<[Uuid]>::to_vec);
    diesel::update(inbound_messages::table)
        .filter(inbound_messages::org_id.eq(org.0).and(inbound_messages::id.eq(id)))
        .set((
            inbound_messages::meaning.eq(meaning.as_str()),
            inbound_messages::appointment_id.eq(appointment_id),
            inbound_messages::options.eq(options),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The latest question that we asked this number, if that was not longer ago.
pub async fn find_question(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    within: Duration,
) -> Result<Option<Question>, Error> {
    let seconds = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
    let since = diesel::dsl::now.into_sql::<Timestamptz>() - seconds.seconds();
    Ok(inbound_messages::table
        .filter(inbound_messages::org_id.eq(org.0).and(inbound_messages::phone.eq(phone)))
        .filter(inbound_messages::options.is_not_null())
        .filter(inbound_messages::received_at.gt(since))
        .order((inbound_messages::received_at.desc(), inbound_messages::id.desc()))
        .select((inbound_messages::meaning, inbound_messages::options))
        .first(conn)
        .await
        .optional()?)
}

/// A text that is for staff to read.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = inbound_messages, check_for_backend(diesel::pg::Pg))]
pub struct ForStaff {
    pub id: Uuid,
    pub phone: String,
    pub sealed_body: Vec<u8>,
    pub received_at: OffsetDateTime,
}

/// The latest texts that were no answer, or asked us to stop; newest first.
pub async fn list_for_staff(
    conn: &mut Connection,
    org: OrgId,
    limit: i64,
) -> Result<Vec<ForStaff>, Error> {
    Ok(inbound_messages::table
        .filter(inbound_messages::org_id.eq(org.0))
        .filter(inbound_messages::meaning.eq_any(Meaning::FOR_STAFF))
        .order(inbound_messages::received_at.desc())
        .limit(limit)
        .select(ForStaff::as_select())
        .load(conn)
        .await?)
}
