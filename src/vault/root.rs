//! Keys derived from a configured one: for each organization, each use and each purpose another, so that
//! what leaks of one opens nothing else. Nothing here is stored; the same root gives the same keys again.

use ring::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    hkdf::{self, HKDF_SHA256},
    hmac::{self, HMAC_SHA256},
};

use super::{VaultError, failed};
use crate::{config::VaultKey, domain::org_id::OrgId};

/// Part of every derivation, so that the same root key used elsewhere would give other keys.
const LABEL: &[u8] = b"vapi-gateway/vault/1";

/// A configured key, made ready for deriving.
pub(super) struct Root {
    pub(super) id: u8,
    secret: hkdf::Prk,
}

/// What a derived key is for: keys of different uses never meet, whatever their purposes are called.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Seal,
    Digest,
    Hmac,
}

impl From<&VaultKey> for Root {
    fn from(key: &VaultKey) -> Self {
        // The key is uniformly random already, so HKDF needs no salt (RFC 5869, 3.1).
        Self { id: key.id(), secret: hkdf::Salt::new(HKDF_SHA256, &[]).extract(key.bytes()) }
    }
}

impl Root {
    pub(super) fn sealing_key(&self, org: OrgId) -> Result<LessSafeKey, VaultError> {
        self.derive::<_, UnboundKey>(Use::Seal, org, "", &AES_256_GCM).map(LessSafeKey::new)
    }

    pub(super) fn mac_key(
        &self,
        what_for: Use,
        org: OrgId,
        purpose: &'static str,
    ) -> Result<hmac::Key, VaultError> {
        self.derive(what_for, org, purpose, HMAC_SHA256)
    }

    fn derive<T, K>(
        &self,
        what_for: Use,
        org: OrgId,
        purpose: &'static str,
        kind: T,
    ) -> Result<K, VaultError>
    where
        T: hkdf::KeyType,
        K: for<'a> From<hkdf::Okm<'a, T>>,
    {
        let what_for: &[u8] = match what_for {
            Use::Seal => b"seal/",
            Use::Digest => b"digest/",
            Use::Hmac => b"hmac/",
        };
        // Every part but the last has a fixed length or a fixed end: no two sets of parts read alike.
        let info = [LABEL, &[self.id], org.0.as_bytes(), what_for, purpose.as_bytes()];
        self.secret.expand(&info, kind).map(K::from).map_err(failed)
    }
}
