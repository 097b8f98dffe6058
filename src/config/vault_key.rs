//! One key of the vault as the configuration writes it: `<id>:<base64 of 32 bytes>`.
//! The bytes are wiped when dropped and are never shown.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroize};

/// AES-256 and HMAC-SHA256 both want this much, and a key is never less random than what it makes.
pub const VAULT_KEY_BYTES: usize = 32;

/// A root key and the number by which everything it sealed names it.
#[derive(Clone)]
pub struct VaultKey {
    id: u8,
    bytes: SecretSlice<u8>,
}

impl VaultKey {
    pub fn new(id: u8, mut bytes: [u8; VAULT_KEY_BYTES]) -> Self {
        let key = Self { id, bytes: SecretSlice::from(bytes.to_vec()) };
        bytes.zeroize();
        key
    }

    /// `None` unless `text` is a number from 0 to 255, a colon and 32 bytes in padded base64.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, encoded) = text.trim().split_once(':')?;
        let mut decoded = STANDARD.decode(encoded.trim()).ok()?;
        let bytes = <[u8; VAULT_KEY_BYTES]>::try_from(decoded.as_slice()).ok();
        decoded.zeroize();
        Some(Self::new(id.parse().ok()?, bytes?))
    }

    /// What [`VaultKey::parse`] reads.
    pub fn to_text(&self) -> SecretString {
        format!("{}:{}", self.id, STANDARD.encode(self.bytes())).into()
    }

    pub fn id(&self) -> u8 {
        self.id
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.expose_secret()
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultKey").field("id", &self.id).finish_non_exhaustive()
    }
}
