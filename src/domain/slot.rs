//! A half-open interval that can be booked, as it is offered.

use time::OffsetDateTime;
use uuid::Uuid;

/// A start with the provider who would be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub provider_id: Uuid,
    pub starts_at: OffsetDateTime,
}

/// A stretch of the local day that a caller names instead of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartOfDay {
    /// Before noon.
    Morning,
    /// From noon to five.
    Afternoon,
    /// From five on.
    Evening,
}

impl PartOfDay {
    /// Whether a start at `hour` (0..24) lies in it.
    pub fn contains(self, hour: u8) -> bool {
        match self {
            Self::Morning => hour < 12,
            Self::Afternoon => (12..17).contains(&hour),
            Self::Evening => hour >= 17,
        }
    }
}
