//! Booking: the one place where an appointment comes to be. It runs inside the caller's transaction,
//! locks in the house's order (days, then patients, then appointments) and decides after the lock.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::db::appointments::{Held, NewAppointment, answers};
use crate::db::{Connection, Error, appointments, organizations, patients, provider_days};
use crate::domain::appointment::Appointment;
use crate::domain::calendar::{self, Refusal};
use crate::domain::clinic::{Clinic, Provider, Service};
use crate::domain::patient::PatientDetails;
use crate::scheduling::{count_of_day, is_free, least_busy};

/// What is to be booked, heard and complete.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub clinic: &'a Clinic,
    pub service: &'a Service,
    /// `None`: the free one with the fewest appointments that day.
    pub provider: Option<&'a Provider>,
    pub starts_at: OffsetDateTime,
    pub patient: &'a PatientDetails,
    pub notes: Option<&'a str>,
    /// The call it is booked in.
    pub call_key: &'a str,
    /// The caller has said that this is for somebody else than what this call already booked.
    pub for_another_person: bool,
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Booking {
    /// With the zone that the patient is in, where it is known.
    Booked(Appointment, Option<String>),
    /// The same patient has it, booked in this call under another number, which is now corrected; with
    /// the patient's zone.
    Corrected(Appointment, Option<String>),
    /// The patient has this, at the same start.
    Already(Appointment),
    /// The patient has something else that overlaps it.
    Overlapping(Appointment),
    /// This call booked the same start under another name: for whom?
    ForWhom(Appointment),
    /// Nobody who could do it is free then.
    Taken,
    /// The clinic's rules do not allow it.
    Refused(Refusal),
}

/// Books, or says why not. Anything but [`Booking::Booked`] and [`Booking::Corrected`] has changed
/// nothing that should stay: roll back.
///
/// [`Error::Conflict`] also means that the clinic's rules are not those of the request any more: try again
/// with the present ones.
///
/// A patient booked with two providers at once on two connections is told apart only by the constraint
/// [`appointments::OF_A_PATIENT_NEVER_OVERLAP`]; its error comes through, and [`find_held`] then tells
/// what they have.
pub async fn book(
    conn: &mut Connection,
    request: Request<'_>,
    now: OffsetDateTime,
) -> Result<Booking, Error> {
    let candidates = match candidates(request, now) {
        Ok(candidates) => candidates,
        // Their own appointment is theirs whatever the rules have become.
        Err(refusal) => {
            return match find_held(conn, request).await? {
                Some(held) => settle(conn, request, held).await,
                None => Ok(Booking::Refused(refusal)),
            };
        }
    };
    let org = request.clinic.org;
    let wanted = calendar::busy_range(request.service, request.starts_at);
    let days = calendar::utc_days(wanted);
    let local_day =
        calendar::day_bounds(request.clinic, request.clinic.zone.local(request.starts_at).date());
    let within = (wanted.0.min(local_day.0), wanted.1.max(local_day.1));
    provider_days::lock(conn, org, &candidates, &days).await?;

    // From here on others wait for us: what decides is read in one round trip.
    let reader: &Connection = conn;
    let (revision, held, busy) = tokio::try_join!(
        organizations::find_revision(reader, org),
        find_held(reader, request),
        appointments::list_busy(reader, org, &candidates, within),
    )?;
    // Who waited for the lock may have been overtaken by a closure.
    if revision != Some(request.clinic.revision) {
        return Err(Error::Conflict);
    }
    if let Some(held) = held {
        return settle(conn, request, held).await;
    }
    let free = candidates
        .iter()
        .filter(|id| is_free(&busy, **id, wanted))
        .map(|id| (*id, count_of_day(&busy, *id, local_day)));
    let Some(provider_id) = least_busy(free) else {
        return Ok(Booking::Taken);
    };
    insert(conn, request, provider_id, &days).await
}

async fn insert(
    conn: &mut Connection,
    request: Request<'_>,
    provider_id: Uuid,
    days: &[Date],
) -> Result<Booking, Error> {
    let Request { clinic, service, starts_at, .. } = request;
    let (busy_from, busy_until) = calendar::busy_range(service, starts_at);
    let (patient_id, zone) = patients::find_or_insert(conn, clinic.org, request.patient).await?;
    let appointment = Appointment {
        id: Uuid::now_v7(),
        provider_id,
        service_id: service.id,
        starts_at,
        ends_at: starts_at + service.duration,
    };
    let new = NewAppointment {
        org_id: clinic.org.0,
        id: appointment.id,
        provider_id,
        patient_id,
        service_id: service.id,
        starts_at,
        ends_at: appointment.ends_at,
        busy_from,
        busy_until,
        local_start: clinic.zone.local(starts_at),
        timezone: clinic.zone.name(),
        notes: request.notes,
        call_key: request.call_key,
    };
    if !appointments::insert_if_free(conn, &new).await? {
        return Ok(Booking::Taken);
    }
    provider_days::touch(conn, clinic.org, provider_id, days).await?;
    Ok(Booking::Booked(appointment, zone))
}

/// What was found to be held, with a corrected number written.
async fn settle(
    conn: &mut Connection,
    request: Request<'_>,
    mut held: Booking,
) -> Result<Booking, Error> {
    if let Booking::Corrected(appointment, zone) = &mut held {
        let org = request.clinic.org;
        let (patient, known) = patients::find_or_insert(conn, org, request.patient).await?;
        appointments::set_patient(conn, org, appointment.id, patient).await?;
        // Whoever has the wrong number may have answered its text.
        answers::forget_response(conn, org, appointment.id).await?;
        *zone = known;
    }
    Ok(held)
}

/// What the patient, or this call, already has at that time: `Already`, `Overlapping`, `ForWhom`,
/// `Corrected` (not yet carried out), or nothing.
pub async fn find_held(conn: &Connection, request: Request<'_>) -> Result<Option<Booking>, Error> {
    let org = request.clinic.org;
    let name = request.patient.folded_name();
    let of_patient = async {
        let Some(phone) = &request.patient.phone else { return Ok(None) };
        let within = (request.starts_at, request.starts_at + request.service.duration);
        appointments::find_of_patient(conn, org, phone, &name, within).await
    };
    let of_call = appointments::list_of_call(conn, org, request.call_key);
    let (of_patient, of_call) = tokio::try_join!(of_patient, of_call)?;
    if let Some(Held { appointment, .. }) = of_patient {
        let is_same = appointment.starts_at == request.starts_at;
        return Ok(Some(if is_same {
            Booking::Already(appointment)
        } else {
            Booking::Overlapping(appointment)
        }));
    }
    let same_start: Vec<Held> =
        of_call.into_iter().filter(|h| h.appointment.starts_at == request.starts_at).collect();
    if let Some(own) = same_start.iter().find(|h| h.folded_name == name) {
        let appointment = own.appointment.clone();
        return Ok(Some(match &request.patient.phone {
            Some(_) => Booking::Corrected(appointment, None),
            None => Booking::Already(appointment),
        }));
    }
    let other = same_start.into_iter().next().filter(|_| !request.for_another_person);
    Ok(other.map(|held| Booking::ForWhom(held.appointment)))
}

/// The providers whom the rules allow to be booked then, or why there is none.
fn candidates(request: Request<'_>, now: OffsetDateTime) -> Result<Vec<Uuid>, Refusal> {
    let Request { clinic, service, .. } = request;
    let asked: Vec<Uuid> = match request.provider {
        Some(provider) => vec![provider.id],
        None => clinic.providers_of(service).map(|p| p.id).collect(),
    };
    let mut refusal = Refusal::NotOpen;
    let mut allowed = Vec::with_capacity(asked.len());
    for id in asked {
        match calendar::check(clinic, service, id, request.starts_at, now) {
            Ok(()) => allowed.push(id),
            Err(why) => refusal = why,
        }
    }
    if allowed.is_empty() { Err(refusal) } else { Ok(allowed) }
}
