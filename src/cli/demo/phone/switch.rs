//! What can go wrong with the texts to one phone, one thing at a time, as a form names it and as the
//! stand-in is told.

use std::time::Duration;

use serde::Deserialize;

use crate::twilio::stand_in::{Course, Fault, StandIn};

/// Late enough to be noticed, and not so late that nobody waits for it.
const LATE: Duration = Duration::from_secs(30);

/// Codes, and what each says.
type Codes = [(u32, &'static str)];

/// Twilio's codes for a text that it does not take.
pub(super) const REFUSALS: [(u32, &str); 6] = [
    (21614, "not a mobile number"),
    (21610, "the patient opted out"),
    (21211, "not a valid number"),
    (21408, "country not enabled"),
    (30034, "sender not registered"),
    (20003, "account not let in"),
];

/// Carriers' codes for a text that did not arrive.
pub(super) const LOSSES: [(u32, &str); 5] = [
    (30003, "phone unreachable"),
    (30005, "number does not exist"),
    (30006, "landline"),
    (30007, "filtered as spam"),
    (30008, "unknown error"),
];

/// The form.
#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    pub(super) phone: String,
    #[serde(default)]
    switch: String,
    refusal: Option<u32>,
    loss: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    Fine,
    Refused(u32),
    TimedOut,
    TimedOutButTaken,
    Late,
    OutOfOrder,
    Lost,
    Twice,
    Undelivered(u32),
}

impl Switch {
    /// In the order of the page.
    pub(super) const ALL: [Self; 9] = [
        Self::Fine,
        Self::Refused(REFUSALS[0].0),
        Self::TimedOut,
        Self::TimedOutButTaken,
        Self::Late,
        Self::OutOfOrder,
        Self::Lost,
        Self::Twice,
        Self::Undelivered(LOSSES[0].0),
    ];

    /// What the form says; what it does not know is fine.
    pub(super) fn of(choice: &Choice) -> Self {
        let switch = Self::ALL.into_iter().find(|switch| switch.name() == choice.switch);
        match switch.unwrap_or(Self::Fine) {
            Self::Refused(usual) => Self::Refused(choice.refusal.unwrap_or(usual)),
            Self::Undelivered(usual) => Self::Undelivered(choice.loss.unwrap_or(usual)),
            plain => plain,
        }
    }

    /// How it is set for this number now.
    pub(super) fn now(twilio: &StandIn, number: &str) -> Self {
        match twilio.habits_of(number) {
            (Some(Fault::Reject { code, .. }), _) => Self::Refused(code),
            (Some(Fault::Hang), _) => Self::TimedOut,
            (Some(Fault::CreatedThenHang), _) => Self::TimedOutButTaken,
            (_, Course::Late(_)) => Self::Late,
            (_, Course::OutOfOrder) => Self::OutOfOrder,
            (_, Course::Lost) => Self::Lost,
            (_, Course::Twice) => Self::Twice,
            (_, Course::Undelivered(code)) => Self::Undelivered(code),
            _ => Self::Fine,
        }
    }

    /// From the next text on.
    pub(super) fn set(self, twilio: &StandIn, number: &str) {
        twilio.clear_habits_of(number);
        match self {
            Self::Fine => {}
            Self::Refused(code) => {
                let http_status = if code == 20003 { 401 } else { 400 };
                twilio.always_for(number, Fault::Reject { code, http_status });
            }
            Self::TimedOut => twilio.always_for(number, Fault::Hang),
            Self::TimedOutButTaken => twilio.always_for(number, Fault::CreatedThenHang),
            Self::Late => twilio.deliver_as(number, Course::Late(LATE)),
            Self::OutOfOrder => twilio.deliver_as(number, Course::OutOfOrder),
            Self::Lost => twilio.deliver_as(number, Course::Lost),
            Self::Twice => twilio.deliver_as(number, Course::Twice),
            Self::Undelivered(code) => twilio.deliver_as(number, Course::Undelivered(code)),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Refused(_) => "refused",
            Self::TimedOut => "timed-out",
            Self::TimedOutButTaken => "timed-out-but-taken",
            Self::Late => "late",
            Self::OutOfOrder => "out-of-order",
            Self::Lost => "lost",
            Self::Twice => "twice",
            Self::Undelivered(_) => "undelivered",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Fine => "Everything works",
            Self::Refused(_) => "Twilio refuses the text",
            Self::TimedOut => "Twilio does not answer",
            Self::TimedOutButTaken => "Twilio does not answer, but the text arrives",
            Self::Late => "Delivered half a minute late",
            Self::OutOfOrder => "Reports come out of order",
            Self::Lost => "Reports get lost",
            Self::Twice => "Reports come twice",
            Self::Undelivered(_) => "The carrier drops the text",
        }
    }

    /// The codes to choose from, the name of their field, and the one that is chosen.
    pub(super) fn codes(self) -> Option<(&'static str, &'static Codes, u32)> {
        match self {
            Self::Refused(code) => Some(("refusal", &REFUSALS, code)),
            Self::Undelivered(code) => Some(("loss", &LOSSES, code)),
            _ => None,
        }
    }
}
