//! The acts on a clinic's calendar: what is free, and booking it. They run on the caller's connection,
//! inside the caller's transaction where they change something, and know nothing of texts or sentences.

pub mod availability;
pub mod booking;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::appointments::Busy;
use crate::domain::calendar::{self, Stretch};
use crate::domain::clinic::Clinic;

/// Of `free`, the provider with the fewest appointments among `busy` on the local day of `starts_at`;
/// where two have as few, the one the clinic lists first.
fn least_busy(
    clinic: &Clinic,
    free: &[Uuid],
    busy: &[Busy],
    starts_at: OffsetDateTime,
) -> Option<Uuid> {
    let day = calendar::day_bounds(clinic, clinic.zone.local(starts_at).date());
    let load = |id: Uuid| {
        busy.iter()
            .filter(|b| b.provider_id == id && day.0 <= b.starts_at && b.starts_at < day.1)
            .count()
    };
    free.iter().copied().min_by_key(|id| {
        (load(*id), clinic.providers.iter().position(|p| p.id == *id).unwrap_or(usize::MAX))
    })
}

fn is_free(busy: &[Busy], provider: Uuid, wanted: Stretch) -> bool {
    !busy.iter().any(|b| b.provider_id == provider && calendar::overlap(b.stretch(), wanted))
}
