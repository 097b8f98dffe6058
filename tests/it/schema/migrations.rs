//! Migrations: each can be undone, alone and from the end to the beginning; rows live through later
//! ones; and `migrate` may be run again, and twice at once.

use diesel_migrations::MigrationHarness;

use super::catalog::{catalog, difference};
use super::kept_rows::{ROWS, rows_after};
use super::{all, empty_database, harness};
use crate::harness::gateway::migrated_database;
use crate::harness::rows::{execute, rows};
use crate::harness::run::Run;

/// A folder that was added is compiled in only when `src/db/migrations.rs` is compiled again.
#[test]
fn the_program_carries_every_migration() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let entries = std::fs::read_dir(folder).expect("migrations").map(|entry| entry.expect("one"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut folders: Vec<_> =
        folders.map(|entry| entry.file_name().into_string().expect("a name")).collect();
    folders.sort();
    let carried: Vec<_> = all().iter().map(|migration| migration.name().to_string()).collect();
    assert_eq!(carried, folders, "touch src/db/migrations.rs");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_undone_and_done_again() {
    let database = empty_database().await;
    let mut conn = harness(&database.url).await;
    let empty = catalog(&database.url).await;
    let mut before = empty.clone();
    for migration in all() {
        let name = migration.name().to_string();
        conn.run_migration(&migration).unwrap_or_else(|e| panic!("{name} up: {e}"));
        let after = catalog(&database.url).await;
        assert_ne!(after, before, "{name} does nothing that the catalog knows of");
        conn.revert_migration(&migration).unwrap_or_else(|e| panic!("{name} down: {e}"));
        let left = difference(&before, &catalog(&database.url).await);
        assert!(left.is_empty(), "{name} down is not its up undone: {left:#?}");
        conn.run_migration(&migration).unwrap_or_else(|e| panic!("{name} up again: {e}"));
        let changed = difference(&after, &catalog(&database.url).await);
        assert!(changed.is_empty(), "{name} up again is not the same: {changed:#?}");
        before = after;
    }
    let whole = before;
    assert!(whole.len() > 200, "the catalog was read: {}", whole.len());

    conn.revert_all_migrations(vapi_gateway::db::migrations::MIGRATIONS).expect("all down");
    assert_eq!(difference(&empty, &catalog(&database.url).await), Vec::<String>::new());
    conn.run_pending_migrations(vapi_gateway::db::migrations::MIGRATIONS).expect("all up");
    assert_eq!(difference(&whole, &catalog(&database.url).await), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_live_through_later_migrations() {
    let database = empty_database().await;
    let mut conn = harness(&database.url).await;
    let mut expected = Vec::new();
    for migration in all() {
        let name = migration.name().to_string();
        conn.run_migration(&migration).unwrap_or_else(|e| panic!("{name}: {e}"));
        let inserted = rows_after(&name);
        execute(&database.url, inserted).await;
        expected.extend(inserted.lines().filter_map(table_of));
        // Undone and done again, what stood before it is still there.
        conn.revert_migration(&migration).unwrap_or_else(|e| panic!("{name} down: {e}"));
        conn.run_migration(&migration).unwrap_or_else(|e| panic!("{name} again: {e}"));
        execute(&database.url, inserted).await;
    }
    assert_eq!(ROWS.len(), all().len(), "rows of a migration that is gone");
    let mut tables: Vec<&str> = expected.clone();
    tables.sort_unstable();
    tables.dedup();
    let count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    // Diesel's own is the one more.
    assert_eq!(rows(&database.url, count).await[0]["count"], tables.len() + 1, "{tables:?}");
    for table in tables {
        let left = rows(&database.url, &format!("SELECT count(*) FROM {table}")).await;
        let wanted = expected.iter().filter(|name| **name == table).count();
        assert_eq!(left[0]["count"], wanted, "{table}");
    }
    conn.revert_all_migrations(vapi_gateway::db::migrations::MIGRATIONS)
        .expect("all down, with rows in every table");
}

/// The table that a line inserts one row into.
fn table_of(line: &'static str) -> Option<&'static str> {
    line.trim().strip_prefix("INSERT INTO ")?.split_whitespace().next()
}

#[tokio::test(flavor = "multi_thread")]
async fn migrate_brings_an_empty_database_up_to_date_once() {
    let database = empty_database().await;
    let migrate = || Run::new(&["migrate"]).env("DATABASE_URL", &database.url).output();
    let first = migrate().await;
    assert_eq!(first.out, format!("Ran {} migrations; the database is up to date.\n", all().len()));
    let second = migrate().await;
    assert_eq!(second.out, "The database is up to date.\n");
    assert_eq!((first.code, second.code), (Some(0), Some(0)));
    let template = migrated_database().await;
    let template = catalog(&template.url).await;
    assert_eq!(difference(&template, &catalog(&database.url).await), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_migrate_at_once_both_succeed() {
    let database = empty_database().await;
    let migrate = || Run::new(&["migrate"]).env("DATABASE_URL", &database.url).output();
    let both = tokio::join!(migrate(), migrate());
    let mut told = [both.0.clone().out, both.1.clone().out];
    told.sort();
    assert_eq!((both.0.code, both.1.code), (Some(0), Some(0)), "{both:?}");
    assert!(told[0].starts_with("Ran "), "{told:?}");
    assert_eq!(told[1], "The database is up to date.\n");
}

/// Whoever migrates waits for whoever does so already, for as long as it takes.
#[tokio::test(flavor = "multi_thread")]
async fn migrate_waits_for_its_turn() {
    let database = empty_database().await;
    let other = crate::harness::cluster::connect(&database.url).await;
    // The number that names the lock (src/db/migrations.rs).
    other.batch_execute("SELECT pg_advisory_lock(130160869861239)").await.unwrap();
    let waiting = Run::new(&["migrate"]).env("DATABASE_URL", &database.url);
    let waiting = tokio::spawn(async move { waiting.output().await });
    let blocked = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    crate::harness::run::until("migrate waits for the lock", async || {
        !rows(&database.url, blocked).await.is_empty()
    })
    .await;
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    assert!(rows(&database.url, tables).await.is_empty());
    drop(other);
    assert_eq!(waiting.await.unwrap().code, Some(0));
}

/// A role of a managed Postgres is no superuser.
#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_role_that_owns_its_database_suffices() {
    let database = empty_database().await;
    let role = format!("ordinary_{}", database.name);
    let setup = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'synthetic'; ALTER DATABASE {} OWNER TO {role}; \
         ALTER SCHEMA public OWNER TO {role}",
        database.name
    );
    execute(&database.url, &setup).await;
    let (_, address) = database.url.rsplit_once('@').expect("an address");
    let url = format!("postgres://{role}:synthetic@{address}");
    let migrated = Run::new(&["migrate"]).env("DATABASE_URL", &url).output().await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    let whole = migrated_database().await;
    let whole = catalog(&whole.url).await;
    assert_eq!(difference(&whole, &catalog(&url).await), Vec::<String>::new());
    execute(&database.url, &format!("REASSIGN OWNED BY {role} TO CURRENT_USER; DROP ROLE {role}"))
        .await;
}
