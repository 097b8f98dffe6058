//! Why a text did not go out or did not arrive, by Twilio's code: what can be done about it, and one plain
//! sentence for the clinic's staff. Twilio adds codes and changes their texts, so a code that is not
//! listed here is classed by what it looks like. Source: Twilio's error dictionary (docs/api/errors).

use crate::domain::sms::SmsReason;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// This number gets no texts: ask the patient for another.
    AnotherNumber,
    /// The clinic's account with Twilio has to be put right.
    FixAccount,
    /// It passes by itself.
    Wait,
    /// The patient has told us to stop.
    OptedOut,
    /// Nobody knows why, or it passes soon: worth one more try, later.
    Soft,
    /// What the text says is refused.
    Content,
}

impl FailureClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnotherNumber => "another_number",
            Self::FixAccount => "fix_account",
            Self::Wait => "wait",
            Self::OptedOut => "opted_out",
            Self::Soft => "soft",
            Self::Content => "content",
        }
    }
}

/// Twilio's "the recipient has opted out".
pub const OPTED_OUT: u32 = 21610;

/// Failures that keep every text of the clinic from arriving, until somebody acts: told as alerts.
const ALERTS: [u32; 2] = [21608, 30034];

/// Failures of the account itself, not of one text: several in a row pause the clinic's sending.
const ACCOUNT_FAILURES: [u32; 12] =
    [401, 403, 20003, 20005, 20404, 21212, 21606, 21659, 21660, 21703, 21704, 21705];

/// A plain sentence for why we sent no text at all; `None` where that is as the clinic or the patient has it,
/// or where a code of Twilio's says more.
pub fn of_reason(reason: &SmsReason) -> Option<&'static str> {
    Some(match reason {
        SmsReason::NotConfigured => "The clinic has no texting account set up here.",
        SmsReason::Unreachable => "The texting service did not take it, and nobody knows more.",
        SmsReason::Paused => "Texts were paused: the clinic's account had failed several in a row.",
        SmsReason::LimitReached => {
            "The day's limit of texts was reached: see [texts] in the clinic's file."
        }
        SmsReason::CountryNotAllowed => {
            "The clinic does not text this country: see countries in its file."
        }
        SmsReason::Rejected(_)
        | SmsReason::NoPhone
        | SmsReason::TextsOff
        | SmsReason::NotWanted
        | SmsReason::NoLongerNeeded => return None,
    })
}

/// Class and sentence of a code of Twilio's or, where it named none, of an HTTP status.
pub fn of_code(code: u32) -> (FailureClass, &'static str) {
    use FailureClass::{AnotherNumber, Content, FixAccount, OptedOut, Soft, Wait};
    match code {
        401 | 403 | 20003 => (
            FixAccount,
            "The texting account did not let us in: check its SID, token or key, and that it is not suspended.",
        ),
        20005 | 30002 => {
            (FixAccount, "The texting account is not active: look at its status and its balance.")
        }
        404 | 20404 => (FixAccount, "The texting account was not found: check its SID."),
        429 | 20429 => (Wait, "Too many texts were being sent at once."),
        20500 | 20503 | 500..=599 => (Wait, "The texting service had a problem of its own."),
        21211 => {
            (AnotherNumber, "The phone number is not valid: ask the patient for the right one.")
        }
        21212 => (FixAccount, "The clinic's own sending number is not valid: check it."),
        21408 => (
            FixAccount,
            "The account may not text this country: allow it there, or ask for another number.",
        ),
        21602..=21604 => (Content, "Part of the text was missing: tell whoever runs this service."),
        21606 => (
            FixAccount,
            "The clinic's sending number cannot text this number, or is not the account's.",
        ),
        21608 => (
            FixAccount,
            "The account may only text verified numbers: upgrade it from trial, or finish its compliance profile.",
        ),
        21610 => (
            OptedOut,
            "The patient has stopped our texts; only they can turn them on again, by texting START.",
        ),
        21611 => (Wait, "The clinic's sending number has too many texts waiting."),
        21612 => (
            AnotherNumber,
            "This number cannot be reached by our texts: ask for another one, or call.",
        ),
        21614 | 30006 => (
            AnotherNumber,
            "This looks like a landline, which gets no texts: ask for a mobile number.",
        ),
        21617 => (Content, "The text is too long: shorten the clinic's name or wording."),
        21659 | 21660 => {
            (FixAccount, "The clinic's sending number does not belong to the account.")
        }
        21703..=21705 => {
            (FixAccount, "The account's messaging service has no number that can send.")
        }
        21730 => (Wait, "The texting service was being maintained."),
        30001 => (Soft, "Too many texts were waiting to be sent."),
        30003 => (Soft, "The phone could not be reached: it may be off or without service."),
        30004 => {
            (AnotherNumber, "The text was blocked by the phone or its carrier: call the patient.")
        }
        30005 => (AnotherNumber, "This number is not in service any more: ask for another one."),
        30007 => {
            (Content, "The carrier took the text for spam: review the clinic's name and wording.")
        }
        30008 => (Soft, "The text did not arrive, and the carrier did not say why."),
        30022 | 30023 | 30027 => {
            (Wait, "The carriers' daily limit for the clinic's texts is used up.")
        }
        30024 | 30035 => {
            (FixAccount, "The clinic's sending number is not set up with the carriers yet.")
        }
        30029 | 30030 => (
            FixAccount,
            "The account's settings for keeping texts do not fit: redaction is not enabled.",
        ),
        30032 => {
            (FixAccount, "The clinic's toll-free number is not verified: verify it with Twilio.")
        }
        30034 => (
            FixAccount,
            "The clinic's number is not registered for business texts in the US: register it (A2P 10DLC).",
        ),
        30410 => (Soft, "The carrier did not answer in time."),
        30450 => (Soft, "The text was held back for a while as a protection against fraud."),
        30500 => (Soft, "The texting service had a problem of its own."),
        30610 | 30047 => (Wait, "It was too early or too late in the day to text this number."),
        63038 => (Wait, "The account's daily limit of texts is used up."),
        14107 => (Wait, "Too many automatic answers went back and forth with this number."),
        400..=499 => (Content, "The texting service refused the text."),
        _ => (
            FixAccount,
            "The text failed for a reason that this program does not know: look the code up at twilio.com/docs/api/errors.",
        ),
    }
}

/// Whether the text is worth one more try, later.
pub fn is_soft(code: u32) -> bool {
    of_code(code).0 == FailureClass::Soft
}

/// Whether the clinic has to be told until a text is delivered.
pub fn is_alert(code: u32) -> bool {
    ALERTS.contains(&code)
}

/// Whether the account failed, rather than this text.
pub fn is_of_account(code: u32) -> bool {
    ACCOUNT_FAILURES.contains(&code)
}
