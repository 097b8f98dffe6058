//! What becomes of a text that was taken, and the reports about it: step by step where a test drives it,
//! by itself in the demo.

use std::time::Duration;

use super::StandIn;
use super::store::{Report, Store, StoredMessage, now};
use super::webhook::Webhook;
use crate::twilio::DeliveryStatus;
use crate::twilio::signature::Params;

/// What a messaging service sends from, where nobody says which numbers it has: one that nobody has.
pub(super) const POOL_NUMBER: &str = "+15005550006";

/// How a text fares, and what is reported of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Course {
    /// Sent, then delivered.
    #[default]
    Delivered,
    /// The same, this much later where texts are delivered by themselves.
    Late(Duration),
    /// Delivered, and reported before it is reported as sent.
    OutOfOrder,
    /// Delivered, and nothing is reported.
    Lost,
    /// Delivered, and every report comes twice.
    Twice,
    /// Sent, and refused by the carrier with this code.
    Undelivered(u32),
    /// Refused with this code before any carrier had it.
    Failed(u32),
}

/// A step of a text's way.
struct Event {
    status: DeliveryStatus,
    error_code: Option<u32>,
}

impl Course {
    /// The steps in the order in which they are reported.
    fn events(self) -> Vec<Event> {
        let plain = |status| Event { status, error_code: None };
        let sent = || plain(DeliveryStatus::Sent);
        let delivered = || plain(DeliveryStatus::Delivered);
        let with = |status, code| Event { status, error_code: Some(code) };
        match self {
            Self::Delivered | Self::Late(_) | Self::Lost => vec![sent(), delivered()],
            Self::OutOfOrder => vec![delivered(), sent()],
            Self::Twice => vec![sent(), sent(), delivered(), delivered()],
            Self::Undelivered(code) => vec![sent(), with(DeliveryStatus::Undelivered, code)],
            Self::Failed(code) => vec![with(DeliveryStatus::Failed, code)],
        }
    }
}

impl StandIn {
    /// Reports this status, whatever the text's own is; returns the answer's HTTP status, `None` where
    /// the text has no callback or nobody answered.
    pub async fn report(
        &self,
        sid: &str,
        status: DeliveryStatus,
        error_code: Option<u32>,
    ) -> Option<u16> {
        step(&self.store, sid, &Event { status, error_code }, true).await
    }

    /// Takes a text to its end, as [`Self::deliver_as`] says for its number; returns the HTTP statuses
    /// of the answers, in the order of the reports.
    pub async fn deliver(&self, sid: &str) -> Vec<Option<u16>> {
        play(&self.store, sid, Duration::ZERO).await
    }

    /// How every text to this number fares from now on.
    pub fn deliver_as(&self, to: &str, course: Course) {
        self.store.with(|s| s.faults.courses.insert(to.to_owned(), course));
    }

    /// Delivers the texts that are created from now on by itself, one step after each pause.
    pub fn deliver_by_itself(&self, pause: Duration) {
        self.store.with(|s| s.pause = Some(pause));
    }
}

/// Takes a text to its end.
pub(super) async fn play(store: &Store, sid: &str, pause: Duration) -> Vec<Option<u16>> {
    let course = store.with(|s| {
        let to = s.find(sid).map(|message| message.to.clone()).unwrap_or_default();
        s.faults.courses.get(&to).copied().unwrap_or_default()
    });
    let mut answers = Vec::new();
    if let (Course::Late(late), true) = (course, pause > Duration::ZERO) {
        tokio::time::sleep(late).await;
    }
    for event in course.events() {
        if pause > Duration::ZERO {
            tokio::time::sleep(pause).await;
        }
        answers.push(step(store, sid, &event, course != Course::Lost).await);
    }
    answers
}

async fn step(store: &Store, sid: &str, event: &Event, is_reported: bool) -> Option<u16> {
    let message = store.with(|s| {
        let message = s.find_mut(sid)?;
        advance(message, event);
        Some(message.clone())
    })?;
    let webhook = message.callback.as_ref().filter(|_| is_reported)?;
    let http_status = post(store, &message, webhook, event).await;
    store.with(|s| {
        let report = Report { status: event.status.clone(), http_status };
        s.find_mut(sid).map(|message| message.reports.push(report))
    });
    http_status
}

/// What is over stays over, in whatever order it is reported.
fn advance(message: &mut StoredMessage, event: &Event) {
    if rank(&event.status) > rank(&message.status) {
        message.status = event.status.clone();
        message.error_code = event.error_code;
    }
    if rank(&message.status) >= rank(&DeliveryStatus::Sent) {
        message.sent_at.get_or_insert_with(now);
        message.from.get_or_insert_with(|| POOL_NUMBER.to_owned());
    }
}

fn rank(status: &DeliveryStatus) -> u8 {
    match status {
        DeliveryStatus::Accepted | DeliveryStatus::Scheduled => 0,
        DeliveryStatus::Queued => 1,
        DeliveryStatus::Sending => 2,
        DeliveryStatus::Sent => 3,
        DeliveryStatus::Read => 5,
        _ => 4,
    }
}

async fn post(
    store: &Store,
    message: &StoredMessage,
    webhook: &Webhook,
    event: &Event,
) -> Option<u16> {
    let account = store.accounts.iter().find(|a| a.account_sid() == message.account_sid)?;
    let params = params(message, event);
    let answer = webhook.post(&store.http, account.auth_token(), &params, None).await?;
    Some(answer.http_status)
}

fn params(message: &StoredMessage, event: &Event) -> Params {
    let status = event.status.as_str();
    let mut pairs = vec![
        ("MessageSid", message.sid.clone()),
        ("SmsSid", message.sid.clone()),
        ("MessageStatus", status.to_owned()),
        ("SmsStatus", status.to_owned()),
        ("AccountSid", message.account_sid.clone()),
        ("From", message.from.clone().unwrap_or_default()),
        ("To", message.to.clone()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    pairs.extend(event.error_code.map(|code| ("ErrorCode", code.to_string())));
    pairs.extend(message.messaging_service_sid.clone().map(|sid| ("MessagingServiceSid", sid)));
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
