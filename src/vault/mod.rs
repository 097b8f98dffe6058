//! Secrets at rest: sealed where they are needed again (Twilio tokens, HMAC keys), digested where they
//! are only compared (shared secrets, bearer tokens). A value opens only in the organization, table,
//! column and row it was sealed for. What this does not do: hide a value's length, or help against
//! someone who holds both the database and the configured key.
//!
//! A sealed blob is version | key id | nonce (12 bytes) | ciphertext and tag, by AES-256-GCM under a key
//! per organization; a digest is version | key id | HMAC-SHA256. Both kinds of key come from a configured
//! root key by HKDF-SHA256 (RFC 5869). Nonces are random: safe for 2^32 seals per organization and root
//! key (NIST SP 800-38D, 8.3), where a clinic needs a handful.

mod root;

use std::{collections::BTreeSet, fmt};

use ring::{
    aead::{Aad, NONCE_LEN, Nonce},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroize};
use uuid::Uuid;

use self::root::{Root, Use};
use crate::{
    config::{VAULT_KEY_BYTES, VaultKey},
    domain::org_id::OrgId,
};

/// Of both stored forms; another layout will have another number.
const VERSION: u8 = 1;

/// The purpose of the digests of what Vapi shows in `x-vapi-secret` or as a bearer token.
pub const VAPI_SECRET: &str = "vapi_secret";

/// Where a sealed value lives. A table without an id of its own uses the organization's as `row`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub org: OrgId,
    pub table: &'static str,
    pub column: &'static str,
    pub row: Uuid,
}

/// Says what went wrong, never with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the vault has no key")]
    NoKey,
    #[error("two keys of the vault have the id {0}")]
    SameKeyId(u8),
    #[error("this is not a sealed value")]
    NotSealed,
    #[error("the key {0}, which sealed this value, is not configured")]
    UnknownKey(u8),
    #[error("the value was altered, or was sealed for another place")]
    NotAuthentic,
    #[error("the sealed value is not text")]
    NotText,
    #[error("the system's cryptography failed")]
    Failed,
}

/// Seals with the first configured key and opens with all of them, so that a key can be replaced.
pub struct Vault {
    newest: Root,
    older: Vec<Root>,
    random: SystemRandom,
}

impl Vault {
    /// `keys` newest first, with distinct ids.
    pub fn new(keys: &[VaultKey]) -> Result<Self, VaultError> {
        let (newest, older) = keys.split_first().ok_or(VaultError::NoKey)?;
        let mut ids = BTreeSet::new();
        if let Some(twice) = keys.iter().find(|key| !ids.insert(key.id())) {
            return Err(VaultError::SameKeyId(twice.id()));
        }
        Ok(Self {
            newest: Root::from(newest),
            older: older.iter().map(Root::from).collect(),
            random: SystemRandom::new(),
        })
    }

    /// A new random key under this id, as `vault.keys` takes it.
    pub fn generate_key(id: u8) -> Result<SecretString, VaultError> {
        let mut bytes = [0; VAULT_KEY_BYTES];
        SystemRandom::new().fill(&mut bytes).map_err(failed)?;
        let text = VaultKey::new(id, bytes).to_text();
        bytes.zeroize();
        Ok(text)
    }

    /// Encrypts `plain` for `place`; each call gives another blob.
    pub fn seal(&self, place: Place, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(failed)?;
        let root = &self.newest;
        let mut text = plain.to_vec();
        let tag = root
            .sealing_key(place.org)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(bound_to(place, root.id)),
                &mut text,
            )
            .map_err(failed)?;
        Ok([&[VERSION, root.id], nonce.as_slice(), &text, tag.as_ref()].concat())
    }

    /// Decrypts what [`Vault::seal`] made for this very place; anything else is an error, never a panic.
    pub fn open(&self, place: Place, blob: &[u8]) -> Result<SecretSlice<u8>, VaultError> {
        let (id, rest) = unwrap_version(blob).ok_or(VaultError::NotSealed)?;
        let (nonce, text) = rest.split_first_chunk().ok_or(VaultError::NotSealed)?;
        let root = self.root(id).ok_or(VaultError::UnknownKey(id))?;
        let mut text = text.to_vec();
        let opened = root
            .sealing_key(place.org)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(bound_to(place, id)),
                &mut text,
            )
            .map(|plain| SecretSlice::from(plain.to_vec()))
            .map_err(not_authentic);
        text.zeroize();
        opened
    }

    /// [`Vault::open`] for values that were text.
    pub fn open_text(&self, place: Place, blob: &[u8]) -> Result<SecretString, VaultError> {
        let bytes = self.open(place, blob)?;
        match std::str::from_utf8(bytes.expose_secret()) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(VaultError::NotText),
        }
    }

    /// What is stored of a secret that will only be compared. The same secret always gives the same
    /// digest, until the newest key changes. `purpose` keeps unlike secrets apart.
    pub fn digest(
        &self,
        org: OrgId,
        purpose: &'static str,
        secret: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let tag = hmac::sign(&self.newest.mac_key(Use::Digest, org, purpose)?, secret);
        Ok([&[VERSION, self.newest.id], tag.as_ref()].concat())
    }

    /// Whether `digest` was made of this secret, here, with a key we still have. Constant time.
    pub fn verify_digest(
        &self,
        org: OrgId,
        purpose: &'static str,
        secret: &[u8],
        digest: &[u8],
    ) -> bool {
        let Some((id, tag)) = unwrap_version(digest) else { return false };
        let Some(root) = self.root(id) else { return false };
        // `hmac::verify` refuses a tag of any other length than its own.
        root.mac_key(Use::Digest, org, purpose)
            .is_ok_and(|key| hmac::verify(&key, secret, tag).is_ok())
    }

    /// The organization's key for signing what we hand out under this purpose (slot ids).
    pub fn hmac_key(&self, org: OrgId, purpose: &'static str) -> Result<hmac::Key, VaultError> {
        self.newest.mac_key(Use::Hmac, org, purpose)
    }

    /// Newest first: what was signed before a key was replaced still reads with a later one.
    pub fn hmac_keys(
        &self,
        org: OrgId,
        purpose: &'static str,
    ) -> Result<Vec<hmac::Key>, VaultError> {
        self.roots().map(|root| root.mac_key(Use::Hmac, org, purpose)).collect()
    }

    fn root(&self, id: u8) -> Option<&Root> {
        self.roots().find(|root| root.id == id)
    }

    fn roots(&self) -> impl Iterator<Item = &Root> {
        std::iter::once(&self.newest).chain(&self.older)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

/// The additional data: not stored, but without it nothing opens. Names of tables hold no zero byte.
fn bound_to(place: Place, key_id: u8) -> Vec<u8> {
    let Place { org, table, column, row } = place;
    let ids = [org.0.as_bytes().as_slice(), row.as_bytes()].concat();
    [&[VERSION, key_id], ids.as_slice(), table.as_bytes(), &[0], column.as_bytes()].concat()
}

fn unwrap_version(blob: &[u8]) -> Option<(u8, &[u8])> {
    match blob {
        [VERSION, id, rest @ ..] => Some((*id, rest)),
        _ => None,
    }
}

fn failed(_: ring::error::Unspecified) -> VaultError {
    VaultError::Failed
}

fn not_authentic(_: ring::error::Unspecified) -> VaultError {
    VaultError::NotAuthentic
}
