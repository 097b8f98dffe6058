//! `sms_consents`: who let us text them, when and in which call, and who did not.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::sms_consents;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// What a consent rests on: the caller was asked and answered, or they gave the number for a booking and
/// did not object.
const SAID: &str = "said";
const BOOKED: &str = "booked";

/// Writes what the caller `said` about texts to a number, or that they gave it and said nothing. `call_key`
/// names the call.
pub async fn insert(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    phone: &str,
    said: Option<bool>,
    call_key: &str,
) -> Result<(), Error> {
    diesel::insert_into(sms_consents::table)
        .values((
            sms_consents::org_id.eq(org.0),
            sms_consents::id.eq(Uuid::now_v7()),
            sms_consents::phone.eq(phone),
            sms_consents::given.eq(said.unwrap_or(true)),
            sms_consents::basis.eq(if said.is_some() { SAID } else { BOOKED }),
            sms_consents::call_key.eq(call_key),
            sms_consents::appointment_id.eq(appointment_id),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether texts about an appointment are not wanted: the last word that was said about it.
pub async fn is_refused(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
) -> Result<bool, Error> {
    let given: Option<bool> = sms_consents::table
        .filter(sms_consents::org_id.eq(org.0).and(sms_consents::appointment_id.eq(appointment_id)))
        .order((sms_consents::at.desc(), sms_consents::id.desc()))
        .select(sms_consents::given)
        .first(conn)
        .await
        .optional()?;
    Ok(given == Some(false))
}
