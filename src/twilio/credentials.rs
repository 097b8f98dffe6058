//! A clinic's own Twilio account: whose it is, what proves it, and which sender its texts come from.
//! Checked once, when made; nothing of it can be read from its `Debug` or from an error about it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// What a text comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum Sender {
    /// One number in E.164.
    PhoneNumber(String),
    /// A messaging service (`MG…`), which picks a number from its pool.
    MessagingService(String),
}

impl Sender {
    /// The number, or the service's sid.
    pub fn as_str(&self) -> &str {
        match self {
            Self::PhoneNumber(text) | Self::MessagingService(text) => text,
        }
    }
}

/// An API key (`SK…`) and its secret, which Twilio prefers to the account's own token for sending.
#[derive(Clone)]
pub struct ApiKey {
    pub sid: String,
    pub secret: SecretString,
}

#[derive(Clone)]
pub struct Credentials {
    account_sid: String,
    auth_token: SecretString,
    api_key: Option<ApiKey>,
    sender: Sender,
}

impl Credentials {
    /// Refuses what Twilio could only refuse later, when a patient is on the line.
    pub fn new(
        account_sid: String,
        auth_token: SecretString,
        api_key: Option<ApiKey>,
        sender: Sender,
    ) -> Result<Self, CredentialsError> {
        if !is_sid("AC", &account_sid) {
            return Err(CredentialsError::AccountSid);
        }
        if auth_token.expose_secret().is_empty() {
            return Err(CredentialsError::AuthToken);
        }
        if let Some(key) = &api_key {
            if !is_sid("SK", &key.sid) {
                return Err(CredentialsError::ApiKeySid);
            }
            if key.secret.expose_secret().is_empty() {
                return Err(CredentialsError::ApiKeySecret);
            }
        }
        match &sender {
            Sender::PhoneNumber(number) if !is_e164(number) => Err(CredentialsError::PhoneNumber),
            Sender::MessagingService(sid) if !is_sid("MG", sid) => {
                Err(CredentialsError::MessagingServiceSid)
            }
            _ => Ok(Self { account_sid, auth_token, api_key, sender }),
        }
    }

    pub fn account_sid(&self) -> &str {
        &self.account_sid
    }

    /// The account's primary token. Twilio signs its webhooks with it, never with an API key's secret.
    pub fn auth_token(&self) -> &SecretString {
        &self.auth_token
    }

    pub fn api_key(&self) -> Option<&ApiKey> {
        self.api_key.as_ref()
    }

    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// User name and password of a request: the API key's where there is one.
    pub(super) fn basic(&self) -> (&str, &SecretString) {
        match &self.api_key {
            Some(key) => (&key.sid, &key.secret),
            None => (&self.account_sid, &self.auth_token),
        }
    }
}

/// Which part is not what Twilio calls by that name. It never quotes the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    #[error("an account SID is AC and 32 hexadecimal digits")]
    AccountSid,
    #[error("the auth token is empty")]
    AuthToken,
    #[error("an API key SID is SK and 32 hexadecimal digits")]
    ApiKeySid,
    #[error("the API key's secret is empty")]
    ApiKeySecret,
    #[error("the sender's number is not in E.164: a plus sign and 7 to 15 digits")]
    PhoneNumber,
    #[error("a messaging service SID is MG and 32 hexadecimal digits")]
    MessagingServiceSid,
}

/// The shape of Twilio's identifiers: a prefix such as `AC` and 32 hexadecimal digits.
pub fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The shape alone; Twilio knows whether the number is the account's.
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PhoneNumber(_) => "PhoneNumber(..)",
            Self::MessagingService(_) => "MessagingService(..)",
        })
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(..)")
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}
