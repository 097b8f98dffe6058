//! A message as Twilio lists it. Every field may be missing or of another type than documented, and
//! fields that we do not know are ignored; Twilio's own error text is not kept, for it quotes numbers.

use std::fmt;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Twilio's sids have 34 characters. The cap only keeps something else out of a column.
const LONGEST_SID: usize = 64;

/// The longest status word is `partially_delivered`. The cap only keeps something else out of a column.
const LONGEST_STATUS: usize = 40;

/// Twilio's word on what became of a message (the `status` enum of its API description of 2026-04).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DeliveryStatus {
    Accepted,
    Scheduled,
    Queued,
    Sending,
    /// The nearest carrier has it. Some carriers never say more.
    Sent,
    Delivered,
    Undelivered,
    Failed,
    Canceled,
    Read,
    PartiallyDelivered,
    Receiving,
    Received,
    /// A word that is newer than this code, reduced to a word: lower-case letters, digits, `_` and `-`.
    Other(String),
}

impl DeliveryStatus {
    const KNOWN: [Self; 13] = [
        Self::Accepted,
        Self::Scheduled,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Undelivered,
        Self::Failed,
        Self::Canceled,
        Self::Read,
        Self::PartiallyDelivered,
        Self::Receiving,
        Self::Received,
    ];

    pub fn as_str(&self) -> &str {
        match self {
            Self::Accepted => "accepted",
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Read => "read",
            Self::PartiallyDelivered => "partially_delivered",
            Self::Receiving => "receiving",
            Self::Received => "received",
            Self::Other(word) => word,
        }
    }

    pub fn parse(word: &str) -> Self {
        Self::KNOWN.into_iter().find(|s| s.as_str() == word).unwrap_or_else(|| {
            let is_of_a_word = |c: &char| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-');
            Self::Other(word.chars().filter(is_of_a_word).take(LONGEST_STATUS).collect())
        })
    }
}

/// One entry of Twilio's list. Its `Debug` leaves out the text and both numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedMessage {
    pub sid: String,
    /// Missing or empty where the account redacts its messages.
    pub body: Option<String>,
    pub to: Option<String>,
    /// Missing while a messaging service has not chosen a sender.
    pub from: Option<String>,
    pub status: Option<DeliveryStatus>,
    pub created_at: Option<OffsetDateTime>,
    pub error_code: Option<u32>,
}

impl fmt::Debug for ListedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedMessage")
            .field("sid", &self.sid)
            .field("status", &self.status)
            .field("created_at", &self.created_at)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}

impl ListedMessage {
    /// `None` without a sid: such an entry could be found, but not be adopted.
    pub(super) fn read(entry: &Value) -> Option<Self> {
        let text = |field| entry.get(field).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            sid: read_sid(entry)?,
            body: text("body"),
            to: text("to"),
            from: text("from"),
            status: read_status(entry),
            created_at: text("date_created").and_then(|s| OffsetDateTime::parse(&s, &Rfc2822).ok()),
            error_code: read_code(entry, "error_code"),
        })
    }
}

/// The sid of a resource, if it could be one: printable, and not endless.
pub(super) fn read_sid(resource: &Value) -> Option<String> {
    as_sid(resource.get("sid")?.as_str()?)
}

pub(super) fn as_sid(sid: &str) -> Option<String> {
    let could_be_one =
        (1..=LONGEST_SID).contains(&sid.len()) && sid.bytes().all(|b| b.is_ascii_graphic());
    could_be_one.then(|| sid.to_owned())
}

pub(super) fn read_status(resource: &Value) -> Option<DeliveryStatus> {
    resource.get("status")?.as_str().map(DeliveryStatus::parse)
}

/// Twilio's number for an error. Documented as an integer, taken as a numeral too.
pub(super) fn read_code(resource: &Value, field: &str) -> Option<u32> {
    match resource.get(field)? {
        Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
        Value::String(numeral) => numeral.parse().ok(),
        _ => None,
    }
}
