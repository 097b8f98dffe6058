//! A text from a phone: what Twilio does with it by itself (the block list and its own answers), the
//! signed webhook, and the texts that the answer asks for.

use secrecy::SecretString;
use uuid::Uuid;

use super::course::POOL_NUMBER;
use super::store::{Direction, Store, StoredMessage};
use super::webhook::Webhook;
use super::{StandIn, twiml};
use crate::twilio::signature::Params;
use crate::twilio::{DeliveryStatus, Sender, is_sid};

/// Twilio's code for a text to somebody who is on the block list.
pub(super) const BLOCKED: u32 = 21610;

/// What a word does that is a text by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyword {
    Stop,
    Start,
    Help,
}

/// What became of a text from a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    pub sid: String,
    /// The webhook's answer; `None`: nobody answered.
    pub http_status: Option<u16>,
    /// The texts that the answer asked for, sent or not.
    pub texts: Vec<String>,
}

impl StandIn {
    /// A phone texts a number (or a messaging service, by its sid). `opt_out_type` is what an account
    /// with Advanced Opt-Out would say of it: `STOP`, `START` or `HELP`.
    pub async fn inbound(
        &self,
        from: &str,
        to: &str,
        body: &str,
        opt_out_type: Option<&str>,
        webhook_url: &str,
    ) -> Inbound {
        let mut message = received(&self.store, from, to, body);
        message.opt_out_type = opt_out_type.map(str::to_owned);
        let message = self.store.keep(message);
        let keyword = opt_out_type.and_then(of_type).or_else(|| of_word(body));
        if let Some(reply) = keyword.and_then(|keyword| obey(&self.store, &message, keyword)) {
            self.store.keep(answer_to(&message, reply));
        }
        post(&self.store, message, webhook_url).await
    }

    /// Posts the webhook of an earlier [`Self::inbound`] again, as after an answer that got lost.
    pub async fn inbound_again(&self, sid: &str, webhook_url: &str) -> Option<Inbound> {
        let message = self.store.with(|s| s.find(sid).cloned())?;
        Some(post(&self.store, message, webhook_url).await)
    }

    /// Whether this phone wants no texts from this number or service.
    pub fn is_blocked(&self, sender: &str, phone: &str) -> bool {
        self.store.with(|s| s.is_blocked(sender, phone))
    }
}

fn received(store: &Store, from: &str, to: &str, body: &str) -> StoredMessage {
    let account = store.account_of(to);
    let service = match account.map(|account| account.sender()) {
        Some(Sender::MessagingService(sid)) => Some(sid.clone()),
        _ => None,
    };
    let number = if is_sid("MG", to) { POOL_NUMBER } else { to };
    let sid = account.map(|account| account.account_sid()).unwrap_or_default();
    StoredMessage {
        from: Some(from.to_owned()),
        messaging_service_sid: service,
        status: DeliveryStatus::Received,
        ..StoredMessage::new(sid, Direction::Inbound, number, body)
    }
}

/// A text back, which arrives.
fn answer_to(message: &StoredMessage, body: &str) -> StoredMessage {
    StoredMessage {
        from: Some(message.to.clone()),
        messaging_service_sid: message.messaging_service_sid.clone(),
        status: DeliveryStatus::Delivered,
        ..StoredMessage::new(&message.account_sid, Direction::OutboundReply, message.phone(), body)
    }
}

/// In Twilio's place, not in its words.
const STOPPED: &str = "You will get no more texts from this number. Reply START to get them again.";
const STARTED: &str = "You will get texts from this number again. Reply STOP to end them.";
const HELP: &str = "This number texts about your appointments. Reply STOP to end the texts.";

fn of_type(opt_out_type: &str) -> Option<Keyword> {
    match opt_out_type {
        "STOP" => Some(Keyword::Stop),
        "START" => Some(Keyword::Start),
        "HELP" => Some(Keyword::Help),
        _ => None,
    }
}

/// Twilio's default keywords, each of which counts only where it is the whole text.
fn of_word(body: &str) -> Option<Keyword> {
    match body.trim().to_ascii_uppercase().as_str() {
        "STOP" | "UNSUBSCRIBE" | "END" | "QUIT" | "STOPALL" | "REVOKE" | "OPTOUT" | "CANCEL" => {
            Some(Keyword::Stop)
        }
        "START" | "YES" | "UNSTOP" => Some(Keyword::Start),
        "HELP" | "INFO" => Some(Keyword::Help),
        _ => None,
    }
}

/// Keeps the block list; what Twilio answers by itself. What changes nothing is not answered.
fn obey(store: &Store, message: &StoredMessage, keyword: Keyword) -> Option<&'static str> {
    let pair = (message.sender().to_owned(), message.phone().to_owned());
    store.with(|s| match keyword {
        Keyword::Stop => s.blocked.insert(pair).then_some(STOPPED),
        Keyword::Start => s.blocked.remove(&pair).then_some(STARTED),
        Keyword::Help => Some(HELP),
    })
}

async fn post(store: &Store, message: StoredMessage, webhook_url: &str) -> Inbound {
    let token = store.accounts.iter().find(|a| a.account_sid() == message.account_sid);
    let token = token.map_or_else(|| SecretString::from(""), |a| a.auth_token().clone());
    let params = params(&message);
    // The same for every try of this message, also for one after this has returned.
    let same = message.sid.strip_prefix("SM").and_then(|hex| Uuid::try_parse(hex).ok());
    let answer = match Webhook::parse(webhook_url) {
        Some(webhook) => webhook.post(&store.http, &token, &params, same).await,
        None => None,
    };
    let texts = match &answer {
        Some(answer) if answer.http_status < 300 => {
            twiml::texts(&answer.content_type, &answer.body)
        }
        _ => Vec::new(),
    };
    for text in &texts {
        let mut answer = answer_to(&message, text);
        // Only Twilio's own answers reach somebody who wants none.
        if store.with(|s| s.is_blocked(message.sender(), message.phone())) {
            (answer.status, answer.error_code) = (DeliveryStatus::Failed, Some(BLOCKED));
        }
        store.keep(answer);
    }
    Inbound { sid: message.sid, http_status: answer.map(|answer| answer.http_status), texts }
}

/// What Twilio knows of a sender's place is blank where it knows nothing, and signed all the same.
fn params(message: &StoredMessage) -> Params {
    let sid = || message.sid.clone();
    let mut pairs = vec![
        ("ToCountry", "US".to_owned()),
        ("SmsMessageSid", sid()),
        ("NumMedia", "0".to_owned()),
        ("FromZip", String::new()),
        ("SmsSid", sid()),
        ("FromCity", String::new()),
        ("SmsStatus", "received".to_owned()),
        ("Body", message.body.clone()),
        ("FromCountry", "US".to_owned()),
        ("To", message.to.clone()),
        ("NumSegments", "1".to_owned()),
        ("MessageSid", sid()),
        ("AccountSid", message.account_sid.clone()),
        ("From", message.phone().to_owned()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ];
    pairs.extend(message.messaging_service_sid.clone().map(|sid| ("MessagingServiceSid", sid)));
    pairs.extend(message.opt_out_type.clone().map(|kind| ("OptOutType", kind)));
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
