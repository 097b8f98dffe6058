//! The appointment as a file for the patient's calendar (RFC 5545). It goes to wherever the patient keeps
//! their calendar, so it names the clinic and nobody else.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use icalendar::{Calendar, Component, Event};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::page::guarded;
use crate::db::appointments::answers::ForPatient;

/// A moment in UTC, which needs no description of a zone.
const UTC: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

pub(super) fn file(about: &ForPatient, now: OffsetDateTime) -> HttpResponse {
    let utc = |at: OffsetDateTime| at.to_offset(UtcOffset::UTC).format(UTC).unwrap_or_default();
    let clinic = about.clinic_name.split_whitespace().collect::<Vec<_>>().join(" ");
    let event = Event::new()
        // The same each time: a calendar that has it is not given it twice.
        .uid(&about.id.to_string())
        .summary(&format!("Appointment at {clinic}"))
        .add_property("DTSTAMP", utc(now))
        .add_property("DTSTART", utc(about.starts_at))
        .add_property("DTEND", utc(about.ends_at))
        .done();
    guarded(StatusCode::OK)
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"appointment.ics\""))
        .content_type("text/calendar; charset=utf-8")
        .body(Calendar::new().push(event).done().to_string())
}
