//! A slot that a patient has.

use time::OffsetDateTime;
use uuid::Uuid;

/// What the booking act and every sentence about it need to know of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    pub id: Uuid,
    pub provider_id: Uuid,
    pub service_id: Uuid,
    pub starts_at: OffsetDateTime,
    pub ends_at: OffsetDateTime,
}
