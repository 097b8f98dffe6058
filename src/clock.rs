//! The two instants this service asks for: business time, which a [`Clock`] gives and a demonstration
//! can freeze, and the wall clock, against which signatures are judged.
//! Leases, backoff and attempt times are the database's `now()`; deadlines are monotonic. Neither is here.

use time::{OffsetDateTime, UtcOffset};

/// Business time: what "today", "tomorrow" and "in two hours" mean. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone, Copy)]
enum Source {
    System,
    Frozen(OffsetDateTime),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Stands still at `now`, for the demonstration and the tests.
    pub fn frozen(now: OffsetDateTime) -> Self {
        Self(Source::Frozen(now.to_offset(UtcOffset::UTC)))
    }

    /// The present instant, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        match self.0 {
            Source::System => wall_now(),
            Source::Frozen(now) => now,
        }
    }
}

/// The wall clock in UTC, never frozen: a sender signs with real time, whatever day is being played.
#[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system's clock")]
pub fn wall_now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
