//! What the stand-in remembers, for as long as it runs: who may ask, the messages and what became of
//! them, who wants no texts from whom, and the faults to come.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use super::fault::Faults;
use super::webhook::Webhook;
use crate::twilio::{Credentials, DeliveryStatus, Sender};

/// Beyond this the oldest are forgotten, so that a demo may run for weeks.
const MOST_MESSAGES: usize = 100_000;

/// Who wrote a message, in Twilio's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Created by a request.
    OutboundApi,
    /// An answer to an inbound one: Twilio's own, or by TwiML.
    OutboundReply,
    Inbound,
}

/// A report of a status, and how it was answered; `None`: by nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub status: DeliveryStatus,
    pub http_status: Option<u16>,
}

/// A message and what became of it. Its `Debug` leaves out the text and both numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredMessage {
    pub sid: String,
    pub account_sid: String,
    pub to: String,
    /// Missing while a messaging service has not chosen a sender.
    pub from: Option<String>,
    pub messaging_service_sid: Option<String>,
    pub body: String,
    pub direction: Direction,
    pub status: DeliveryStatus,
    pub error_code: Option<u32>,
    pub callback: Option<Webhook>,
    /// What an account with Advanced Opt-Out says of an inbound one.
    pub opt_out_type: Option<String>,
    /// Oldest first.
    pub reports: Vec<Report>,
    pub created_at: OffsetDateTime,
    pub sent_at: Option<OffsetDateTime>,
}

impl StoredMessage {
    /// One that is created now, and has come nowhere yet.
    pub(super) fn new(account_sid: &str, direction: Direction, to: &str, body: &str) -> Self {
        Self {
            sid: format!("SM{}", Uuid::new_v4().simple()),
            account_sid: account_sid.to_owned(),
            to: to.to_owned(),
            from: None,
            messaging_service_sid: None,
            body: body.to_owned(),
            direction,
            status: DeliveryStatus::Queued,
            error_code: None,
            callback: None,
            opt_out_type: None,
            reports: Vec::new(),
            created_at: now(),
            sent_at: None,
        }
    }

    /// The number in whose hand the phone is.
    pub fn phone(&self) -> &str {
        match self.direction {
            Direction::OutboundApi | Direction::OutboundReply => &self.to,
            Direction::Inbound => self.from.as_deref().unwrap_or_default(),
        }
    }

    /// Whom the phone sees: the service where one is used, as the block list goes by it.
    pub fn sender(&self) -> &str {
        let number = match self.direction {
            Direction::OutboundApi | Direction::OutboundReply => self.from.as_deref(),
            Direction::Inbound => Some(self.to.as_str()),
        };
        self.messaging_service_sid.as_deref().or(number).unwrap_or_default()
    }
}

pub(super) struct Store {
    pub(super) accounts: Vec<Credentials>,
    pub(super) http: reqwest::Client,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) messages: VecDeque<StoredMessage>,
    pub(super) faults: Faults,
    /// Sender and phone.
    pub(super) blocked: HashSet<(String, String)>,
    /// Texts are delivered without being told to, one step after each pause.
    pub(super) pause: Option<Duration>,
}

impl Inner {
    pub(super) fn find(&self, sid: &str) -> Option<&StoredMessage> {
        self.messages.iter().rev().find(|message| message.sid == sid)
    }

    pub(super) fn find_mut(&mut self, sid: &str) -> Option<&mut StoredMessage> {
        self.messages.iter_mut().rev().find(|message| message.sid == sid)
    }

    pub(super) fn is_blocked(&self, sender: &str, phone: &str) -> bool {
        self.blocked.contains(&(sender.to_owned(), phone.to_owned()))
    }
}

impl Store {
    pub(super) fn new(accounts: Vec<Credentials>, http: reqwest::Client) -> Self {
        Self { accounts, http, inner: Mutex::default() }
    }

    /// A panic elsewhere leaves nothing half-written in here, so a poisoned lock is as good as any.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn keep(&self, message: StoredMessage) -> StoredMessage {
        self.with(|s| {
            if s.messages.len() >= MOST_MESSAGES {
                s.messages.pop_front();
            }
            s.messages.push_back(message.clone());
        });
        message
    }

    /// The account whose texts come from this number or service; where none says so, the first.
    pub(super) fn account_of(&self, sender: &str) -> Option<&Credentials> {
        let is_its_sender = |account: &&Credentials| match account.sender() {
            Sender::PhoneNumber(number) => number == sender,
            Sender::MessagingService(sid) => sid == sender,
        };
        self.accounts.iter().find(is_its_sender).or_else(|| self.accounts.first())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stand-in is somebody else's server: its dates are the wall's, never frozen business time"
)]
pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

impl fmt::Debug for StoredMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredMessage")
            .field("sid", &self.sid)
            .field("direction", &self.direction)
            .field("status", &self.status)
            .field("error_code", &self.error_code)
            .field("reports", &self.reports)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}
