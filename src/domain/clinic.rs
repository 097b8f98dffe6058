//! A clinic as its rules describe it: who works when, what is offered, how far ahead.

use time::{Date, Duration, OffsetDateTime, Weekday};
use uuid::Uuid;

use crate::domain::org_id::OrgId;
use crate::domain::zone::Zone;

/// Everything that decides what can be booked at one organization, read in one go.
#[derive(Debug, Clone)]
pub struct Clinic {
    pub org: OrgId,
    /// Which state of the rules this is: every change has another.
    pub revision: i64,
    pub slug: String,
    /// As spoken and texted, for example "Maple Dental".
    pub name: String,
    pub zone: Zone,
    /// ISO 3166 country code, upper case: how phone numbers and numeric dates are read.
    pub region: String,
    /// BCP 47 tag, for example `en-US`.
    pub locale: String,
    /// Appointments start on multiples of this many minutes after local midnight.
    pub slot_minutes: u16,
    pub min_notice: Duration,
    pub horizon_days: u16,
    pub texts_enabled: bool,
    /// How long before an appointment its reminders go out.
    pub reminder_leads: Vec<Duration>,
    /// In the order in which the clinic lists them.
    pub providers: Vec<Provider>,
    /// In the order in which the clinic lists them.
    pub services: Vec<Service>,
    pub opening_hours: Vec<OpeningHours>,
    pub closures: Vec<Closure>,
}

/// Who or what cannot be booked twice at once: a dentist, a chair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub id: Uuid,
    /// Small and unique within the clinic: what a `slot_id` carries.
    pub number: u16,
    pub name: String,
}

/// What an appointment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub id: Uuid,
    /// Small and unique within the clinic: what a `slot_id` carries.
    pub number: u16,
    pub name: String,
    pub duration: Duration,
    pub buffer_before: Duration,
    pub buffer_after: Duration,
    /// Used when the caller names none; at most one per clinic.
    pub is_default: bool,
    /// The providers who give it.
    pub provider_ids: Vec<Uuid>,
}

/// One stretch of a provider's week; a break is the gap between two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    pub provider_id: Uuid,
    pub weekday: Weekday,
    /// Minutes after local midnight, 0..1440.
    pub opens: u16,
    /// Minutes after local midnight, 1..=1440; 1440 is the midnight that ends the day.
    pub closes: u16,
}

/// A dated exception to the opening hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// `None`: everybody.
    pub provider_id: Option<Uuid>,
    pub on: Date,
    pub kind: ClosureKind,
    /// Minutes after local midnight, as in [`OpeningHours`]; a whole day is 0..1440.
    pub from: u16,
    pub until: u16,
}

/// Whether a dated exception takes time away or adds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosureKind {
    Closed,
    /// An extra opening.
    Open,
}

impl Clinic {
    /// Today by the clinic's clocks.
    pub fn today(&self, now: OffsetDateTime) -> Date {
        self.zone.local(now).date()
    }

    /// The service meant when the caller names none: the default one, or the only one.
    pub fn default_service(&self) -> Option<&Service> {
        match self.services.as_slice() {
            [only] => Some(only),
            many => many.iter().find(|s| s.is_default),
        }
    }

    /// The providers who give `service`, in the clinic's order.
    pub fn providers_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Provider> {
        self.providers.iter().filter(|p| service.provider_ids.contains(&p.id))
    }

    pub fn provider(&self, id: Uuid) -> Option<&Provider> {
        self.providers.iter().find(|p| p.id == id)
    }

    pub fn service(&self, id: Uuid) -> Option<&Service> {
        self.services.iter().find(|s| s.id == id)
    }
}
