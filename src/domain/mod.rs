//! What is true about a clinic, whoever asks: pure values and rules.
//! No I/O, no clock, no framework; files are named as their type.

pub mod appointment;
pub mod appointment_status;
pub mod attempt_outcome;
pub mod calendar;
pub mod clinic;
pub mod country;
pub mod delivery;
pub mod meaning;
pub mod offer;
pub mod on_unknown;
pub mod org_id;
pub mod outcome;
pub mod patient;
pub mod patient_response;
pub mod reminder;
pub mod reply;
pub mod segments;
pub mod slot;
pub mod slot_id;
pub mod sms;
pub mod sms_failure;
pub mod template;
pub mod text_kind;
pub mod zone;
