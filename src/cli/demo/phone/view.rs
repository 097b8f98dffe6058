//! What the page shows, made of what the stand-in remembers. Texts are whatever anybody wrote: the
//! template escapes them, and only what begins as a web address becomes a link.

use askama::Template;
use phonenumber::Mode;
use time::macros::format_description;

use super::LONGEST_TEXT;
use super::switch::Switch;
use crate::domain::zone::Zone;
use crate::twilio::DeliveryStatus;
use crate::twilio::stand_in::{Direction, Report, StandIn, StoredMessage};

/// The clinic of the recorded call, and where its patients' phones are.
const CLINIC: &str = "Maple Dental";
const ZONE: &str = "America/New_York";

/// One tap each: what texts ask for, and Twilio's own words.
const QUICK_ANSWERS: [&str; 4] = ["C", "N", "STOP", "START"];

#[derive(Template)]
#[template(path = "cli/demo/phone/phone.html", config = ".askama.toml")]
pub(super) struct Page {
    clinic: &'static str,
    initial: char,
    phones: Vec<Tab>,
    screen: Option<Screen>,
    most_characters: usize,
}

/// The page where the texts go to Twilio itself.
#[derive(Template)]
#[template(path = "cli/demo/phone/elsewhere.html", config = ".askama.toml")]
pub(super) struct Elsewhere;

struct Tab {
    id: usize,
    number: String,
    is_shown: bool,
}

struct Screen {
    id: usize,
    number: String,
    sender: String,
    is_blocked: bool,
    bubbles: Vec<Bubble>,
    typed: String,
    notice: Option<String>,
    quick_answers: [&'static str; 4],
    switches: Vec<SwitchView>,
}

struct Bubble {
    is_patients: bool,
    is_latest: bool,
    parts: Vec<Part>,
    time: String,
    status: String,
    is_trouble: bool,
    /// What the gateway was told of it.
    told: Option<String>,
}

enum Part {
    Words(String),
    Link(String),
}

struct SwitchView {
    name: &'static str,
    label: &'static str,
    is_on: bool,
    codes: Option<Codes>,
}

struct Codes {
    name: &'static str,
    all: Vec<(u32, &'static str, bool)>,
}

impl Page {
    /// `asked`: which phone; otherwise the one that was last in use.
    pub(super) fn of(twilio: &StandIn, asked: Option<usize>, typed: &str, told: &str) -> Self {
        let numbers = twilio.phones();
        let last_used = || {
            let used_at = |number: &str| twilio.conversation(number).pop().map(|m| m.created_at);
            (1..).zip(&numbers).max_by_key(|(_, number)| used_at(number)).map(|(id, _)| id)
        };
        let shown = asked.or_else(last_used);
        let tab = |(id, number): (usize, &String)| Tab {
            id,
            number: written(number),
            is_shown: Some(id) == shown,
        };
        let screen = (1..).zip(&numbers).find(|(id, _)| Some(*id) == shown);
        Self {
            clinic: CLINIC,
            initial: CLINIC.chars().next().unwrap_or_default(),
            phones: (1..).zip(&numbers).map(tab).collect(),
            screen: screen.map(|(id, number)| Screen::of(twilio, id, number, typed, told)),
            most_characters: LONGEST_TEXT,
        }
    }
}

impl Screen {
    fn of(twilio: &StandIn, id: usize, number: &str, typed: &str, told: &str) -> Self {
        let messages = twilio.conversation(number);
        let sender = messages.last().map(|m| m.sender().to_owned()).unwrap_or_default();
        let mut bubbles: Vec<Bubble> = messages.iter().map(Bubble::of).collect();
        if let Some(latest) = bubbles.last_mut() {
            latest.is_latest = true;
        }
        let now = Switch::now(twilio, number);
        Self {
            id,
            number: written(number),
            is_blocked: twilio.is_blocked(&sender, number),
            sender: written(&sender),
            bubbles,
            typed: typed.chars().take(LONGEST_TEXT).collect(),
            notice: notice(told),
            quick_answers: QUICK_ANSWERS,
            switches: Switch::ALL.iter().map(|switch| SwitchView::of(*switch, now)).collect(),
        }
    }
}

impl SwitchView {
    fn of(switch: Switch, now: Switch) -> Self {
        let is_on = switch.name() == now.name();
        let shown = if is_on { now } else { switch };
        let codes = shown.codes().map(|(name, all, chosen)| Codes {
            name,
            all: all.iter().map(|(code, says)| (*code, *says, *code == chosen)).collect(),
        });
        Self { name: switch.name(), label: switch.label(), is_on, codes }
    }
}

impl Bubble {
    fn of(message: &StoredMessage) -> Self {
        let (status, is_trouble) = status(message);
        let is_reported = message.direction == Direction::OutboundApi && message.callback.is_some();
        Self {
            is_patients: message.direction == Direction::Inbound,
            is_latest: false,
            parts: parts(&message.body),
            time: time_of(message),
            status,
            is_trouble,
            told: is_reported.then(|| told(&message.reports)),
        }
    }
}

fn status(message: &StoredMessage) -> (String, bool) {
    let code = message.error_code.map(|code| format!(" ({code})")).unwrap_or_default();
    match message.status {
        DeliveryStatus::Accepted | DeliveryStatus::Queued | DeliveryStatus::Sending => {
            ("On its way".to_owned(), false)
        }
        DeliveryStatus::Sent | DeliveryStatus::Received => ("Sent".to_owned(), false),
        DeliveryStatus::Delivered => ("Delivered".to_owned(), false),
        DeliveryStatus::Undelivered | DeliveryStatus::Failed => {
            (format!("Not delivered{code}"), true)
        }
        ref other => (other.as_str().to_owned(), false),
    }
}

fn told(reports: &[Report]) -> String {
    if reports.is_empty() {
        return "gateway not told".to_owned();
    }
    let each = reports.iter().map(|report| match report.http_status {
        Some(200..=299) => report.status.as_str().to_owned(),
        Some(status) => format!("{} (answered {status})", report.status.as_str()),
        None => format!("{} (not answered)", report.status.as_str()),
    });
    format!("gateway told: {}", each.collect::<Vec<_>>().join(", "))
}

/// How the last answer was taken: one of our own words, or an HTTP status.
fn notice(told: &str) -> Option<String> {
    match told {
        "" => None,
        "blank" => Some("An empty text is not sent.".to_owned()),
        "nobody" => Some("The gateway did not answer. The text stays on this phone.".to_owned()),
        "404" => Some("The gateway takes no answers yet (404). The text stays here.".to_owned()),
        status => {
            let status: u16 = status.parse().ok()?;
            Some(format!("The gateway answered with {status}. The text stays on this phone."))
        }
    }
}

fn time_of(message: &StoredMessage) -> String {
    let format =
        format_description!("[weekday repr:short] [hour repr:12 padding:none]:[minute] [period]");
    let local = Zone::find(ZONE).map(|zone| zone.local(message.created_at));
    local.and_then(|local| local.format(format).ok()).unwrap_or_default()
}

/// A number as a phone shows it; what is none stays as it is.
fn written(number: &str) -> String {
    phonenumber::parse(None, number).map_or_else(
        |_| number.to_owned(),
        |parsed| parsed.format().mode(Mode::International).to_string(),
    )
}

/// Words and web addresses. What ends a sentence is not part of an address.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|s| rest.find(s)).min() {
        let (words, from) = rest.split_at(start);
        let is_end = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
        let (address, after) = from.split_at(from.find(is_end).unwrap_or(from.len()));
        let trimmed = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
        parts.push(Part::Words(words.to_owned()));
        parts.push(Part::Link(trimmed.to_owned()));
        parts.push(Part::Words(address.split_at(trimmed.len()).1.to_owned()));
        rest = after;
    }
    parts.push(Part::Words(rest.to_owned()));
    parts
}
