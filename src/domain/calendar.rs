//! When a clinic is open and which starts its rules allow: opening hours, closures, the grid,
//! notice and horizon. Whether a start is also free is Postgres's to say.

use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};
use uuid::Uuid;

use crate::domain::clinic::{Clinic, ClosureKind, Service};
use crate::domain::zone::Instant;

/// A half-open stretch of time.
pub type Stretch = (OffsetDateTime, OffsetDateTime);

/// Why the rules do not allow a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Past,
    /// Ahead of us, but by less than the clinic's minimum notice.
    TooSoon,
    /// Beyond the clinic's horizon.
    TooFar,
    /// Nobody who could give the service works then, or not for long enough.
    NotOpen,
}

/// The stretches of the local day `on` in which `provider` works, in minutes after local midnight,
/// sorted and apart: the weekly hours and extra openings, less the closures.
pub fn open_minutes(clinic: &Clinic, provider: Uuid, on: Date) -> Vec<(u16, u16)> {
    let weekly = clinic
        .opening_hours
        .iter()
        .filter(|h| h.provider_id == provider && h.weekday == on.weekday())
        .map(|h| (h.opens, h.closes));
    let exceptions = |kind: ClosureKind| {
        clinic
            .closures
            .iter()
            .filter(move |c| c.kind == kind && c.on == on)
            .filter(move |c| c.provider_id.is_none_or(|id| id == provider))
            .map(|c| (c.from, c.until))
    };
    // A closure of the weekly hours does not take away an extra opening of the same day: the clinic
    // that closes for a holiday and opens from ten to noon has said both.
    let mut left: Vec<(u16, u16)> = weekly.collect();
    for (from, until) in exceptions(ClosureKind::Closed) {
        left = left
            .into_iter()
            .flat_map(|(a, b)| [(a, b.min(from)), (a.max(until), b)])
            .filter(|(a, b)| a < b)
            .collect();
    }
    left.extend(exceptions(ClosureKind::Open));
    merge(left)
}

/// The UTC dates that a busy range touches: one, or two across midnight.
pub fn utc_days((from, until): Stretch) -> Vec<Date> {
    let mut days = vec![from.to_offset(UtcOffset::UTC).date()];
    let last = (until - Duration::NANOSECOND).to_offset(UtcOffset::UTC).date();
    while let Some(next) = days.last().and_then(|d| d.next_day()).filter(|d| *d <= last) {
        days.push(next);
    }
    days
}

/// Whether anybody works at the clinic at some time of the local day `on`.
pub fn is_open_on(clinic: &Clinic, on: Date) -> bool {
    clinic.providers.iter().any(|p| !open_minutes(clinic, p.id, on).is_empty())
}

/// Whether anybody works at `time` on the local day `on`.
pub fn is_open_at(clinic: &Clinic, on: Date, time: Time) -> bool {
    let minute = minute_of(time);
    clinic
        .providers
        .iter()
        .flat_map(|p| open_minutes(clinic, p.id, on))
        .any(|(from, until)| (from..until).contains(&minute))
}

/// Whether appointments start at `time`, for the clinic's grid.
pub fn is_on_grid(clinic: &Clinic, time: Time) -> bool {
    minute_of(time).is_multiple_of(clinic.slot_minutes.max(1))
}

/// When the clinic next opens after the local day `on`, until the horizon.
pub fn next_opening(clinic: &Clinic, on: Date, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let last = last_day(clinic, now);
    let mut day = on.next_day()?;
    while day <= last {
        let first = |id: Uuid| open_minutes(clinic, id, day).first().map(|stretch| stretch.0);
        if let Some(minute) = clinic.providers.iter().filter_map(|p| first(p.id)).min() {
            return Some(edge(clinic, day, minute));
        }
        day = day.next_day()?;
    }
    None
}

/// The grid of the local day `on` as instants, as far as notice and horizon allow, ascending. A wall-clock
/// time that the day shows twice is left out: spoken, nobody could tell which one was meant.
pub fn starts_of_day(clinic: &Clinic, on: Date, now: OffsetDateTime) -> Vec<OffsetDateTime> {
    if check_day(clinic, on, now).is_err() {
        return Vec::new();
    }
    (0..24 * 60)
        .step_by(usize::from(clinic.slot_minutes.max(1)))
        .filter_map(|minute| match clinic.zone.instant(on, time_of(minute)?) {
            Instant::One(at) => Some(at),
            Instant::Never | Instant::Twice(..) => None,
        })
        .filter(|at| *at >= now + clinic.min_notice)
        .collect()
}

/// Of these starts of the local day `on`, those at which `provider` works for as long as `service` takes.
pub fn allowed_starts<'a>(
    clinic: &Clinic,
    service: &'a Service,
    provider: Uuid,
    on: Date,
    starts: &'a [OffsetDateTime],
) -> impl Iterator<Item = OffsetDateTime> + 'a {
    let open = open_around(clinic, provider, on);
    starts.iter().copied().filter(move |at| fits(&open, *at, service.duration))
}

/// Whether the rules allow `service` with `provider` at `starts_at`. The grid is not checked here: a
/// start off the grid ([`is_on_grid`]) is asked back while it is being heard.
pub fn check(
    clinic: &Clinic,
    service: &Service,
    provider: Uuid,
    starts_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    if starts_at < now {
        return Err(Refusal::Past);
    }
    if starts_at < now + clinic.min_notice {
        return Err(Refusal::TooSoon);
    }
    let on = clinic.zone.local(starts_at).date();
    check_day(clinic, on, now)?;
    if fits(&open_around(clinic, provider, on), starts_at, service.duration) {
        Ok(())
    } else {
        Err(Refusal::NotOpen)
    }
}

/// Whether the local day `on` lies between today and the horizon.
pub fn check_day(clinic: &Clinic, on: Date, now: OffsetDateTime) -> Result<(), Refusal> {
    let today = clinic.today(now);
    if on < today {
        Err(Refusal::Past)
    } else if on > last_day(clinic, now) {
        Err(Refusal::TooFar)
    } else {
        Ok(())
    }
}

/// The last local day that can be booked.
pub fn last_day(clinic: &Clinic, now: OffsetDateTime) -> Date {
    clinic.today(now).saturating_add(Duration::days(i64::from(clinic.horizon_days)))
}

/// The local day `on` as an interval of instants: 23, 24 or 25 hours long.
pub fn day_bounds(clinic: &Clinic, on: Date) -> Stretch {
    let next = on.next_day().unwrap_or(on);
    (clinic.zone.edge(on, Time::MIDNIGHT), clinic.zone.edge(next, Time::MIDNIGHT))
}

/// What an appointment of `service` at `starts_at` keeps busy, buffers included.
pub fn busy_range(service: &Service, starts_at: OffsetDateTime) -> Stretch {
    (starts_at - service.buffer_before, starts_at + service.duration + service.buffer_after)
}

/// Whether two half-open stretches share an instant.
pub fn overlap(a: Stretch, b: Stretch) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// The opening stretches of `on` and the next day as instants, joined where they touch, so that an
/// appointment at a clinic that is open all night may run past midnight.
fn open_around(clinic: &Clinic, provider: Uuid, on: Date) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for day in [Some(on), on.next_day()].into_iter().flatten() {
        for (from, until) in open_minutes(clinic, provider, day) {
            stretches.push((edge(clinic, day, from), edge(clinic, day, until)));
        }
    }
    merge(stretches)
}

fn fits(open: &[Stretch], starts_at: OffsetDateTime, duration: Duration) -> bool {
    open.iter().any(|(from, until)| *from <= starts_at && starts_at + duration <= *until)
}

fn edge(clinic: &Clinic, day: Date, minute: u16) -> OffsetDateTime {
    match time_of(minute.into()) {
        Some(time) => clinic.zone.edge(day, time),
        None => day_bounds(clinic, day).1,
    }
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour()) * 60 + u16::from(time.minute())
}

fn time_of(minute: usize) -> Option<Time> {
    let hour = u8::try_from(minute / 60).ok()?;
    Time::from_hms(hour, u8::try_from(minute % 60).ok()?, 0).ok()
}

/// Sorts stretches and joins those that overlap or touch.
fn merge<T: Ord + Copy>(mut stretches: Vec<(T, T)>) -> Vec<(T, T)> {
    stretches.sort_unstable();
    let mut merged: Vec<(T, T)> = Vec::with_capacity(stretches.len());
    for (from, until) in stretches {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    merged
}
