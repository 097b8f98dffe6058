//! What Twilio posts to us, read into values: the form of a status callback. It is whatever Twilio says
//! and no more; the request that carried it has been verified by then.

use std::fmt;

use super::DeliveryStatus;
use super::message::as_sid;
use super::signature::Params;

/// Twilio's codes have five digits. A longer number is something else, and may be a person's.
const LARGEST_CODE: u32 = 999_999;

/// A form as it came: pairs in order, blanks and repeats kept. Its `Debug` shows none of it.
pub struct Form(pub Params);

impl Form {
    /// The first value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form(..)")
    }
}

/// What became of one message, as told once.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusCallback {
    pub sid: String,
    pub status: DeliveryStatus,
    pub error_code: Option<u32>,
    /// The messaging service it came from, or else the number.
    pub sender: Option<String>,
}

impl StatusCallback {
    /// `None`: it names no message or no status, under neither of the names that Twilio has for them.
    pub fn read(form: &Form) -> Option<Self> {
        let either = |name, old_name| {
            let named = |name| form.get(name).map(str::trim).filter(|value| !value.is_empty());
            named(name).or_else(|| named(old_name))
        };
        let code = form.get("ErrorCode").and_then(|code| code.trim().parse().ok());
        Some(Self {
            sid: as_sid(either("MessageSid", "SmsSid")?)?,
            status: DeliveryStatus::parse(either("MessageStatus", "SmsStatus")?),
            error_code: code.filter(|code| (1..=LARGEST_CODE).contains(code)),
            sender: either("MessagingServiceSid", "From").map(str::to_owned),
        })
    }
}
