//! What is known after asking Twilio for something: never more than its answer says.
//! The classes are bound to the HTTP status first, because an error's body may be an edge's HTML.

use std::fmt;
use std::time::Duration;

use super::DeliveryStatus;

/// What became of one POST of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// Twilio has it under this sid. Not that it arrived.
    Accepted { sid: String, status: Option<DeliveryStatus> },
    /// Twilio refused it (4xx other than 429): nothing was created, and asking again changes nothing.
    /// `code` is Twilio's own, where it named one.
    Rejected { http_status: u16, code: Option<u32> },
    /// Twilio never processed it, so that sending it again is safe.
    RetryLater { kind: RetryKind, retry_after: Option<Duration> },
    /// It may have been created or not. Sending it again could text the patient twice.
    Unknown { kind: UnknownKind },
}

/// Why a request was certainly not processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryKind {
    /// HTTP 429, of which Twilio says that it is never processed (its error 20429).
    RateLimited,
    /// It failed before the request was written: name, route, TLS handshake or connect time-out.
    NotConnected,
    /// We were too slow ourselves: it was not even tried.
    NotTried,
}

impl RetryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::NotConnected => "not_connected",
            Self::NotTried => "not_tried",
        }
    }
}

/// Why an outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnknownKind {
    /// No whole answer before the client's time-out.
    TimedOut,
    /// The connection ended after the request may have been written.
    Disconnected,
    /// An answer whose status settles nothing: 3xx, 5xx or outside HTTP's classes.
    Status(u16),
    /// A 2xx that does not say what was created.
    Unreadable,
    /// An answer longer than any that Twilio gives.
    TooLarge,
}

/// As it is recorded on an attempt: a word, never a text of Twilio's.
impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("timed_out"),
            Self::Disconnected => f.write_str("disconnected"),
            Self::Status(status) => write!(f, "http_{status}"),
            Self::Unreadable => f.write_str("unreadable"),
            Self::TooLarge => f.write_str("too_large"),
        }
    }
}

/// Why messages could not be read. None of them says that a message is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("Twilio could not be reached")]
    NotConnected,
    #[error("Twilio refused the list with HTTP {http_status}")]
    Refused { http_status: u16, code: Option<u32> },
    #[error("Twilio's list was not readable ({0})")]
    Failed(UnknownKind),
}
