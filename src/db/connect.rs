//! Making the pool. Connections are opened on the runtime that called [`connect`], because their
//! driver task lives where they were opened: on an actix worker it would stall or die with that worker.

use std::time::Duration;

use ::bb8::QueueStrategy;
use diesel::ConnectionError;
use diesel::result::Error as DieselError;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection, RecyclingMethod, bb8,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::ExposeSecret;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::DatabaseConfig;
use crate::db::{Db, Error};

/// Connections that are kept open: a call after a quiet hour does not wait for a TLS handshake.
const KEPT_OPEN: u32 = 4;

/// Makes the pool, without waiting for the database: a service whose database is away still answers.
/// Must be called on the main runtime. The URL is a libpq one; without an `sslmode`, TLS is used where
/// the server offers it, except on loopback.
pub fn connect(config: &DatabaseConfig) -> Result<Db, Error> {
    let target = target(config)?;
    let (runtime, limit) = (tokio::runtime::Handle::current(), config.connect);
    let mut manager = ManagerConfig::default();
    // Without a round trip, but not without a look: after a restart of the database every connection
    // that lay idle is dead, and each would cost a caller an answer.
    manager.recycling_method =
        RecyclingMethod::CustomFunction(Box::new(|conn: &mut AsyncPgConnection| {
            let lost = conn.is_broken().then_some(DieselError::BrokenTransactionManager);
            async move { lost.map_or(Ok(()), Err) }.boxed()
        }));
    manager.custom_setup = Box::new(move |_| {
        let (target, runtime) = (target.clone(), runtime.clone());
        async move {
            runtime
                .spawn(open(target, limit))
                .await
                .map_err(|_reason| ConnectionError::BadConnection("the runtime is ending".into()))?
                .map_err(|error| ConnectionError::BadConnection(error.to_string()))
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config("", manager);
    let pool = bb8::Pool::builder()
        .max_size(config.pool_size)
        .min_idle(config.pool_size.min(KEPT_OPEN))
        .connection_timeout(config.pool_wait)
        // The one that was used last is warm: its statements are prepared, its server has read the catalog.
        .queue_strategy(QueueStrategy::Lifo)
        .build_unchecked(manager);
    Ok(Db { pool, pool_size: config.pool_size, turns: None })
}

/// One connection of its own, outside any pool.
pub async fn connect_once(config: &DatabaseConfig) -> Result<AsyncPgConnection, Error> {
    open(target(config)?, config.connect).await
}

/// Opens a connection, within `limit` from the first packet to the last: the driver's own time-out ends
/// with the TCP connect, and a proxy that answers nothing would keep a place in the pool for ever.
async fn open(target: tokio_postgres::Config, limit: Duration) -> Result<AsyncPgConnection, Error> {
    tokio::time::timeout(limit, log_in(target)).await.map_err(|_elapsed| Error::Unavailable)?
}

async fn log_in(target: tokio_postgres::Config) -> Result<AsyncPgConnection, Error> {
    let no_driver = |_reason| Error::Unavailable;
    let conn = if target.get_ssl_mode() == SslMode::Disable {
        let opened = target.connect(tokio_postgres::NoTls).await;
        let (client, connection) = opened.map_err(|error| why_not(&error))?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    } else {
        let tls = rustls::ClientConfig::with_platform_verifier().map_err(|_reason| {
            Error::Refused("asks for TLS, and there are no root certificates")
        })?;
        let opened = target.connect(MakeRustlsConnect::new(tls)).await;
        let (client, connection) = opened.map_err(|error| why_not(&error))?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    };
    Ok(ready(conn.map_err(no_driver)?).await)
}

/// Says why there is no connection. Postgres's own words would quote the URL's user and host.
fn why_not(error: &tokio_postgres::Error) -> Error {
    match error.code() {
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            Error::Refused("refuses this user or password")
        }
        Some(&SqlState::INVALID_CATALOG_NAME) => Error::Refused("does not exist on its server"),
        Some(&SqlState::TOO_MANY_CONNECTIONS) => Error::Refused("has no connection left"),
        _ => Error::Unavailable,
    }
}

/// Asks for English, which `db/error.rs` reads. Only a superuser may, or whoever was granted it, and a
/// start-up option would be the end of everybody else's connection; their servers mostly speak it anyway.
async fn ready(mut conn: AsyncPgConnection) -> AsyncPgConnection {
    conn.batch_execute("SET lc_messages = 'C'").await.ok();
    conn
}

fn target(config: &DatabaseConfig) -> Result<tokio_postgres::Config, Error> {
    let url = config.url.expose_secret();
    let mut target: tokio_postgres::Config =
        url.parse().map_err(|_reason| Error::Broken("database.url is not a Postgres URL"))?;
    if !url.contains("sslmode=") && target.get_hosts().iter().all(is_loopback) {
        target.ssl_mode(SslMode::Disable);
    }
    // Pools and connections have no time-outs by default; these are set once per connection, so that
    // no transaction needs a round trip for them.
    target
        .application_name("vapi-gateway")
        .connect_timeout(config.connect)
        .tcp_user_timeout(config.statement_timeout + Duration::from_secs(1))
        .options(format!(
            "-c lock_timeout={} -c statement_timeout={} -c idle_in_transaction_session_timeout=5000 \
             -c default_transaction_isolation=read\\ committed -c TimeZone=UTC",
            config.lock_timeout.as_millis(),
            config.statement_timeout.as_millis()
        ));
    Ok(target)
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        Host::Unix(_) => true,
    }
}
