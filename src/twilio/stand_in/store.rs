//! What the stand-in remembers, for as long as it runs: who may ask, the messages, the faults to come.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;
use uuid::Uuid;

use super::draft::Draft;
use super::fault::Faults;
use crate::twilio::Credentials;

/// Beyond this the oldest are forgotten, so that a demo may run for weeks.
const MOST_MESSAGES: usize = 100_000;

/// A message as it was posted. Its `Debug` leaves out the text and both numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    pub sid: String,
    pub account_sid: String,
    pub to: String,
    pub from: Option<String>,
    pub messaging_service_sid: Option<String>,
    pub body: String,
    pub created_at: OffsetDateTime,
}

pub(super) struct Store {
    pub(super) accounts: Vec<Credentials>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) messages: VecDeque<StoredMessage>,
    pub(super) faults: Faults,
}

impl Store {
    pub(super) fn new(accounts: Vec<Credentials>) -> Self {
        Self { accounts, inner: Mutex::default() }
    }

    /// A panic elsewhere leaves nothing half-written in here, so a poisoned lock is as good as any.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn create(&self, account_sid: &str, draft: Draft) -> StoredMessage {
        let message = StoredMessage {
            sid: format!("SM{}", Uuid::new_v4().simple()),
            account_sid: account_sid.to_owned(),
            to: draft.to,
            from: draft.from,
            messaging_service_sid: draft.messaging_service_sid,
            body: draft.body,
            created_at: now(),
        };
        self.with(|s| {
            if s.messages.len() >= MOST_MESSAGES {
                s.messages.pop_front();
            }
            s.messages.push_back(message.clone());
        });
        message
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stand-in is somebody else's server: its dates are the wall's, never frozen business time"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

impl fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredMessage")
            .field("sid", &self.sid)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
