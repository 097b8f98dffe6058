//! Twilio's wire: sending a text, reading back what was sent, and the words Twilio has for both.
//! It promises one honest class per answer, a hard end to every call, and that no number, body or token
//! leaves it by `Debug`, by an error or by a log. It decides nothing: whether to send, to resend or to
//! give up is `messaging`'s.

mod answer;
mod base_url;
pub mod callback;
mod client;
mod credentials;
pub mod inbound;
mod message;
mod outcome;
mod request;
pub mod signature;
pub mod stand_in;

pub use client::{ClientError, LIST_PAGE_SIZE, TwilioClient, TwilioSettings};
pub use credentials::{ApiKey, Credentials, CredentialsError, Sender, is_e164, is_sid};
pub use message::{DeliveryStatus, ListedMessage};
pub use outcome::{ListError, RetryKind, SendOutcome, UnknownKind};
