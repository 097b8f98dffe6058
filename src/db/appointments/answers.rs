//! `appointments` and what their patients answer: what the page shows, which one a text can mean, and
//! writing the answer.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::status;
use crate::db::schema::{appointments, organizations, patients, providers, sms_messages};
use crate::db::{Connection, Error};
use crate::domain::appointment_status::AppointmentStatus;
use crate::domain::calendar::Stretch;
use crate::domain::org_id::OrgId;
use crate::domain::patient_response::PatientResponse;
use crate::domain::sms::SmsStatus;

/// An appointment as its patient is told of it: whose it is and what it is for are left out.
#[derive(Queryable)]
pub struct ForPatient {
    pub id: Uuid,
    pub clinic_name: String,
    /// Where patients call the clinic, E.164.
    pub clinic_phone: Option<String>,
    /// Whether who declines gives up the slot.
    pub decline_cancels: bool,
    /// The wall-clock time the patient was told.
    pub local_start: PrimitiveDateTime,
    pub starts_at: OffsetDateTime,
    pub ends_at: OffsetDateTime,
    provider_id: Uuid,
    /// Tells two appointments at the same time apart.
    pub provider_name: String,
    busy_from: OffsetDateTime,
    busy_until: OffsetDateTime,
    status: String,
    response: String,
    /// The patient's number at present.
    pub phone: Option<String>,
}

impl ForPatient {
    pub fn status(&self) -> AppointmentStatus {
        status(&self.status)
    }

    pub fn response(&self) -> PatientResponse {
        PatientResponse::parse(&self.response).unwrap_or(PatientResponse::None)
    }

    /// Whether the patient can still say whether they come.
    pub fn can_be_answered(&self, now: OffsetDateTime) -> bool {
        self.status().is_expected() && self.starts_at > now
    }

    /// The provider whom it keeps busy, and when.
    pub fn busy(&self) -> (Uuid, Stretch) {
        (self.provider_id, (self.busy_from, self.busy_until))
    }
}

/// An appointment that must exist.
pub async fn get_for_patient(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
) -> Result<ForPatient, Error> {
    Ok(for_patient(org).filter(appointments::id.eq(id)).first(conn).await?)
}

/// The same, with its row locked until the transaction ends.
pub async fn lock_for_patient(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
) -> Result<ForPatient, Error> {
    appointments::table
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .select(appointments::id)
        .for_update()
        .first::<Uuid>(conn)
        .await?;
    // Only a statement after the lock sees what its last holder wrote.
    get_for_patient(conn, org, id).await
}

/// The appointments of a number's patients that stand, lie ahead of `now` and are unanswered: the next
/// first, so many at most.
pub async fn list_open(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    now: OffsetDateTime,
    limit: usize,
) -> Result<Vec<ForPatient>, Error> {
    Ok(for_patient(org)
        .filter(patients::phone.eq(phone))
        .filter(appointments::status.eq_any(AppointmentStatus::EXPECTED))
        .filter(appointments::starts_at.gt(now))
        .filter(appointments::patient_response.eq(PatientResponse::None.as_str()))
        .order((appointments::starts_at, appointments::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(conn)
        .await?)
}

/// The appointment that the latest text to a number was about, if it is still that number's.
pub async fn find_latest_texted(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
) -> Result<Option<ForPatient>, Error> {
    let latest: Option<Uuid> = sms_messages::table
        .filter(sms_messages::org_id.eq(org.0).and(sms_messages::to_phone.eq(phone)))
        .filter(sms_messages::sms_status.eq(SmsStatus::Sent.as_str()))
        .order((sms_messages::sent_at.desc(), sms_messages::id.desc()))
        .select(sms_messages::appointment_id)
        .first(conn)
        .await
        .optional()?;
    let Some(id) = latest else { return Ok(None) };
    let theirs = for_patient(org).filter(appointments::id.eq(id)).filter(patients::phone.eq(phone));
    Ok(theirs.first(conn).await.optional()?)
}

/// Writes an answer and what it makes of the appointment. Its row must be locked.
pub async fn set_response(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    response: PatientResponse,
    status: AppointmentStatus,
    at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(appointments::table)
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .set((
            appointments::patient_response.eq(response.as_str()),
            appointments::patient_responded_at.eq(at),
            appointments::status.eq(status.as_str()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets an answer that came from a number which was not the patient's. Its row must be locked.
pub async fn forget_response(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::update(appointments::table)
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .filter(appointments::patient_response.ne(PatientResponse::None.as_str()))
        .filter(appointments::status.eq_any(["booked", "confirmed"]))
        .set((
            appointments::patient_response.eq(PatientResponse::None.as_str()),
            appointments::patient_responded_at.eq(None::<OffsetDateTime>),
            appointments::status.eq("booked"),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The organization's appointments as their patients are told of them.
#[diesel::dsl::auto_type]
fn for_patient(org: OrgId) -> _ {
    let of_the_clinic = organizations::id.eq(appointments::org_id);
    let of_the_patient =
        patients::org_id.eq(appointments::org_id).and(patients::id.eq(appointments::patient_id));
    let of_the_provider =
        providers::org_id.eq(appointments::org_id).and(providers::id.eq(appointments::provider_id));
    let org: Uuid = org.0;
    appointments::table
        .inner_join(organizations::table.on(of_the_clinic))
        .inner_join(patients::table.on(of_the_patient))
        .inner_join(providers::table.on(of_the_provider))
        .filter(appointments::org_id.eq(org))
        .select((
            appointments::id,
            organizations::name,
            organizations::phone,
            organizations::decline_cancels,
            appointments::local_start,
            appointments::starts_at,
            appointments::ends_at,
            appointments::provider_id,
            providers::name,
            appointments::busy_from,
            appointments::busy_until,
            appointments::status,
            appointments::patient_response,
            patients::phone,
        ))
}
