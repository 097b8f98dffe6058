//! The credentials of organizations, kept for a moment: a call costs no query for them, and while the
//! database is away a caller who was known a moment ago still hears a sentence.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use ring::hmac;
use secrecy::ExposeSecret;
use time::OffsetDateTime;

use crate::app::App;
use crate::clock::wall_now;
use crate::db::vapi_credentials::{self, TABLE, VapiCredentialRow};
use crate::db::{self, organizations};
use crate::domain::org_id::OrgId;
use crate::vault::{Place, VAPI_SECRET};

/// Beyond this many organizations the cache starts anew; only existing ones get in.
const MOST_ENTRIES: usize = 10_000;

/// What lets a request speak for an organization.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) org: OrgId,
    credentials: Arc<Vec<VapiCredentialRow>>,
    read_at: Instant,
}

/// By the name in the URL.
#[derive(Default)]
pub struct CredentialCache {
    entries: RwLock<HashMap<String, Known>>,
}

impl CredentialCache {
    /// The organization of this name with its credentials. `None`: there is none. An error: the
    /// database is away and what is remembered is too old.
    pub(super) async fn find(&self, app: &App, name: &str) -> Result<Option<Known>, db::Error> {
        let remembered =
            self.entries.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = &remembered
            && known.read_at.elapsed() < app.config.vapi.credential_fresh
        {
            return Ok(remembered);
        }
        match read(app, name).await {
            Ok(known) => {
                self.remember(name, known.as_ref());
                Ok(known)
            }
            Err(error) => remembered
                .filter(|known| known.read_at.elapsed() < app.config.vapi.credential_stale)
                .map(Some)
                .ok_or(error),
        }
    }

    fn remember(&self, name: &str, known: Option<&Known>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST_ENTRIES {
            entries.clear();
        }
        match known {
            Some(known) => entries.insert(name.to_owned(), known.clone()),
            None => entries.remove(name),
        };
    }
}

impl Known {
    /// Whether this is one of the organization's shared secrets. Compared in constant time.
    pub(super) fn has_secret(&self, app: &App, shown: &[u8]) -> bool {
        let digests = self.in_force().filter_map(|row| row.digest.as_deref());
        // Every digest is compared: how long it takes does not say which one it was.
        digests.fold(false, |found, digest| {
            app.vault.verify_digest(self.org, VAPI_SECRET, shown, digest) | found
        })
    }

    /// The organization's HMAC keys.
    pub(super) fn hmac_keys(&self, app: &App) -> Vec<hmac::Key> {
        self.in_force()
            .filter_map(|row| {
                let place =
                    Place { org: self.org, table: TABLE, column: "sealed_key", row: row.id };
                let key = app.vault.open(place, row.sealed_key.as_deref()?).ok()?;
                Some(hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret()))
            })
            .collect()
    }

    fn in_force(&self) -> impl Iterator<Item = &VapiCredentialRow> {
        let now: OffsetDateTime = wall_now();
        self.credentials.iter().filter(move |row| row.expires_at.is_none_or(|at| at > now))
    }
}

async fn read(app: &App, name: &str) -> Result<Option<Known>, db::Error> {
    let read_at = Instant::now();
    let mut conn = app.db.connection().await?;
    let Some(row) = organizations::find(&conn, name).await? else { return Ok(None) };
    let org = OrgId(row.id);
    let credentials = Arc::new(vapi_credentials::list(&mut conn, org).await?);
    Ok(Some(Known { org, credentials, read_at }))
}
