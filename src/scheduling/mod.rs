//! The acts on a clinic's calendar: what is free, and booking it. They run on the caller's connection,
//! inside the caller's transaction where they change something, and know nothing of texts or sentences.

pub mod availability;
pub mod booking;

use uuid::Uuid;

use crate::db::appointments::Busy;
use crate::domain::calendar::{self, Stretch};

/// The provider with the fewest appointments that day; of several, the one the clinic lists first.
/// `free` is in the clinic's order, each provider with their count.
fn least_busy(free: impl IntoIterator<Item = (Uuid, usize)>) -> Option<Uuid> {
    free.into_iter().min_by_key(|(_, count)| *count).map(|(id, _)| id)
}

/// How many of a provider's appointments begin on a day, given as its bounds.
fn count_of_day(busy: &[Busy], provider: Uuid, day: Stretch) -> usize {
    let begins_then =
        |b: &&Busy| b.provider_id == provider && day.0 <= b.starts_at && b.starts_at < day.1;
    busy.iter().filter(begins_then).count()
}

fn is_free(busy: &[Busy], provider: Uuid, wanted: Stretch) -> bool {
    !busy.iter().any(|b| b.provider_id == provider && calendar::overlap(b.stretch(), wanted))
}
