//! A text that somebody sent to a clinic, read from Twilio's form. The request that carried it has been
//! verified by then; what is in it is a stranger's all the same.

use std::fmt;

use super::callback::Form;
use super::message::as_sid;

/// Longer names of a phone or a sender are none.
const LONGEST_NAME: usize = 64;

/// A patient's text.
#[derive(Clone)]
pub struct InboundMessage {
    pub sid: String,
    /// A number in E.164, or what a network has instead of one.
    pub from: String,
    /// Whom an opt-out holds for: the messaging service, where there is one, or else the number.
    pub sender: String,
    pub body: String,
    /// `STOP`, `START` or `HELP` where Twilio has acted on a keyword of the clinic's own.
    pub opt_out_type: Option<String>,
}

impl InboundMessage {
    /// `None`: it does not say which message it is, from whom or to whom.
    pub fn read(form: &Form) -> Option<Self> {
        let named = |name: &str| {
            let value = form.get(name).map(str::trim);
            value.filter(|v| !v.is_empty() && v.len() <= LONGEST_NAME && !v.contains('\0'))
        };
        Some(Self {
            sid: as_sid(named("MessageSid").or_else(|| named("SmsSid"))?)?,
            from: named("From")?.to_owned(),
            sender: named("MessagingServiceSid").or_else(|| named("To"))?.to_owned(),
            body: form.get("Body").unwrap_or_default().to_owned(),
            opt_out_type: named("OptOutType").map(str::to_owned),
        })
    }
}

/// Nothing of a person is ever printed, not even by accident.
impl fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InboundMessage(***)")
    }
}
