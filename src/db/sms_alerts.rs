//! `sms_alerts`: what keeps a clinic's texts from arriving at all, until one is delivered.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::schema::sms_alerts;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Raises an alert about a text, unless there is one of this code.
pub async fn raise(
    conn: &mut Connection,
    org: OrgId,
    twilio_code: i32,
    message_id: Uuid,
) -> Result<bool, Error> {
    let raised = diesel::insert_into(sms_alerts::table)
        .values((
            sms_alerts::org_id.eq(org.0),
            sms_alerts::twilio_code.eq(twilio_code),
            sms_alerts::message_id.eq(message_id),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(raised == 1)
}

/// Takes the organization's alerts away.
pub async fn clear(conn: &mut Connection, org: OrgId) -> Result<(), Error> {
    diesel::delete(sms_alerts::table.filter(sms_alerts::org_id.eq(org.0))).execute(conn).await?;
    Ok(())
}

/// Twilio's codes and since when, the oldest first.
pub async fn list(conn: &mut Connection, org: OrgId) -> Result<Vec<(i32, OffsetDateTime)>, Error> {
    Ok(sms_alerts::table
        .filter(sms_alerts::org_id.eq(org.0))
        .order(sms_alerts::raised_at)
        .select((sms_alerts::twilio_code, sms_alerts::raised_at))
        .load(conn)
        .await?)
}
