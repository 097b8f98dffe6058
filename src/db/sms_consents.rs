//! `sms_consents`: who let us text them, when and in which call, and who did not.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::sms_consents;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// What a consent rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The caller was asked and answered.
    Said,
    /// They gave the number for a booking and did not object.
    Booked,
}

impl Basis {
    fn as_str(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::Booked => "booked",
        }
    }
}

/// Writes what was said, or not objected to, about texts to a number. `call_key` names the call.
pub async fn insert(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    phone: &str,
    given: bool,
    basis: Basis,
    call_key: &str,
) -> Result<(), Error> {
    diesel::insert_into(sms_consents::table)
        .values((
            sms_consents::org_id.eq(org.0),
            sms_consents::id.eq(Uuid::now_v7()),
            sms_consents::phone.eq(phone),
            sms_consents::given.eq(given),
            sms_consents::basis.eq(basis.as_str()),
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
