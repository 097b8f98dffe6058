//! `sms_messages`: what earlier texts came from.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::SENT;
use crate::db::schema::sms_messages;
use crate::db::{Connection, Error};
use crate::domain::delivery::FAILURES;
use crate::domain::org_id::OrgId;

/// The sender of the latest text about an appointment that Twilio took and that did not fail, with the
/// digest of its account. `or_own`: that of this very text, whatever became of it, comes first.
pub async fn find_earlier_sender(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    id: Uuid,
    or_own: bool,
) -> Result<Option<(String, Vec<u8>)>, Error> {
    let arrived =
        sms_messages::delivery_status.is_null().or(sms_messages::delivery_status.ne_all(FAILURES));
    let own = sms_messages::id.eq(id).and(or_own.into_sql::<diesel::sql_types::Bool>());
    let found: Option<(Option<String>, Option<Vec<u8>>)> = sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::appointment_id.eq(appointment_id)))
        .filter(sms_messages::sender.is_not_null())
        .filter(sms_messages::sms_status.eq(SENT).and(arrived.assume_not_null()).or(own))
        .order((own.desc(), sms_messages::created_at.desc()))
        .select((sms_messages::sender, sms_messages::account_digest))
        .first(conn)
        .await
        .optional()?;
    Ok(found.and_then(|(sender, digest)| sender.zip(digest)))
}
