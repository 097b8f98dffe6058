//! What the calendar can offer for a wish.

use time::{Date, OffsetDateTime};

use crate::domain::slot::Slot;

/// A voice can hold three times in the air, not more.
pub const MOST_OFFERED: usize = 3;

/// One to [`MOST_OFFERED`] slots of one local day, ascending; the day's earliest is among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub on: Date,
    pub slots: Vec<Slot>,
    pub met: WishMet,
}

/// How an offer relates to the wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishMet {
    /// The day, and the time or part of it, that was asked for.
    AsWished,
    /// That time or part of the day is not to be had; this is what there is.
    OtherTime,
    /// The day asked for is full.
    DayFull(Date),
    /// Nobody who could do it works on that day; if the whole clinic is closed, it opens at `opens_at`.
    Closed { on: Date, opens_at: Option<OffsetDateTime> },
}
