//! `sms_delivery_events`: every status that Twilio has told, once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::sms_delivery_events;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Writes an event of an attempt that must exist. False: it was told before.
pub async fn insert_if_new(
    conn: &mut Connection,
    org: OrgId,
    attempt_id: Uuid,
    twilio_message_sid: &str,
    status: &str,
    error_code: Option<i32>,
) -> Result<bool, Error> {
    let inserted = diesel::insert_into(sms_delivery_events::table)
        .values((
            sms_delivery_events::org_id.eq(org.0),
            sms_delivery_events::attempt_id.eq(attempt_id),
            sms_delivery_events::twilio_message_sid.eq(twilio_message_sid),
            sms_delivery_events::status.eq(status),
            sms_delivery_events::error_code.eq(error_code.unwrap_or_default()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}
