//! Reads an answer of Twilio's into what it settles. Its HTTP status is asked first, its body second,
//! and a body that cannot be read never makes an outcome better than its status.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use serde_json::Value;

use super::message::{ListedMessage, read_code, read_sid, read_status};
use super::{ListError, RetryKind, SendOutcome, UnknownKind};

/// A longer wait than a day is a misreading, and no text is of use by then.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// An answer, as far as it could be read.
pub(super) struct Answer {
    http_status: u16,
    retry_after: Option<Duration>,
    body: Result<Vec<u8>, UnknownKind>,
}

/// Why there is no answer.
pub(super) enum Failure {
    /// The request was never written.
    NotConnected,
    Unknown(UnknownKind),
}

impl Failure {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotConnected
        } else {
            Self::Unknown(kind_of(error))
        }
    }
}

impl Answer {
    /// Reads at most `cap` bytes of the body; the client's time-out ends a body that trickles.
    pub(super) async fn read(mut response: reqwest::Response, cap: usize) -> Self {
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
        let http_status = response.status().as_u16();
        Self { http_status, retry_after, body: read_capped(&mut response, cap).await }
    }

    pub(super) fn into_send_outcome(self) -> SendOutcome {
        match self.http_status {
            200..=299 => match self.body {
                Ok(body) => created(&body),
                Err(kind) => SendOutcome::Unknown { kind },
            },
            429 => SendOutcome::RetryLater {
                kind: RetryKind::RateLimited,
                retry_after: self.retry_after,
            },
            http_status @ 400..=499 => SendOutcome::Rejected { http_status, code: self.code() },
            other => SendOutcome::Unknown { kind: UnknownKind::Status(other) },
        }
    }

    pub(super) fn into_list(self) -> Result<Vec<ListedMessage>, ListError> {
        match self.http_status {
            200..=299 => listed(&self.body.map_err(ListError::Failed)?),
            http_status @ 400..=499 => Err(ListError::Refused { http_status, code: self.code() }),
            other => Err(ListError::Failed(UnknownKind::Status(other))),
        }
    }

    pub(super) fn into_message(self) -> Result<ListedMessage, ListError> {
        match self.http_status {
            200..=299 => {
                let body = self.body.map_err(ListError::Failed)?;
                let message = serde_json::from_slice::<Value>(&body).ok();
                let message = message.as_ref().and_then(ListedMessage::read);
                message.ok_or(ListError::Failed(UnknownKind::Unreadable))
            }
            http_status @ 400..=499 => Err(ListError::Refused { http_status, code: self.code() }),
            other => Err(ListError::Failed(UnknownKind::Status(other))),
        }
    }

    fn code(&self) -> Option<u32> {
        let error: Value = serde_json::from_slice(self.body.as_ref().ok()?).ok()?;
        read_code(&error, "code")
    }
}

fn created(body: &[u8]) -> SendOutcome {
    let Ok(message) = serde_json::from_slice::<Value>(body) else {
        return SendOutcome::Unknown { kind: UnknownKind::Unreadable };
    };
    match read_sid(&message) {
        Some(sid) => SendOutcome::Accepted { sid, status: read_status(&message) },
        None => SendOutcome::Unknown { kind: UnknownKind::Unreadable },
    }
}

/// A list counts as read only as a whole: an absent message is what a resend is decided on.
fn listed(body: &[u8]) -> Result<Vec<ListedMessage>, ListError> {
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|page| {
            page.get("messages")?.as_array()?.iter().map(ListedMessage::read).collect()
        })
        .ok_or(ListError::Failed(UnknownKind::Unreadable))
}

async fn read_capped(response: &mut reqwest::Response, cap: usize) -> Result<Vec<u8>, UnknownKind> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| kind_of(&error))? {
        if body.len() + chunk.len() > cap {
            return Err(UnknownKind::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn kind_of(error: &reqwest::Error) -> UnknownKind {
    if error.is_timeout() { UnknownKind::TimedOut } else { UnknownKind::Disconnected }
}
