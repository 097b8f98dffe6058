//! Credentials by reference: `"env:NAME"` is a variable of the environment, `"stdin"` the next line of
//! standard input. The lines are taken in this order, whatever the file's: `[vapi]` secret, hmac_key;
//! `[twilio]` account_sid, auth_token, secondary_auth_token, api_key_sid, api_key_secret, phone_number,
//! messaging_service_sid.

use std::fmt;
use std::io::BufRead;

use secrecy::SecretString;

/// Where references lead.
pub struct Secrets<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    input: &'a mut dyn BufRead,
}

/// What is wrong with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretFault {
    Literal,
    Unset,
    NoLine,
}

impl<'a> Secrets<'a> {
    pub fn new(
        environment: &'a dyn Fn(&str) -> Option<String>,
        input: &'a mut dyn BufRead,
    ) -> Self {
        Self { environment, input }
    }

    pub(super) fn fetch(&mut self, reference: &str) -> Result<SecretString, SecretFault> {
        if reference == "stdin" {
            let mut line = String::new();
            return match self.input.read_line(&mut line) {
                Ok(length) if length > 0 => Ok(line.trim_end_matches(['\r', '\n']).into()),
                _ => Err(SecretFault::NoLine),
            };
        }
        let name = reference.strip_prefix("env:").ok_or(SecretFault::Literal)?;
        (self.environment)(name)
            .filter(|value| !value.is_empty())
            .map(Into::into)
            .ok_or(SecretFault::Unset)
    }
}

/// Whether the text refers to a value rather than being one.
pub(super) fn is_reference(text: &str) -> bool {
    text == "stdin" || text.starts_with("env:")
}

impl SecretFault {
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::Literal => {
                "must not be the credential itself: refer to it as \"env:NAME\" (a variable of the \
                 environment) or \"stdin\" (the next line of standard input)"
            }
            Self::Unset => "refers to a variable that is not set or empty",
            Self::NoLine => "refers to a line that standard input does not have",
        }
    }
}

impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}
