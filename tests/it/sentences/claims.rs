//! The table, written by hand: what each kind of sentence must say and must never claim. An outcome
//! says what became of the wish; the state of the text says what may be claimed about it, and only where
//! there is an appointment.

use serde_json::Value;

/// What one kind of sentence says: it begins with one of `starts`, says each of `says` and one of `asks`
/// (where there are any), and none of `never`.
pub(super) struct Claims {
    pub(super) kind: &'static str,
    starts: &'static [&'static str],
    says: &'static [&'static str],
    asks: &'static [&'static str],
    never: &'static [&'static str],
}

const OFFERS: &[&str] = &["Which one suits you?", "Does that suit you?"];
const OFFERS_OR_NONE: &[&str] =
    &["Which one suits you?", "Does that suit you?", "Would another provider or service do?"];

pub(super) const OUTCOMES: [Claims; 11] = [
    Claims {
        kind: "booked",
        starts: &["That is booked: "],
        says: &[" at ", " with ", "Is there anything else?"],
        asks: &[],
        never: &["already", "taken", "sorry", "once more", "try again", "which one"],
    },
    Claims {
        kind: "already_booked",
        starts: &["You already have an appointment then: "],
        says: &[" at ", "Is there anything else?"],
        asks: &[],
        never: &["that is booked", "taken", "sorry", "another name", "which one"],
    },
    Claims {
        kind: "slot_taken",
        starts: &["Sorry, "],
        says: &["is taken."],
        asks: OFFERS_OR_NONE,
        never: &["booked", "sent", "your appointment", "you already", "confirm", "patient", "name"],
    },
    Claims {
        kind: "offered",
        starts: &[],
        says: &["I have "],
        asks: OFFERS,
        never: &[
            "booked",
            "sent",
            "your appointment",
            "confirm",
            "taken",
            "sorry",
            "no appointments",
        ],
    },
    Claims {
        kind: "closed",
        starts: &["We are closed on ", "There are no appointments "],
        says: &[],
        asks: OFFERS_OR_NONE,
        never: &["booked", "sent", "your appointment", "confirm", "taken", "sorry", "full"],
    },
    Claims {
        kind: "none_free",
        starts: &[],
        says: &["nothing free until ", "Would another provider or service do?"],
        asks: &[],
        never: &["booked", "sent", "your appointment", "confirm", "i have"],
    },
    Claims {
        kind: "opted_out",
        starts: &["We will send no more texts to the number ending in "],
        says: &["appointments stand", "START", "Is there anything else?"],
        asks: &[],
        never: &["booked", "cancel", "have sent", "your appointment", "confirm", "sorry", "never"],
    },
    Claims {
        kind: "question",
        starts: &[],
        says: &[],
        asks: &["?", "Please say"],
        never: &[
            "that is booked",
            "you already have",
            "sent",
            "your appointment",
            "confirm",
            "taken",
        ],
    },
    Claims {
        kind: "pending",
        starts: &[],
        says: &["nothing is confirmed yet", "once more"],
        asks: &[],
        never: &["booked", "sent", "your appointment", "taken", "sorry", "is free", "i have"],
    },
    Claims {
        kind: "unknown_tool",
        starts: &[],
        says: &["I cannot do that here.", "free times", "book an appointment", "?"],
        asks: &[],
        never: &["booked", "sent", "your appointment", "confirm"],
    },
    Claims {
        kind: "unavailable",
        starts: &[],
        says: &["cannot reach the calendar", "cannot confirm anything", "try again"],
        asks: &[],
        never: &["booked", "sent", "your appointment", "taken", "nothing free", "closed"],
    },
];

/// By `sms_status`; the empty one is an appointment that owes no text.
pub(super) const TEXTS: [Claims; 6] = [
    Claims {
        kind: "sent",
        starts: &[],
        says: &["I have sent a confirmation text to the number ending in "],
        asks: &[],
        never: &[
            "trying",
            "could not",
            "none will come",
            "no text",
            "promise",
            "arrive",
            "deliver",
            "receive",
        ],
    },
    Claims {
        kind: "sending",
        starts: &[],
        says: &["I am still trying to send", "cannot promise", "your appointment stands"],
        asks: &[],
        never: &[
            "sent",
            "on its way",
            "arrive",
            "deliver",
            "receive",
            "you will",
            "none will come",
            "could not",
        ],
    },
    Claims {
        kind: "failed_but_booked",
        starts: &[],
        says: &["could not be sent", "none will come", "your appointment stands"],
        asks: &[],
        never: &["have sent", "was sent", "trying", "on its way", "arrive", "later", "again"],
    },
    Claims {
        kind: "opted_out",
        starts: &[],
        says: &["none will come", "your appointment stands", "START"],
        asks: &[],
        never: &["sent", "trying", "on its way", "arrive", "cancel"],
    },
    Claims {
        kind: "skipped",
        starts: &[],
        says: &["You will not get a text", "your appointment stands"],
        asks: &[],
        never: &["have sent", "was sent", "trying", "on its way", "arrive", "could not"],
    },
    Claims {
        kind: "",
        starts: &[],
        says: &["You will not get a text."],
        asks: &[],
        never: &["sent", "trying", "on its way", "arrive", "could not"],
    },
];

/// The questions that need not say which day it is, because no day is asked for. Models mistake the day,
/// so that all others begin with it.
const NOT_ABOUT_TIME: [&str; 12] = [
    "Which phone number ",
    "I can stop texts only for ",
    "I did not catch a phone number ",
    "I did not catch the e-mail address.",
    "What is the patient's full name",
    "Which do you mean: ",
    "Do you mean Doctor ",
    "I do not know that ",
    "For ",
    "I did not get the details of that.",
    "In this call I already booked ",
    "That was too much at once.",
];

/// What is wrong with a sentence of the kind that its metadata names.
pub(super) fn faults(spoken: &str, metadata: &Value) -> Vec<String> {
    let outcome = metadata["outcome"].as_str().unwrap_or_default();
    let mut faults = faults_of_kind(&OUTCOMES, outcome, spoken);
    let says_today =
        ["Today is "].iter().chain(&NOT_ABOUT_TIME).any(|start| spoken.starts_with(start));
    if outcome == "question" && !says_today {
        faults.push("a question about time that does not say today's date".to_owned());
    }
    if ["booked", "already_booked"].contains(&outcome) {
        let status = metadata["sms_status"].as_str().unwrap_or_default();
        faults.extend(faults_of_kind(&TEXTS, status, spoken));
    }
    faults
}

/// What is wrong with a sentence whose kind is not told: empty where it could be of one.
pub(super) fn faults_of_any(spoken: &str) -> Vec<String> {
    let fits = OUTCOMES.iter().any(|claims| claims.faults(spoken).is_empty());
    if fits { Vec::new() } else { vec!["a sentence of no kind".to_owned()] }
}

fn faults_of_kind(table: &[Claims], kind: &str, spoken: &str) -> Vec<String> {
    match table.iter().find(|claims| claims.kind == kind) {
        Some(claims) => claims.faults(spoken),
        None => vec![format!("the unknown kind {kind:?}")],
    }
}

impl Claims {
    fn faults(&self, spoken: &str) -> Vec<String> {
        let kind = self.kind;
        let starts = self.starts.is_empty() || self.starts.iter().any(|s| spoken.starts_with(s));
        let unbegun = (!starts).then(|| format!("{kind} begins with none of {:?}", self.starts));
        let lower = spoken.to_lowercase();
        let unsaid = self.says.iter().filter(|part| !spoken.contains(**part));
        let unsaid = unsaid.map(|part| format!("{kind} does not say {part:?}"));
        let claimed = self.never.iter().filter(|part| lower.contains(**part));
        let claimed = claimed.map(|part| format!("{kind} says {part:?}"));
        let asks = self.asks.is_empty() || self.asks.iter().any(|part| spoken.contains(part));
        let unasked = (!asks).then(|| format!("{kind} asks nothing"));
        unsaid.chain(claimed).chain(unasked).chain(unbegun).collect()
    }
}
