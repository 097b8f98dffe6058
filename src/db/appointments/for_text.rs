//! `appointments` as texts need them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::status;
use crate::db::schema::{appointments, organizations, patients, providers};
use crate::db::{Connection, Error};
use crate::domain::appointment_status::AppointmentStatus;
use crate::domain::org_id::OrgId;
use crate::domain::patient_response::PatientResponse;
use crate::domain::text_kind::TextKind;

/// What a text about an appointment says, and whether it is still worth saying.
#[derive(Queryable)]
pub struct ForText {
    pub clinic_name: String,
    /// The wall-clock time the patient was told.
    pub local_start: PrimitiveDateTime,
    pub starts_at: OffsetDateTime,
    status: String,
    /// The patient's number at present.
    pub phone: Option<String>,
    response: String,
    /// The patient's zone, where it is known, and the clinic's.
    pub timezones: (Option<String>, String),
    pub clinic_phone: Option<String>,
    pub texts_enabled: bool,
}

impl ForText {
    fn response(&self) -> PatientResponse {
        PatientResponse::parse(&self.response).unwrap_or(PatientResponse::None)
    }

    /// Whether the appointment stands and lies ahead of `now`.
    pub fn is_ahead(&self, now: OffsetDateTime) -> bool {
        self.starts_at > now && status(&self.status).is_expected()
    }

    /// Whether a text of this kind is still worth sending.
    pub fn is_current(&self, kind: TextKind, now: OffsetDateTime) -> bool {
        match kind {
            TextKind::Confirmation | TextKind::Change => self.is_ahead(now),
            // Nobody waits for it: it is not sent on after a change of mind.
            TextKind::Reminder => {
                self.is_ahead(now)
                    && self.response() != PatientResponse::Declined
                    && self.texts_enabled
            }
            TextKind::Cancellation => {
                self.starts_at > now && status(&self.status) == AppointmentStatus::Cancelled
            }
        }
    }

    /// Whether the patient, or staff for them, has said that they come.
    pub fn is_confirmed(&self) -> bool {
        self.response() == PatientResponse::Confirmed
            || status(&self.status) == AppointmentStatus::Confirmed
    }
}

/// An appointment that must exist, as a text needs it.
pub async fn get_for_text(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<ForText, Error> {
    let of_the_clinic = organizations::table.on(organizations::id.eq(appointments::org_id));
    let of_the_patient = patients::table.on(patients::org_id
        .eq(appointments::org_id)
        .and(patients::id.eq(appointments::patient_id)));
    Ok(appointments::table
        .inner_join(of_the_clinic)
        .inner_join(of_the_patient)
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .select((
            organizations::name,
            appointments::local_start,
            appointments::starts_at,
            appointments::status,
            patients::phone,
            appointments::patient_response,
            (patients::timezone, organizations::timezone),
            organizations::phone,
            organizations::texts_enabled,
        ))
        .first(conn)
        .await?)
}

/// Keeps an appointment as it is until the transaction ends. Whoever else only keeps it need not wait.
pub async fn keep(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    let kept = appointments::table
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .select(appointments::id)
        .for_share();
    kept.first::<Uuid>(conn).await?;
    Ok(())
}

/// Appointments that stand and lie after `now`, whose patients have said that they cannot come: wall-clock
/// start and number.
pub async fn list_declined(
    conn: &mut Connection,
    org: OrgId,
    now: OffsetDateTime,
) -> Result<Vec<(PrimitiveDateTime, String, Option<String>)>, Error> {
    let of_the_patient = patients::table.on(patients::org_id
        .eq(appointments::org_id)
        .and(patients::id.eq(appointments::patient_id)));
    let of_the_provider = providers::table.on(providers::org_id
        .eq(appointments::org_id)
        .and(providers::id.eq(appointments::provider_id)));
    Ok(appointments::table
        .inner_join(of_the_patient)
        .inner_join(of_the_provider)
        .filter(appointments::org_id.eq(org.0).and(appointments::starts_at.gt(now)))
        .filter(appointments::patient_response.eq(PatientResponse::Declined.as_str()))
        .filter(appointments::status.eq_any(AppointmentStatus::EXPECTED))
        .order(appointments::starts_at)
        .select((appointments::local_start, providers::name, patients::phone))
        .load(conn)
        .await?)
}
