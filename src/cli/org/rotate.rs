//! `org rotate-secret`: a new shared secret, shown once, while the earlier ones still hold for a while.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{SecretString, zeroize::Zeroize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::audit_log::{self, Actor};
use crate::db::vapi_credentials::{self, SECRET};
use crate::db::{self, Connection, Db, End, organizations};
use crate::domain::org_id::OrgId;
use crate::vault::{Vault, VaultError};

use super::{OrgError, keys};

/// As random as the vault's own keys.
const SECRET_BYTES: usize = 32;

/// A secret that nobody has seen yet.
pub struct Rotated {
    pub org: OrgId,
    /// Only its digest is stored: this is the one time that it can be shown.
    pub secret: SecretString,
    /// How many earlier secrets this ended.
    pub ended: usize,
    /// HMAC keys in force, which this leaves as they are.
    pub hmac_keys: usize,
}

/// Makes a new secret for the organization of this slug or id. Its earlier secrets end at `end_at`, those
/// that end sooner excepted; without `end_at`, at once. HMAC keys stay as they are.
pub async fn rotate_secret(
    db: &Db,
    vault: &Vault,
    slug: &str,
    end_at: Option<OffsetDateTime>,
) -> Result<Rotated, OrgError> {
    let found = organizations::find(&*db.connection().await?, slug).await?;
    let org = OrgId(found.ok_or(OrgError::NotFound)?.id);
    let secret = generate()?;
    let row = keys::sealed(vault, org, SECRET, &secret)?;
    let (ended, hmac_keys) = db::in_org(db, org, async |conn| {
        let in_force = vapi_credentials::list(conn, org).await?;
        let (earlier, others): (Vec<_>, Vec<_>) = in_force.iter().partition(|c| c.kind == SECRET);
        for credential in &earlier {
            end(conn, org, credential.id, end_at).await?;
        }
        vapi_credentials::insert(conn, &row).await?;
        let details = json!({ "ended": earlier.len() });
        audit_log::insert(conn, org, Actor::Operator, "vapi_secret_rotated", row.id, details)
            .await?;
        Ok(End::Commit((earlier.len(), others.len())))
    })
    .await?;
    Ok(Rotated { org, secret, ended, hmac_keys })
}

async fn end(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    at: Option<OffsetDateTime>,
) -> Result<(), db::Error> {
    match at {
        Some(at) => vapi_credentials::expire(conn, org, id, at).await,
        None => vapi_credentials::revoke(conn, org, id).await,
    }
}

fn generate() -> Result<SecretString, VaultError> {
    let mut bytes = [0; SECRET_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_unspecified| VaultError::Failed)?;
    let text = URL_SAFE_NO_PAD.encode(bytes).into();
    bytes.zeroize();
    Ok(text)
}

impl fmt::Debug for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotated")
            .field("org", &self.org)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
