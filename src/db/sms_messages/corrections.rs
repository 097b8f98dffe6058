//! `sms_messages` of an appointment whose patient gave another number: what is dropped, what is owed
//! after all, and which of several texts is the patient's own.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::SENDING;
use crate::db::schema::{appointments, patients, sms_messages};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsStatus};
use crate::domain::text_kind::TextKind;

/// What a caller is told of: the text of the booking, not a later reminder's.
const CONFIRMATION: &str = TextKind::Confirmation.as_str();

/// The confirmation of an appointment to this number.
pub async fn find_to(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    phone: &str,
) -> Result<Option<Uuid>, Error> {
    Ok(sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::appointment_id.eq(appointment_id)))
        .filter(sms_messages::to_phone.eq(phone).and(sms_messages::kind.eq(CONFIRMATION)))
        .select(sms_messages::id)
        .first(conn)
        .await
        .optional()?)
}

/// The confirmation of an appointment to the number that its patient has at present, or else the latest.
pub async fn find_present(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
) -> Result<Option<Uuid>, Error> {
    let of_appointment = appointments::org_id
        .eq(sms_messages::org_id)
        .and(appointments::id.eq(sms_messages::appointment_id));
    let of_patient =
        patients::org_id.eq(appointments::org_id).and(patients::id.eq(appointments::patient_id));
    Ok(sms_messages::table
        .inner_join(appointments::table.on(of_appointment))
        .inner_join(patients::table.on(of_patient))
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::appointment_id.eq(appointment_id)))
        .filter(sms_messages::kind.eq(CONFIRMATION))
        .order((
            sms_messages::to_phone.is_not_distinct_from(patients::phone).desc(),
            sms_messages::created_at.desc(),
            sms_messages::id.desc(),
        ))
        .select(sms_messages::id)
        .first(conn)
        .await
        .optional()?)
}

/// Drops what is owed about an appointment to any number but this one and not being sent at this moment.
/// Returns how many texts that were.
pub async fn withdraw_others(
    conn: &mut Connection,
    org: OrgId,
    appointment_id: Uuid,
    phone: &str,
) -> Result<usize, Error> {
    Ok(diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::appointment_id.eq(appointment_id)))
        .filter(sms_messages::to_phone.ne(phone))
        .filter(sms_messages::sms_status.eq(SENDING).and(sms_messages::lease_token.is_null()))
        .set((
            sms_messages::sms_status.eq(SmsStatus::Skipped.as_str()),
            sms_messages::sms_reason.eq(SmsReason::NoLongerNeeded.to_string()),
        ))
        .execute(conn)
        .await?)
}

/// Owes a dropped text again, from where it was left: its attempts and its time stay, so that nothing
/// is sent that was sent, nor sooner than Twilio asked for.
pub async fn revive(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::update(sms_messages::table)
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::id.eq(id)))
        .filter(sms_messages::sms_status.eq(SmsStatus::Skipped.as_str()))
        .filter(sms_messages::sms_reason.eq(SmsReason::NoLongerNeeded.to_string()))
        .set((sms_messages::sms_status.eq(SENDING), sms_messages::sms_reason.eq(None::<String>)))
        .execute(conn)
        .await?;
    Ok(())
}
