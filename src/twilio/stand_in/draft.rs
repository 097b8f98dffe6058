//! A message that is asked for and not created yet: how it is read from a form, and the checks that
//! Twilio makes on it, in its order and with its codes; the numbers that ask for an error among them
//! (the "magic numbers" of its test credentials).

use twilio_async::form_urlencoded;

use super::webhook::Webhook;
use crate::twilio::credentials::is_e164;

/// Twilio's limit, in characters.
const LONGEST_BODY: usize = 1600;

#[derive(Default)]
pub(super) struct Draft {
    pub(super) to: String,
    pub(super) from: Option<String>,
    pub(super) messaging_service_sid: Option<String>,
    pub(super) body: String,
    /// As it was given: an address that Twilio would not take is refused.
    status_callback: Option<String>,
}

/// Twilio's code for a refusal, and words of the same meaning, which name no number.
pub(super) type Refusal = (u32, &'static str);

impl Draft {
    pub(super) fn read(form: &[u8]) -> Self {
        let mut draft = Self::default();
        for (name, value) in form_urlencoded::parse(form) {
            let value = value.into_owned();
            match name.as_ref() {
                "To" => draft.to = value,
                "From" => draft.from = Some(value).filter(|v| !v.is_empty()),
                "MessagingServiceSid" => {
                    draft.messaging_service_sid = Some(value).filter(|v| !v.is_empty());
                }
                "Body" => draft.body = value,
                "StatusCallback" => {
                    draft.status_callback = Some(value).filter(|v| !v.is_empty());
                }
                _ => {}
            }
        }
        draft
    }

    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.missing()
            .or_else(|| refused_sender(self.from.as_deref()?))
            .or_else(|| refused_recipient(&self.to))
            .or_else(|| {
                let is_refused = self.status_callback.is_some() && self.callback().is_none();
                is_refused.then_some((21609, "The 'StatusCallback' URL is not valid"))
            })
    }

    /// Where the reports about it go.
    pub(super) fn callback(&self) -> Option<Webhook> {
        self.status_callback.as_deref().and_then(Webhook::parse)
    }

    /// Whom its recipient may have blocked: the service where one is used.
    pub(super) fn sender(&self) -> &str {
        self.messaging_service_sid.as_deref().or(self.from.as_deref()).unwrap_or_default()
    }

    fn missing(&self) -> Option<Refusal> {
        if self.to.is_empty() {
            Some((21604, "A 'To' phone number is required"))
        } else if self.from.is_none() && self.messaging_service_sid.is_none() {
            Some((21603, "A 'From' phone number or a messaging service is required"))
        } else if self.body.is_empty() {
            Some((21602, "Message body is required"))
        } else if self.body.chars().count() > LONGEST_BODY {
            Some((21617, "The message body exceeds 1600 characters"))
        } else {
            None
        }
    }
}

fn refused_sender(from: &str) -> Option<Refusal> {
    match from {
        "+15005550001" => Some((21212, "The 'From' number is not valid")),
        "+15005550007" => Some((21606, "The 'From' number is not yours, or cannot text")),
        "+15005550008" => Some((21611, "The 'From' number's queue is full")),
        from if !is_e164(from) => Some((21212, "The 'From' number is not valid")),
        _ => None,
    }
}

fn refused_recipient(to: &str) -> Option<Refusal> {
    match to {
        "+15005550001" => Some((21211, "The 'To' number is not valid")),
        "+15005550002" => Some((21612, "The 'To' number cannot be reached")),
        "+15005550003" => Some((21408, "Permission to text this region is not enabled")),
        "+15005550004" => Some((21610, "The recipient has unsubscribed")),
        "+15005550009" => Some((21614, "The 'To' number cannot receive texts")),
        to if !is_e164(to) => Some((21211, "The 'To' number is not valid")),
        _ => None,
    }
}
