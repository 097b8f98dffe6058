//! When a reminder is due, and what becomes of it then: only between eight and nine in the evening where
//! the patient is, never after the appointment began, and no second one where one has said it all.

use time::macros::time;
use time::{Date, Duration, OffsetDateTime, Time};

use crate::domain::zone::{Instant, Zone};

/// Nobody is reminded before (47 CFR 64.1200: eight to nine, at the called party's location).
const FIRST: Time = time!(08:00);
/// Nobody is reminded from then on.
const END: Time = time!(21:00);
/// When a reminder goes out that would have come at night: the evening before.
const EVENING: Time = time!(20:00);
/// Days that are looked at for an hour that exists: a zone has skipped one whole day, never two.
const DAYS: usize = 3;

/// Whether a patient in this zone may be reminded at `at`.
pub fn is_allowed(zone: &Zone, at: OffsetDateTime) -> bool {
    (FIRST..END).contains(&zone.local(at).time())
}

/// When the reminder of an appointment with this lead is due: so long before its start, or the evening
/// before that.
pub fn due_at(starts_at: OffsetDateTime, lead: Duration, zone: &Zone) -> Option<OffsetDateTime> {
    let at = starts_at.checked_sub(lead)?;
    let local = zone.local(at);
    if is_allowed(zone, at) {
        return Some(at);
    }
    let day = if local.time() < FIRST { local.date().previous_day()? } else { local.date() };
    let days = std::iter::successors(Some(day), |day| day.previous_day()).take(DAYS);
    days.filter_map(|day| hour_of(zone, day, EVENING)).find(|evening| *evening < at)
}

/// The reminders of an appointment that is booked now, longest lead first: those that are still to
/// come. One that would not come before the next shorter one says nothing that is not said then: of two at
/// one moment, and of two of which the night has turned the order, the shorter stays.
pub fn plan(
    starts_at: OffsetDateTime,
    leads: &[Duration],
    zone: &Zone,
    now: OffsetDateTime,
) -> Vec<(Duration, OffsetDateTime)> {
    let mut leads = leads.to_vec();
    leads.sort_unstable();
    leads.dedup();
    let mut planned: Vec<(Duration, OffsetDateTime)> = Vec::new();
    for lead in leads {
        let Some(due) = due_at(starts_at, lead, zone).filter(|due| *due > now) else { continue };
        if planned.last().is_none_or(|(_, shorter)| due < *shorter) {
            planned.push((lead, due));
        }
    }
    planned.reverse();
    planned
}

/// When somebody who may not be reminded now may be next, if that is before the appointment starts.
pub fn next_allowed(
    zone: &Zone,
    now: OffsetDateTime,
    starts_at: OffsetDateTime,
) -> Option<OffsetDateTime> {
    if is_allowed(zone, now) {
        return Some(now).filter(|at| *at < starts_at);
    }
    let today = zone.local(now).date();
    let days = std::iter::successors(Some(today), |day| day.next_day()).take(DAYS + 1);
    days.filter_map(|day| hour_of(zone, day, FIRST)).find(|at| now < *at && *at < starts_at)
}

/// A wall-clock time of a day, if the day has it.
fn hour_of(zone: &Zone, day: Date, hour: Time) -> Option<OffsetDateTime> {
    match zone.instant(day, hour) {
        Instant::One(at) | Instant::Twice(at, _) => Some(at),
        Instant::Never => None,
    }
}

/// An appointment, as far as its reminders go.
#[derive(Debug, Clone)]
pub struct Subject {
    pub starts_at: OffsetDateTime,
    /// Neither cancelled nor over, texts are on, there is a number, and the patient has not declined.
    pub is_wanted: bool,
    /// The patient has confirmed: one reminder will do.
    pub is_confirmed: bool,
    pub zone: Zone,
}

/// A reminder as planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    pub lead: Duration,
    pub due_at: OffsetDateTime,
    pub state: PlannedState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedState {
    Open,
    Owed,
    Dropped,
}

/// What becomes of a reminder that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Owe,
    Drop,
    MoveTo(OffsetDateTime),
}

/// What becomes of those that are due now; `all` are the appointment's, settled ones included.
pub fn fates(subject: &Subject, all: &[Planned], now: OffsetDateTime) -> Vec<(Planned, Fate)> {
    let due = |p: &&Planned| p.state == PlannedState::Open && p.due_at <= now;
    all.iter().filter(due).map(|p| (*p, fate(subject, all, p, now))).collect()
}

fn fate(subject: &Subject, all: &[Planned], one: &Planned, now: OffsetDateTime) -> Fate {
    let Subject { starts_at, ref zone, .. } = *subject;
    if !subject.is_wanted || starts_at <= now {
        return Fate::Drop;
    }
    let shortest = all.iter().map(|p| p.lead).min();
    if subject.is_confirmed && shortest != Some(one.lead) {
        return Fate::Drop;
    }
    // The appointment is later than it was when this was planned.
    if let Some(due) = due_at(starts_at, one.lead, zone).filter(|due| *due > now) {
        return Fate::MoveTo(due);
    }
    let says_it_too = |p: &Planned| match p.state {
        PlannedState::Owed => true,
        PlannedState::Open => {
            p.due_at <= now && due_at(starts_at, p.lead, zone).is_none_or(|due| due <= now)
        }
        PlannedState::Dropped => false,
    };
    if all.iter().any(|p| p.lead < one.lead && says_it_too(p)) {
        return Fate::Drop;
    }
    match next_allowed(zone, now, starts_at) {
        Some(at) if at <= now => Fate::Owe,
        Some(at) => Fate::MoveTo(at),
        None => Fate::Drop,
    }
}
