//! The ways in which a POST of a text can go wrong, as tests script them.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::course::Course;

/// What the stand-in does instead of creating the message and answering 201.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429 with this `Retry-After`. Not created.
    RateLimited(Option<Duration>),
    /// This status with an error body. Not created.
    Status(u16),
    /// Created, and answered with this status all the same.
    CreatedThen(u16),
    /// Created, and answered this much later.
    Slow(Duration),
    /// Created, and never answered.
    CreatedThenHang,
    /// Not created, and never answered.
    Hang,
    /// The connection is reset. Not created.
    ResetBefore,
    /// Created, then the connection is reset.
    ResetAfter,
    /// Created, and answered 201 with something that is not JSON.
    Garbage,
    /// Refused with Twilio's code and this status. Not created.
    Reject { code: u32, http_status: u16 },
    /// This status with a web page, as an edge in between answers. Not created.
    Html(u16),
}

/// What was scripted.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) next: VecDeque<Fault>,
    pub(super) next_to: HashMap<String, VecDeque<Fault>>,
    pub(super) always_to: HashMap<String, Fault>,
    pub(super) courses: HashMap<String, Course>,
    pub(super) delay: Duration,
    pub(super) list_is_empty: bool,
    pub(super) bodies_are_redacted: bool,
    pub(super) listed_before_bodies: String,
    pub(super) list_status: Option<u16>,
}

impl Faults {
    /// What this text meets: its number's script, then everybody's, then its number's habit.
    pub(super) fn take(&mut self, to: &str) -> Option<Fault> {
        self.next_to
            .get_mut(to)
            .and_then(VecDeque::pop_front)
            .or_else(|| self.next.pop_front())
            .or_else(|| self.always_to.get(to).copied())
    }
}
