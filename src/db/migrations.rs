//! The schema's versions, embedded in the program. `serve` never migrates: nodes that start together
//! would race. `vapi-gateway migrate` does, one at a time.

use std::time::Duration;

use diesel_async::{AsyncMigrationHarness, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::config::DatabaseConfig;
use crate::db::{Db, Error, connect_once};

/// All migrations, in order.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// An arbitrary number that names the migration lock among Postgres's advisory locks.
const LOCK: i64 = 0x7661_7069_6777;

/// How long connecting may take: no caller waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Brings the database up to date and says how many migrations it took. Whoever else migrates the same
/// database waits until we are done. Needs a multi-threaded runtime.
pub async fn run(config: &DatabaseConfig) -> Result<usize, Error> {
    let patient = DatabaseConfig { connect: config.connect.max(PATIENCE), ..config.clone() };
    let mut conn = connect_once(&patient).await?;
    conn.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0").await?;
    diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(LOCK)
        .execute(&mut conn)
        .await?;
    // The lock goes with the connection, whatever happens.
    let mut harness = AsyncMigrationHarness::new(conn);
    harness
        .run_pending_migrations(MIGRATIONS)
        .map(|versions| versions.len())
        .map_err(|_reason| Error::Broken("a migration failed"))
}

/// Whether every migration of this program has been run.
pub async fn is_current(db: &Db) -> Result<bool, Error> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        version: String,
    }
    let mut conn = db.connection().await?;
    let run: Vec<Version> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations")
        .load(&mut *conn)
        .await?;
    let known = diesel::migration::MigrationSource::<diesel::pg::Pg>::migrations(&MIGRATIONS)
        .map_err(|_reason| Error::Broken("the embedded migrations cannot be listed"))?;
    Ok(known.iter().all(|m| run.iter().any(|r| r.version == m.name().version().to_string())))
}
