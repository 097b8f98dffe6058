//! `[vapi]` and `[twilio]`: what the agent shows us, and what we show Twilio. A section that is absent
//! leaves what is stored as it is. A section that is there tells the whole truth about the kinds it
//! mentions: `secret = [...]` are the clinic's shared secrets, no others; `[twilio] none = true` means
//! that the clinic has no account.

use secrecy::{ExposeSecret, SecretString};

use crate::twilio::{Sender, is_e164, is_sid};

use super::reading::{Section, Text};
use super::secrets::{Secrets, is_reference};

/// Shorter ones can be guessed.
const SHORTEST_SECRET: usize = 16;
/// Longer ones may not pass every proxy as a header.
const LONGEST_SECRET: usize = 512;

/// What a voice agent may show. `None`: this kind is not mentioned.
#[derive(Debug, Default)]
pub(super) struct VapiEntry {
    pub(super) secrets: Option<Vec<SecretString>>,
    pub(super) hmac_keys: Option<Vec<SecretString>>,
}

/// What becomes of the clinic's Twilio account.
#[derive(Debug)]
pub(super) enum TwilioEntry {
    Kept,
    Removed,
    Account(Account),
}

#[derive(Debug)]
pub(super) struct Account {
    pub(super) account_sid: SecretString,
    pub(super) auth_token: SecretString,
    /// Signs what Twilio sends from the moment it is promoted: believed before, never used to send.
    pub(super) secondary_auth_token: Option<SecretString>,
    /// SID and secret.
    pub(super) api_key: Option<(SecretString, SecretString)>,
    pub(super) sender: Sender,
}

pub(super) fn read_vapi(section: Option<Section<'_, '_>>, secrets: &mut Secrets<'_>) -> VapiEntry {
    let Some(mut section) = section else { return VapiEntry::default() };
    let entry = VapiEntry {
        secrets: shared(&mut section, "secret", secrets),
        hmac_keys: shared(&mut section, "hmac_key", secrets),
    };
    section.end();
    entry
}

pub(super) fn read_twilio(
    section: Option<Section<'_, '_>>,
    secrets: &mut Secrets<'_>,
) -> TwilioEntry {
    let Some(mut section) = section else { return TwilioEntry::Kept };
    let none = section.flag("none", false);
    let mut mentioned = false;
    let mut part =
        |section: &mut Section<'_, '_>, key, rule: &str, is_right: &dyn Fn(&str) -> bool| {
            let text = section.text(key)?;
            mentioned = true;
            // A number is printed on every text, and a messaging service opens nothing: they may stand here.
            let may_stand = matches!(key, "phone_number" | "messaging_service_sid");
            let value = if may_stand && !is_reference(text.text) {
                text.text.into()
            } else {
                fetch(section, text, secrets)?
            };
            if !is_right(value.expose_secret()) {
                section.fault_of(text, rule);
            }
            Some(value)
        };
    let account_sid =
        part(&mut section, "account_sid", "must be AC and 32 hexadecimal digits", &|t| {
            is_sid("AC", t)
        });
    let auth_token = part(&mut section, "auth_token", VISIBLE, &is_visible);
    let secondary = part(&mut section, "secondary_auth_token", VISIBLE, &is_visible);
    let key_sid = part(&mut section, "api_key_sid", "must be SK and 32 hexadecimal digits", &|t| {
        is_sid("SK", t)
    });
    let key_secret = part(&mut section, "api_key_secret", VISIBLE, &is_visible);
    let number =
        part(&mut section, "phone_number", "must be in E.164, such as +12125550100", &is_e164);
    let service =
        part(&mut section, "messaging_service_sid", "must be MG and 32 hexadecimal digits", &|t| {
            is_sid("MG", t)
        });

    if none {
        if mentioned {
            section.fault(section.at, "none", "must stand alone");
        }
        section.end();
        return TwilioEntry::Removed;
    }
    for key in ["account_sid", "auth_token"] {
        if !section.has(key) {
            section.fault(section.at, key, "is missing");
        }
    }
    if section.has("api_key_sid") != section.has("api_key_secret") {
        section.fault(section.at, "api_key_sid", "and api_key_secret go together");
    }
    if section.has("phone_number") == section.has("messaging_service_sid") {
        section.fault(
            section.at,
            "phone_number",
            "or messaging_service_sid must be there, not both",
        );
    }
    section.end();
    let plain = |text: SecretString| text.expose_secret().to_owned();
    TwilioEntry::Account(Account {
        account_sid: account_sid.unwrap_or_default(),
        auth_token: auth_token.unwrap_or_default(),
        secondary_auth_token: secondary,
        api_key: key_sid.zip(key_secret),
        sender: match (number, service) {
            (None, Some(sid)) => Sender::MessagingService(plain(sid)),
            (number, _) => Sender::PhoneNumber(number.map(plain).unwrap_or_default()),
        },
    })
}

const VISIBLE: &str = "must be letters, digits and signs, without spaces";

/// What an HTTP header carries as it is.
fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_SECRET && text.bytes().all(|b| b.is_ascii_graphic())
}

fn shared(
    section: &mut Section<'_, '_>,
    key: &'static str,
    secrets: &mut Secrets<'_>,
) -> Option<Vec<SecretString>> {
    let mut all: Vec<SecretString> = Vec::new();
    for text in section.texts(key)? {
        let Some(secret) = fetch(section, text, secrets) else { continue };
        let value = secret.expose_secret();
        if !is_visible(value) {
            section.fault_of(text, VISIBLE);
        } else if value.len() < SHORTEST_SECRET {
            section.fault_of(
                text,
                &format!("refers to a secret of less than {SHORTEST_SECRET} characters"),
            );
        } else if all.iter().any(|other| other.expose_secret() == value) {
            section.fault_of(text, "refers to the same secret twice");
        } else {
            all.push(secret);
        }
    }
    Some(all)
}

/// What a reference leads to. A file that is at fault already gets no lines of standard input.
fn fetch(
    section: &Section<'_, '_>,
    text: Text<'_>,
    secrets: &mut Secrets<'_>,
) -> Option<SecretString> {
    if text.text == "stdin" && section.sheet.check().is_err() {
        return None;
    }
    secrets.fetch(text.text).map_err(|fault| section.fault_of(text, fault.rule())).ok()
}
