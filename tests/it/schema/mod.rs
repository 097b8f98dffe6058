//! The schema as code: every migration goes up and down, `schema.rs` says what the tables are, every
//! table is its organization's, every constraint has a chosen name, and each refuses what it is named for.

mod catalog;
mod freshness;
mod indexes;
mod kept_rows;
mod migrations;
mod ownership;
mod refusals;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness;
use vapi_gateway::db::migrations::MIGRATIONS;

use crate::harness::cluster::TestDatabase;
use crate::harness::gateway::migrated_database;
use crate::harness::rows::execute;

/// A database without a table.
pub(crate) async fn empty_database() -> TestDatabase {
    let database = migrated_database().await;
    execute(&database.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    database
}

/// What runs single migrations. Needs a multi-threaded runtime.
async fn harness(url: &str) -> AsyncMigrationHarness<AsyncPgConnection> {
    let conn = AsyncPgConnection::establish(url).await.expect("a connection");
    let mut harness = AsyncMigrationHarness::new(conn);
    // The first question makes diesel's own table.
    assert_eq!(harness.applied_migrations().expect("an answer").len(), 0);
    harness
}

/// Every migration, in order.
fn all() -> Vec<Box<dyn Migration<Pg>>> {
    MigrationSource::<Pg>::migrations(&MIGRATIONS).expect("migrations")
}
