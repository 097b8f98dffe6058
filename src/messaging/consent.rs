//! Whether a patient lets us text them: kept with the booking, in its transaction, with the call it was said
//! in.

use uuid::Uuid;

use crate::db::sms_consents::{self, Basis};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Keeps what the caller said about texts to `phone`, or that they gave the number and said nothing.
pub async fn keep(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    phone: &str,
    said: Option<bool>,
    call_key: &str,
) -> Result<(), Error> {
    let (given, basis) = said.map_or((true, Basis::Booked), |given| (given, Basis::Said));
    sms_consents::insert(conn, org, appointment_id, phone, given, basis, call_key).await
}
