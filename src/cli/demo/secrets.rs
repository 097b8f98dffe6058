//! The demo's keys and secrets: made once, kept in a file that only its owner can read.

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::cli::demo::folder::write_private;
use crate::config::VaultKey;
use crate::twilio::{Credentials, CredentialsError, Sender};
use crate::vault::Vault;

const FILE: &str = "secrets.toml";

/// Twilio's own test number: as a sender it always works, and nobody has it.
const TWILIO_NUMBER: &str = "+15005550006";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    vault_key: String,
    maple_vapi_secret: String,
    voxanne_vapi_secret: String,
    twilio_account_sid: String,
    twilio_auth_token: String,
    twilio_phone_number: String,
}

/// See the module.
pub(super) struct DemoSecrets(Kept);

impl DemoSecrets {
    /// The kept ones, or new ones at the first start.
    pub(super) fn load_or_make(folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            // The text of a parser's error would quote the file.
            Ok(text) => match toml::from_str(&text) {
                Ok(kept) => Ok(Self(kept)),
                Err(_) => {
                    Err(format!("{} cannot be read as the demo's secrets", path.display()).into())
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = Self::make()?;
                write_private(&path, toml::to_string(&made.0)?.as_bytes())?;
                Ok(made)
            }
            Err(error) => Err(format!("cannot read {}: {error}", path.display()).into()),
        }
    }

    fn make() -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self(Kept {
            vault_key: Vault::generate_key(1)?.expose_secret().to_owned(),
            maple_vapi_secret: BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?),
            voxanne_vapi_secret: BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?),
            twilio_account_sid: format!("AC{}", hex(&random::<16>()?)),
            twilio_auth_token: hex(&random::<16>()?),
            twilio_phone_number: TWILIO_NUMBER.to_owned(),
        }))
    }

    /// What the file of the clinic `slug` refers to by `name`.
    pub(super) fn find(&self, slug: &str, name: &str) -> Option<&str> {
        match name {
            "DEMO_VAPI_SECRET" => Some(self.vapi_secret(slug)),
            "DEMO_TWILIO_ACCOUNT_SID" => Some(&self.0.twilio_account_sid),
            "DEMO_TWILIO_AUTH_TOKEN" => Some(&self.0.twilio_auth_token),
            "DEMO_TWILIO_PHONE_NUMBER" => Some(&self.0.twilio_phone_number),
            _ => None,
        }
    }

    pub(super) fn vapi_secret(&self, slug: &str) -> &str {
        if slug == "demo" { &self.0.maple_vapi_secret } else { &self.0.voxanne_vapi_secret }
    }

    /// The vault's key, as a configuration has it.
    pub(super) fn kept_vault_key(&self) -> &str {
        &self.0.vault_key
    }

    pub(super) fn vault_key(&self) -> Result<VaultKey, &'static str> {
        VaultKey::parse(&self.0.vault_key).ok_or("the demo's vault key cannot be read")
    }

    /// The account that the stand-in lets in.
    pub(super) fn twilio_account(&self) -> Result<Credentials, CredentialsError> {
        let token = SecretString::from(self.0.twilio_auth_token.clone());
        let sender = Sender::PhoneNumber(self.0.twilio_phone_number.clone());
        Credentials::new(self.0.twilio_account_sid.clone(), token, None, sender)
    }

    pub(super) fn twilio_account_sid(&self) -> &str {
        &self.0.twilio_account_sid
    }

    pub(super) fn twilio_auth_token(&self) -> &str {
        &self.0.twilio_auth_token
    }

    pub(super) fn twilio_phone_number(&self) -> &str {
        &self.0.twilio_phone_number
    }
}

fn random<const N: usize>() -> Result<[u8; N], &'static str> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_reason| "the system has no random numbers")?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
