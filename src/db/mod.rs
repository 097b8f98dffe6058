//! Postgres: one pool, one door to a tenant's transaction, one file per table.
//! Every function takes the organization right after the connection; there is no `find(id)`.
//! Text of Postgres's errors carries data, so none of it leaves this module: see [`Error`].

pub mod appointments;
pub mod audit_log;
mod cached;
pub mod clinics;
mod clock;
pub mod closures;
pub mod confirmation_links;
mod connect;
pub mod customer_twilio_keys;
mod error;
pub mod inbound_messages;
pub mod migrations;
pub mod opening_hours;
pub mod organizations;
pub mod patients;
pub mod provider_days;
pub mod providers;
pub mod reminders;
pub mod schema;
pub mod services;
pub mod sms_alerts;
pub mod sms_attempts;
pub mod sms_breakers;
pub mod sms_consents;
pub mod sms_delivery_events;
pub mod sms_messages;
pub mod sms_numbers_of_day;
pub mod sms_opt_outs;
pub mod text_templates;
pub mod tool_calls;
pub mod vapi_credentials;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel_async::pooled_connection::bb8;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::org_id::OrgId;

pub use connect::{connect, connect_once};
pub use error::Error;

/// One connection; never two at a time in one piece of work, or a full pool waits for itself.
pub type Connection = AsyncPgConnection;

/// The pool.
#[derive(Clone)]
pub struct Db {
    pool: bb8::Pool<Connection>,
    pool_size: u32,
    /// Turns to have a connection at all; `None`: whoever asks is let through.
    turns: Option<Arc<Semaphore>>,
}

/// A connection of the pool, given back when it is dropped, and the turn after it.
pub struct Held<'p> {
    conn: bb8::PooledConnection<'p, Connection>,
    _turn: Option<OwnedSemaphorePermit>,
}

/// What a transaction does at its end.
pub enum End<T> {
    Commit(T),
    /// The work changed nothing that should stay. A loser's COMMIT would be an fsync under the hot
    /// lock (p50 22 ms against 1.5 ms), so losers roll back.
    RollBack(T),
}

impl Db {
    /// A connection, within `database.pool_wait_ms`. Where there are some and others have
    /// them, the database is only busy; where there is none, it is away.
    pub async fn connection(&self) -> Result<Held<'_>, Error> {
        let turn = match &self.turns {
            // Nobody closes it.
            Some(turns) => Arc::clone(turns).acquire_owned().await.ok(),
            None => None,
        };
        let none = |_| if self.usage().1 > 0 { Error::Busy } else { Error::Unavailable };
        Ok(Held { conn: self.pool.get().await.map_err(none)?, _turn: turn })
    }

    /// The same pool for work that nobody waits for: at most half of its connections, so that calls find
    /// one however much there is to do. Who waits for a turn waits as long as it takes.
    pub fn for_background(&self) -> Self {
        let turns = usize::try_from(self.pool_size / 2).unwrap_or(1).max(1);
        Self { turns: Some(Arc::new(Semaphore::new(turns))), ..self.clone() }
    }

    /// Connections in use and in all.
    pub fn usage(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections - state.idle_connections, state.connections)
    }
}

impl Deref for Held<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.conn
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.conn
    }
}

/// The one door to a tenant's transaction: READ COMMITTED, because a statement after a lock must see
/// what the lock's last holder committed. A row-level policy for `org` would be switched on here.
///
/// An error while committing is [`Error::CommitUnknown`]: it may have committed, and only looking for
/// its row on a new connection tells.
pub async fn in_org<T, F>(db: &Db, _org: OrgId, work: F) -> Result<T, Error>
where
    F: for<'c> AsyncFnOnce(&'c mut Connection) -> Result<End<T>, Error>,
{
    let mut conn = db.connection().await?;
    let begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
    AnsiTransactionManager::begin_transaction_sql(&mut *conn, begin).await?;
    match work(&mut conn).await {
        Ok(End::Commit(value)) => {
            match AnsiTransactionManager::commit_transaction(&mut *conn).await.map_err(Error::from)
            {
                Ok(()) => Ok(value),
                // These two are Postgres's own no. All else may be a yes that got lost.
                Err(refused @ (Error::Conflict | Error::Constraint(_))) => Err(refused),
                Err(_) => Err(Error::CommitUnknown),
            }
        }
        Ok(End::RollBack(value)) => {
            AnsiTransactionManager::rollback_transaction(&mut *conn).await?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one that matters; a connection that cannot roll back is broken,
            // and the pool throws it away.
            AnsiTransactionManager::rollback_transaction(&mut *conn).await.ok();
            Err(error)
        }
    }
}
