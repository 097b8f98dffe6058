//! The credentials of organizations, kept for a moment: a call costs no query for them, and while the
//! database is away a caller who was known a moment ago still hears a sentence.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use ring::hmac;
use secrecy::ExposeSecret;
use time::OffsetDateTime;
use tokio::time::timeout;

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
    turns: Mutex<HashMap<String, Turn>>,
}

/// Held by whoever reads the credentials of one name.
type Turn = Arc<tokio::sync::Mutex<()>>;

impl CredentialCache {
    /// The organization of this name with its credentials. `None`: there is none. An error: the
    /// database is away and what is remembered is too old.
    ///
    /// One request at a time reads: a hundred callers of a clinic do not ask for a hundred connections,
    /// and while a database that hangs keeps one of them, the others go by what is remembered.
    pub(super) async fn find(&self, app: &App, name: &str) -> Result<Option<Known>, db::Error> {
        let vapi = &app.config.vapi;
        let remembered = self.recall(name, vapi.credential_stale);
        if remembered.as_ref().is_some_and(|k| k.read_at.elapsed() < vapi.credential_fresh) {
            return Ok(remembered);
        }
        let turn = self.turn(name);
        let reading = async {
            let _ours = match &remembered {
                Some(_) => match turn.try_lock() {
                    Ok(ours) => ours,
                    Err(_taken) => return Ok(remembered.clone()),
                },
                None => turn.lock().await,
            };
            // Whoever waited finds what the one before has read.
            if let Some(known) = self.recall(name, vapi.credential_fresh) {
                return Ok(Some(known));
            }
            let known = match &remembered {
                Some(_) => read(app, name).await?,
                None => read_patiently(app, name).await?,
            };
            self.remember(name, known.as_ref());
            Ok(known)
        };
        let read = timeout(app.config.database.budget, reading).await;
        self.end_turn(name, turn);
        match read.unwrap_or(Err(db::Error::Unavailable)) {
            Err(error) => remembered.map(Some).ok_or(error),
            known => known,
        }
    }

    /// What is remembered of the name, unless it was read longer ago.
    fn recall(&self, name: &str, within: Duration) -> Option<Known> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(name).filter(|known| known.read_at.elapsed() < within).cloned()
    }

    fn turn(&self, name: &str) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(name.to_owned()).or_default())
    }

    /// Forgets the turn if nobody else has it or waits for it: made-up names must not pile up.
    fn end_turn(&self, name: &str, turn: Turn) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        drop(turn);
        if turns.get(name).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(name);
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

/// Tries until the caller's limit: a pool that is full, or that is only just opening its connections, is
/// waited for, because without credentials nobody can be answered at all.
async fn read_patiently(app: &App, name: &str) -> Result<Option<Known>, db::Error> {
    loop {
        match read(app, name).await {
            Err(db::Error::Busy | db::Error::Unavailable) => {}
            read => return read,
        }
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
