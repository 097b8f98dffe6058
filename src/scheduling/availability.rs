//! What is free. An answer is a promise only until the next booking: nothing here locks anything, and
//! booking decides again.

use std::collections::BTreeMap;

use time::{Date, Duration, OffsetDateTime, Time};
use uuid::Uuid;

use crate::db::appointments::{self, Busy};
use crate::db::{Connection, Error};
use crate::domain::calendar;
use crate::domain::clinic::{Clinic, Provider, Service};
use crate::domain::offer::{MOST_OFFERED, Offer, WishMet};
use crate::domain::slot::{PartOfDay, Slot};
use crate::scheduling::{count_of_day, is_free, least_busy};

/// Days looked at with one query while searching for the next day with something free; it doubles.
const FIRST_SEARCH_DAYS: i64 = 7;

/// How much later than the first free day one with the wished time may be and still be offered.
const WORTH_WAITING: Duration = Duration::weeks(2);

/// What a caller would like.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    pub service: &'a Service,
    /// `None`: whoever is free.
    pub provider: Option<&'a Provider>,
    /// `None`: the soonest.
    pub date: Option<Date>,
    pub time: Option<Time>,
    pub part: Option<PartOfDay>,
}

/// Finds what to offer. The earliest free slot of the offered day is always among the slots; the others
/// lie near the wished time, or spread over the day. `None`: nothing until the horizon.
pub async fn find(
    conn: &Connection,
    clinic: &Clinic,
    wish: Wish<'_>,
    now: OffsetDateTime,
) -> Result<Option<Offer>, Error> {
    let today = clinic.today(now);
    let Some(on) = wish.date else {
        return search(conn, clinic, wish, today, WishMet::AsWished, now).await;
    };
    if let Some(day) = free_between(conn, clinic, wish, on, on, now).await?.pop() {
        let met = if is_met(clinic, &day, wish) { WishMet::AsWished } else { WishMet::OtherTime };
        return Ok(Some(offer(clinic, &day, wish, met)));
    }
    let met = if is_closed(clinic, wish, on) {
        let is_clinic_closed = !calendar::is_open_on(clinic, on);
        let opens_at = is_clinic_closed.then(|| calendar::next_opening(clinic, on, now)).flatten();
        WishMet::Closed { on, opens_at }
    } else {
        WishMet::DayFull(on)
    };
    search(conn, clinic, wish, on.next_day().unwrap_or(on), met, now).await
}

/// A local day with its free slots, ascending and never empty.
struct FreeDay {
    on: Date,
    slots: Vec<Slot>,
}

/// The first day from `from` on that has something; for a wish without a date, the first within two
/// weeks of it that also has the wished time or part of the day.
async fn search(
    conn: &Connection,
    clinic: &Clinic,
    wish: Wish<'_>,
    from: Date,
    met: WishMet,
    now: OffsetDateTime,
) -> Result<Option<Offer>, Error> {
    let last = calendar::last_day(clinic, now);
    let mut fallback: Option<FreeDay> = None;
    let (mut first, mut days) = (from, FIRST_SEARCH_DAYS);
    while first <= last {
        let until = first.saturating_add(Duration::days(days - 1)).min(last);
        for day in free_between(conn, clinic, wish, first, until, now).await? {
            if met != WishMet::AsWished || is_met(clinic, &day, wish) {
                return Ok(Some(offer(clinic, &day, wish, met)));
            }
            match &fallback {
                None => fallback = Some(day),
                Some(earlier) if day.on - earlier.on > WORTH_WAITING => {
                    return Ok(Some(offer(clinic, earlier, wish, WishMet::OtherTime)));
                }
                Some(_) => {}
            }
        }
        let Some(next) = until.next_day() else { break };
        (first, days) = (next, days * 2);
    }
    Ok(fallback.map(|day| offer(clinic, &day, wish, WishMet::OtherTime)))
}

/// The days of `from..=until` that have something free, each with its slots: one query for all of them.
async fn free_between(
    conn: &Connection,
    clinic: &Clinic,
    wish: Wish<'_>,
    from: Date,
    until: Date,
    now: OffsetDateTime,
) -> Result<Vec<FreeDay>, Error> {
    let providers = candidates(clinic, wish);
    let within = (
        calendar::day_bounds(clinic, from).0 - wish.service.buffer_before,
        calendar::day_bounds(clinic, until).1 + wish.service.duration + wish.service.buffer_after,
    );
    let busy = appointments::list_busy(conn, clinic.org, &providers, within).await?;
    let mut days = Vec::new();
    let mut on = from;
    while on <= until {
        let slots = free_slots(clinic, wish, &providers, &busy, on, now);
        if !slots.is_empty() {
            days.push(FreeDay { on, slots });
        }
        let Some(next) = on.next_day() else { break };
        on = next;
        // A large clinic's calendar is work: others get their turn between its days.
        tokio::task::yield_now().await;
    }
    Ok(days)
}

/// The free starts of a day, each with whom it would be. Only the day's own part of `busy` is looked at
/// for each start: with many providers and days the difference is between milliseconds and seconds.
fn free_slots(
    clinic: &Clinic,
    wish: Wish<'_>,
    providers: &[Uuid],
    busy: &[Busy],
    on: Date,
    now: OffsetDateTime,
) -> Vec<Slot> {
    let starts = calendar::starts_of_day(clinic, on, now);
    let day = calendar::day_bounds(clinic, on);
    let (Some(first), Some(last)) = (starts.first(), starts.last()) else { return Vec::new() };
    let span = (
        day.0.min(*first - wish.service.buffer_before),
        day.1.max(*last + wish.service.duration + wish.service.buffer_after),
    );
    let mut free: BTreeMap<OffsetDateTime, Vec<(Uuid, usize)>> = BTreeMap::new();
    for provider in providers {
        let is_near =
            |b: &&Busy| b.provider_id == *provider && calendar::overlap(b.stretch(), span);
        let near: Vec<Busy> = busy.iter().filter(is_near).copied().collect();
        let count = count_of_day(&near, *provider, day);
        for start in calendar::allowed_starts(clinic, wish.service, *provider, on, &starts) {
            if is_free(&near, *provider, calendar::busy_range(wish.service, start)) {
                free.entry(start).or_default().push((*provider, count));
            }
        }
    }
    free.into_iter()
        .filter_map(|(starts_at, who)| Some(Slot { provider_id: least_busy(who)?, starts_at }))
        .collect()
}

/// Up to three slots of a day: the earliest that fits the wish, and the nearest to the wished time, or
/// else the middle and the end of what is left.
fn offer(clinic: &Clinic, day: &FreeDay, wish: Wish<'_>, met: WishMet) -> Offer {
    let in_part: Vec<Slot> =
        day.slots.iter().copied().filter(|s| is_in_part(clinic, *s, wish.part)).collect();
    let free = if in_part.is_empty() { &day.slots } else { &in_part };
    let mut chosen: Vec<Slot> = free.first().copied().into_iter().collect();
    let mut others: Vec<Slot> = free.iter().skip(1).copied().collect();
    match wish.time {
        Some(time) => others.sort_by_key(|s| (clinic.zone.local(s.starts_at).time() - time).abs()),
        None => {
            // Of two that are left both are offered, not the last one twice.
            let middle = (others.len() / 2).min(others.len().saturating_sub(2));
            others = others.get(middle).into_iter().chain(others.last()).copied().collect()
        }
    }
    others.dedup();
    chosen.extend(others.into_iter().take(MOST_OFFERED - 1));
    chosen.sort_by_key(|s| s.starts_at);
    Offer { on: day.on, slots: chosen, met }
}

fn is_met(clinic: &Clinic, day: &FreeDay, wish: Wish<'_>) -> bool {
    day.slots.iter().any(|s| {
        is_in_part(clinic, *s, wish.part)
            && wish.time.is_none_or(|time| clinic.zone.local(s.starts_at).time() == time)
    })
}

fn is_in_part(clinic: &Clinic, slot: Slot, part: Option<PartOfDay>) -> bool {
    part.is_none_or(|part| part.contains(clinic.zone.local(slot.starts_at).hour()))
}

fn candidates(clinic: &Clinic, wish: Wish<'_>) -> Vec<Uuid> {
    match wish.provider {
        Some(provider) => vec![provider.id],
        None => clinic.providers_of(wish.service).map(|p| p.id).collect(),
    }
}

fn is_closed(clinic: &Clinic, wish: Wish<'_>, on: Date) -> bool {
    candidates(clinic, wish).iter().all(|id| calendar::open_minutes(clinic, *id, on).is_empty())
}
