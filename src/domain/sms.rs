//! What is known about a text: the words shared by the outbox, the sender and the sentence.

use crate::domain::sms_failure::OPTED_OUT;

/// What we may claim about a text that we owe a patient. Stored as its snake-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmsStatus {
    /// Twilio accepted it. It says nothing about arrival.
    Sent,
    /// Not known yet, or another try is planned.
    Sending,
    /// Given up; no text will come. The appointment stands.
    FailedButBooked,
    /// The patient has told this sender to stop (Twilio's 21610).
    OptedOut,
    /// There was nothing to send: no phone, or texts are switched off.
    Skipped,
}

impl SmsStatus {
    pub const ALL: [Self; 5] =
        [Self::Sent, Self::Sending, Self::FailedButBooked, Self::OptedOut, Self::Skipped];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Sending => "sending",
            Self::FailedButBooked => "failed_but_booked",
            Self::OptedOut => "opted_out",
            Self::Skipped => "skipped",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// What is known about one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsState {
    pub status: SmsStatus,
    pub reason: Option<SmsReason>,
}

impl SmsState {
    pub fn sending() -> Self {
        Self { status: SmsStatus::Sending, reason: None }
    }

    pub fn skipped(reason: SmsReason) -> Self {
        Self { status: SmsStatus::Skipped, reason: Some(reason) }
    }

    pub fn failed(reason: SmsReason) -> Self {
        Self { status: SmsStatus::FailedButBooked, reason: Some(reason) }
    }

    /// What a refusal makes of a text; see [`SmsReason::Rejected`] for the code.
    pub fn rejected(code: u32) -> Self {
        let reason = SmsReason::Rejected(code);
        match code {
            OPTED_OUT => Self { status: SmsStatus::OptedOut, reason: Some(reason) },
            _ => Self::failed(reason),
        }
    }
}

/// Why a text was not sent. Stored and reported as its text form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SmsReason {
    /// The clinic has no Twilio credentials with us.
    NotConfigured,
    /// Twilio refused it with this code (or, where it named none, this HTTP status).
    Rejected(u32),
    /// Twilio could not be reached, or never answered in a way that settles it.
    Unreachable,
    /// There is no phone number to text.
    NoPhone,
    /// The clinic has switched texts off.
    TextsOff,
    /// The caller did not want one.
    NotWanted,
    /// The clinic's account at Twilio fails every text: none is tried for a while.
    Paused,
    /// The clinic, or the number, has had as many texts today as it may.
    LimitReached,
    /// The clinic does not text the number's country.
    CountryNotAllowed,
    /// What it would have said is no longer so: the appointment is over or cancelled, or the patient
    /// has given another number.
    NoLongerNeeded,
}

impl SmsReason {
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "not_configured" => Some(Self::NotConfigured),
            "unreachable" => Some(Self::Unreachable),
            "no_phone" => Some(Self::NoPhone),
            "texts_off" => Some(Self::TextsOff),
            "not_wanted" => Some(Self::NotWanted),
            "paused" => Some(Self::Paused),
            "limit_reached" => Some(Self::LimitReached),
            "country_not_allowed" => Some(Self::CountryNotAllowed),
            "no_longer_needed" => Some(Self::NoLongerNeeded),
            other => other.strip_prefix("rejected_")?.parse().ok().map(Self::Rejected),
        }
    }
}

impl SmsReason {
    /// Without its code: one of a closed list.
    pub fn as_word(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::Rejected(_) => "rejected",
            Self::Unreachable => "unreachable",
            Self::NoPhone => "no_phone",
            Self::TextsOff => "texts_off",
            Self::NotWanted => "not_wanted",
            Self::Paused => "paused",
            Self::LimitReached => "limit_reached",
            Self::CountryNotAllowed => "country_not_allowed",
            Self::NoLongerNeeded => "no_longer_needed",
        }
    }
}

impl std::fmt::Display for SmsReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rejected(code) => write!(f, "rejected_{code}"),
            other => f.write_str(other.as_word()),
        }
    }
}
