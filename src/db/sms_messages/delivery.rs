//! `sms_messages` of which Twilio has told something since.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{SENDING, SENT};
use crate::db::clock::{db_now, interval, later};
use crate::db::schema::sms_messages;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// A text as a callback meets it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = sms_messages, check_for_backend(diesel::pg::Pg))]
pub struct ToldMessage {
    pub appointment_id: Uuid,
    pub to_phone: Option<String>,
    pub sms_status: String,
    pub twilio_message_sid: Option<String>,
    pub delivery_status: Option<String>,
}

/// A text that must exist, locked until the transaction ends: before its attempts, whoever writes to both.
pub async fn lock(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<ToldMessage, Error> {
    Ok(sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .select(ToldMessage::as_select())
        .for_update()
        .first(conn)
        .await?)
}

/// Lets a text that was sent follow the try that counts.
pub async fn follow(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    sid: &str,
    status: &str,
) -> Result<(), Error> {
    diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENT))
        .set((sms_messages::twilio_message_sid.eq(sid), sms_messages::delivery_status.eq(status)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Owes a text again that did not arrive: due in `delay`, and what was known of it stays with its tries.
pub async fn owe_again(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    delay: Duration,
) -> Result<(), Error> {
    diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SENT))
        .set((
            sms_messages::sms_status.eq(SENDING),
            sms_messages::twilio_message_sid.eq(None::<String>),
            sms_messages::delivery_status.eq(None::<String>),
            sms_messages::sent_at.eq(None::<OffsetDateTime>),
            sms_messages::due_at.eq(later(db_now(), interval(delay))),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
