//! The credentials of organizations, kept for a moment: a call costs no query for them, and while the
//! database is away a caller who was known a moment ago still hears a sentence.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use ring::hmac;
use secrecy::ExposeSecret;
use time::OffsetDateTime;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;
use uuid::Uuid;

use crate::app::App;
use crate::clock::wall_now;
use crate::db::vapi_credentials::{self, TABLE, VapiCredentialRow};
use crate::db::{self, organizations};
use crate::domain::org_id::OrgId;
use crate::vault::{Place, VAPI_SECRET};

/// Beyond this many organizations the cache starts anew; only existing ones get in.
const MOST_ENTRIES: usize = 10_000;

/// So many names that are not remembered are looked up at once: the rest of the pool is for calls.
const NEWCOMERS_AT_ONCE: usize = 2;

/// For so long a name that nobody has is not looked up again, and so many are kept in mind.
const NOBODY_FOR: Duration = Duration::from_secs(1);
const MOST_NOBODIES: usize = 1_000;

/// While the database is away, one line in this time says so, however many requests meet it.
const BETWEEN_COMPLAINTS: Duration = Duration::from_secs(1);

/// What lets a request speak for an organization.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) org: OrgId,
    credentials: Arc<Vec<VapiCredentialRow>>,
    read_at: Instant,
    /// Held by whoever reads them again.
    rereading: Arc<Mutex<()>>,
}

/// By the canonical form of the name in the URL.
pub struct CredentialCache {
    entries: RwLock<HashMap<String, Known>>,
    /// Turns to read the credentials of a name that is not remembered.
    newcomers: Semaphore,
    /// Names that nobody has, and when that was found.
    nobodies: RwLock<HashMap<String, Instant>>,
    complained_at: RwLock<Option<Instant>>,
}

impl Default for CredentialCache {
    fn default() -> Self {
        Self {
            entries: RwLock::default(),
            newcomers: Semaphore::new(NEWCOMERS_AT_ONCE),
            nobodies: RwLock::default(),
            complained_at: RwLock::default(),
        }
    }
}

impl CredentialCache {
    /// The organization of this name with its credentials. `None`: there is none. An error: the
    /// database is away and what is remembered is too old.
    pub(super) async fn find(&self, app: &App, name: &str) -> Result<Option<Known>, db::Error> {
        let vapi = &app.config.vapi;
        let name = canonical(name);
        let remembered = self.recall(&name, vapi.credential_stale);
        if remembered.as_ref().is_some_and(|k| k.read_at.elapsed() < vapi.credential_fresh) {
            return Ok(remembered);
        }
        let reading = async {
            match &remembered {
                Some(known) => self.reread(app, &name, known).await,
                None => self.get_to_know(app, &name).await,
            }
        };
        let read = timeout(app.config.database.budget, reading).await;
        match read.unwrap_or(Err(db::Error::Unavailable)) {
            Err(error) => remembered.map(Some).ok_or_else(|| self.complain(error)),
            known => known,
        }
    }

    fn complain(&self, error: db::Error) -> db::Error {
        let mut last = self.complained_at.write().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() >= BETWEEN_COMPLAINTS) {
            *last = Some(Instant::now());
            tracing::error!(%error, "Credentials cannot be read, and none are remembered");
        }
        error
    }

    /// One request at a time reads: a hundred callers of a clinic do not ask for a hundred connections,
    /// and while a database that hangs keeps one of them, the others go by what is remembered.
    async fn reread(
        &self,
        app: &App,
        name: &str,
        known: &Known,
    ) -> Result<Option<Known>, db::Error> {
        let Ok(_ours) = known.rereading.try_lock() else { return Ok(Some(known.clone())) };
        self.read(app, name).await
    }

    /// Tries until the caller's limit: a pool that is full, or that is only just opening its connections,
    /// is waited for, because without credentials nobody can be answered at all. Anybody can make up
    /// names, so few are looked up at once, and each try takes its turn.
    async fn get_to_know(&self, app: &App, name: &str) -> Result<Option<Known>, db::Error> {
        loop {
            let _turn = self.newcomers.acquire().await;
            match self.read(app, name).await {
                Err(db::Error::Busy | db::Error::Unavailable) => {}
                read => return read,
            }
        }
    }

    /// Reads, unless somebody has done so while we waited for our turn.
    async fn read(&self, app: &App, name: &str) -> Result<Option<Known>, db::Error> {
        if let Some(known) = self.recall(name, app.config.vapi.credential_fresh) {
            return Ok(Some(known));
        }
        if self.is_nobody(name) {
            return Ok(None);
        }
        let known = read(app, name).await?;
        self.remember(name, known.as_ref());
        Ok(known)
    }

    /// What is remembered of the name, unless it was read longer ago.
    fn recall(&self, name: &str, within: Duration) -> Option<Known> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(name).filter(|known| known.read_at.elapsed() < within).cloned()
    }

    fn is_nobody(&self, name: &str) -> bool {
        let nobodies = self.nobodies.read().unwrap_or_else(PoisonError::into_inner);
        nobodies.get(name).is_some_and(|found_at| found_at.elapsed() < NOBODY_FOR)
    }

    fn remember(&self, name: &str, known: Option<&Known>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        match known {
            Some(known) => keep(&mut entries, MOST_ENTRIES, name, known.clone()),
            None => {
                entries.remove(name);
                let mut nobodies = self.nobodies.write().unwrap_or_else(PoisonError::into_inner);
                keep(&mut nobodies, MOST_NOBODIES, name, Instant::now());
            }
        }
    }
}

/// Where there is no more room, all is forgotten and read anew.
fn keep<T>(names: &mut HashMap<String, T>, most: usize, name: &str, value: T) {
    if names.len() >= most {
        names.clear();
    }
    names.insert(name.to_owned(), value);
}

/// One name for the thousands of spellings of an id.
fn canonical(name: &str) -> String {
    Uuid::parse_str(name).map_or_else(|_a_slug| name.to_owned(), |id| id.to_string())
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
    Ok(Some(Known { org, credentials, read_at, rereading: Arc::default() }))
}
