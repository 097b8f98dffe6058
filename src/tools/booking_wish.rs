//! What a caller wants booked, heard from a tool call's arguments: a whole wish, or a question.

use time::OffsetDateTime;

use crate::app::App;
use crate::domain::calendar::is_on_grid;
use crate::domain::clinic::{Clinic, Provider, Service};
use crate::domain::patient::PatientDetails;
use crate::speech::hear::{Ear, HeardPhone, Question};
use crate::speech::phrases::{book_appointment as phrases, questions};
use crate::tools::{Asked, offering};

/// A note for staff longer than this is a model that rambles.
const LONGEST_NOTE: usize = 500;

/// What was asked for, heard.
pub(super) struct Heard<'a> {
    pub(super) patient: PatientDetails,
    pub(super) service: &'a Service,
    pub(super) provider: Option<&'a Provider>,
    pub(super) starts_at: OffsetDateTime,
    pub(super) notes: Option<String>,
    pub(super) for_another_person: bool,
    /// What the caller said about texts; `None`: they were not asked, or did not answer.
    pub(super) may_text: Option<bool>,
    /// The patient's number is the one that calls: what they have may be said.
    pub(super) is_callers_own: bool,
}

/// For what, with whom and when.
type Chosen<'a> = (&'a Service, Option<&'a Provider>, OffsetDateTime);

/// What was asked for, or the question to ask back.
pub(super) fn hear<'a>(app: &App, ear: &Ear<'a>, asked: &Asked) -> Result<Heard<'a>, String> {
    let clinic = ear.clinic;
    let ask = |question: Question| questions::question(&question, ear);
    let said = |key: &str| asked.call.arguments.text(key);
    let name = ear.name(said("patient_name").as_deref().unwrap_or_default()).map_err(ask)?;
    let phone = hear_phone(ear, asked)?;
    let email = said("patient_email").map(|text| ear.email(&text)).transpose().map_err(ask)?;
    let (service, provider, starts_at) = match said("slot_id") {
        Some(slot_id) => {
            let chosen = find_slot(app, clinic, &slot_id);
            chosen.ok_or_else(|| phrases::unknown_slot(clinic, ear.now))?
        }
        None => {
            let service = ear.service(said("service").as_deref()).map_err(ask)?;
            let provider = ear.provider(said("provider").as_deref(), service).map_err(ask)?;
            let start = ear.start(said("date").as_deref(), said("time").as_deref()).map_err(ask)?;
            (service, provider, start)
        }
    };
    let is_callers_own = phone.is_some() && phone == dialable(ear, asked.network_number.as_deref());
    Ok(Heard {
        is_callers_own,
        patient: PatientDetails { name, phone, email },
        service,
        provider,
        starts_at,
        notes: said("notes").map(|text| cut(&text)).filter(|text| !text.is_empty()),
        may_text: asked.call.arguments.flag("may_text"),
        for_another_person: asked.call.arguments.flag("for_another_person").unwrap_or(false),
    })
}

/// What a `slot_id` means, if the clinic could still offer it: its rules may have changed meanwhile.
/// Opening hours, notice and horizon are the booking's to check.
fn find_slot<'a>(app: &App, clinic: &'a Clinic, slot_id: &str) -> Option<Chosen<'a>> {
    let slot = offering::read(app, clinic, slot_id)?;
    let service = clinic.services.iter().find(|s| s.number == slot.service)?;
    let provider = clinic.providers_of(service).find(|p| p.number == slot.provider)?;
    let is_on_grid = is_on_grid(clinic, clinic.zone.local(slot.starts_at).time());
    is_on_grid.then_some((service, Some(provider), slot.starts_at))
}

/// The number that was said, or the caller's own; `None` where the caller wants no text.
fn hear_phone(ear: &Ear<'_>, asked: &Asked) -> Result<Option<String>, String> {
    let said = asked.call.arguments.text("patient_phone").unwrap_or_default();
    match ear.phone(&said).map_err(|question| questions::question(&question, ear))? {
        HeardPhone::Number(number) => Ok(Some(number)),
        HeardPhone::None => Ok(None),
        HeardPhone::Unsaid => {
            let callers = dialable(ear, asked.caller_number.as_deref());
            callers.map(Some).ok_or_else(phrases::missing_phone)
        }
    }
}

/// A caller's number, where there is one that can be dialed.
pub(super) fn dialable(ear: &Ear<'_>, number: Option<&str>) -> Option<String> {
    match ear.phone(number?) {
        Ok(HeardPhone::Number(number)) => Some(number),
        _ => None,
    }
}

/// Not longer than a note.
fn cut(note: &str) -> String {
    note.chars().take(LONGEST_NOTE).collect::<String>().trim().to_owned()
}
