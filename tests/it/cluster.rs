//! The private PostgreSQL cluster of the demo and of these tests: it keeps data and password, runs for
//! root too, and its log knows nobody. What crashes do to it is in `cluster_crashes`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vapi_gateway::cli::demo::cluster::{Cluster, ClusterError, ClusterOptions, binaries};

use crate::harness::cluster::connect;
use crate::harness::gateway::migrated_database;

/// A folder that every account can enter, unlike a temporary folder as such.
pub(crate) fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

pub(crate) fn start(data_dir: &Path) -> Result<Cluster, ClusterError> {
    Cluster::start(ClusterOptions { durable: true, ..options(data_dir) })
}

fn options(data_dir: &Path) -> ClusterOptions {
    ClusterOptions { data_dir: data_dir.to_owned(), ..ClusterOptions::default() }
}

/// The first value of the last row, or the server's refusal.
pub(crate) fn ask(url: &str, sql: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls)
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        let rows = client.simple_query(sql).await.map_err(|error| error.to_string())?;
        let values = rows.iter().filter_map(|row| match row {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(values.last().unwrap_or_default())
    })
}

/// What the tests keep in a cluster, and how they look for it.
pub(crate) const WRITE: &str = "CREATE TABLE kept AS SELECT 'still here' AS word";
pub(crate) const READ: &str = "SELECT word FROM kept";

pub(crate) fn kept(cluster: &Cluster) -> String {
    ask(&cluster.url("postgres"), READ).unwrap()
}

#[test]
fn a_second_start_keeps_data_and_password() {
    let folder = open_folder();
    let first = start(folder.path()).unwrap();
    ask(&first.url("postgres"), WRITE).unwrap();
    let password = |cluster: &Cluster| {
        let url = cluster.url("x");
        url.rsplit_once('@').unwrap().0.to_owned()
    };
    let (before, pgdata) = (password(&first), first.pgdata().to_owned());
    first.stop().unwrap();
    assert!(!pgdata.join("postmaster.pid").exists(), "stopped when stop() returns");

    let second = start(folder.path()).unwrap();
    assert_eq!(kept(&second), "still here");
    assert_eq!(password(&second), before);
    let secret = fs::metadata(folder.path().join("postgres.password")).unwrap();
    assert_eq!(secret.mode() & 0o777, 0o600);
}

#[test]
fn it_asks_for_the_password_and_listens_on_loopback_only() {
    let folder = open_folder();
    let cluster = start(folder.path()).unwrap();
    let url = cluster.url("postgres");
    let (_, address) = url.rsplit_once('@').unwrap();
    assert!(ask(&format!("postgres://gateway:guessed@{address}"), READ).is_err());
    let told = |setting| ask(&url, &format!("SHOW {setting}")).unwrap();
    assert_eq!(told("listen_addresses"), "127.0.0.1");
    assert_eq!(told("unix_socket_directories"), "");
    assert_eq!(told("fsync"), "on");
    assert_eq!(told("synchronous_commit"), "on");
    assert_eq!(told("server_encoding"), "UTF8");
    assert_eq!(ask(&url, "CREATE EXTENSION btree_gist").unwrap(), "");
}

#[test]
fn two_at_once_in_one_folder_are_one_too_many() {
    let folder = open_folder();
    let _first = start(folder.path()).unwrap();
    let told = start(folder.path()).err().unwrap().to_string();
    assert!(told.contains("already using"), "{told}");
}

#[test]
fn an_ephemeral_cluster_takes_its_folder_with_it() {
    let parent = open_folder();
    let data_dir = parent.path().join("gone");
    let ephemeral = ClusterOptions { ephemeral: true, ..options(&data_dir) };
    let cluster = Cluster::start(ephemeral).unwrap();
    assert!(data_dir.join("postgres.log").exists());
    cluster.stop().unwrap();
    // The folder itself goes too, where whoever runs the server may remove it.
    assert!(
        fs::read_dir(&data_dir).is_ok_and(|mut left| left.next().is_none()) || !data_dir.exists()
    );
}

#[test]
fn the_log_knows_nobody() {
    let folder = open_folder();
    let cluster = start(folder.path()).unwrap();
    let url = cluster.url("postgres");
    let person = "Synthetic Person";
    ask(&url, "CREATE TABLE patients (name text UNIQUE, number int)").unwrap();
    let insert = format!("INSERT INTO patients VALUES ('{person}')");
    ask(&url, &insert).unwrap();
    let refused = [
        insert,
        format!("INSERT INTO patients (number) VALUES ('{person}')"),
        format!("SELECT 'a' '{person}'"),
        format!("SELECT pg_sleep(1) FROM \"{person}\""),
        format!("SET log_min_messages = '{person}'"),
    ];
    assert!(refused.iter().all(|statement| ask(&url, statement).is_err()));
    cluster.stop().unwrap();
    let log = fs::read_to_string(folder.path().join("postgres.log")).unwrap();
    assert!(log.contains("shut down"), "the log is written: {log}");
    assert!(!log.contains(person), "{log}");
}

#[test]
fn without_postgresql_it_says_how_to_install_it() {
    let empty = open_folder();
    let told = binaries::find_in([empty.path().to_owned()], None).err().unwrap().to_string();
    assert!(told.contains("apt-get install postgresql"), "{told}");
    assert!(told.contains("brew install postgresql"), "{told}");
}

#[test]
fn a_setting_that_the_server_refuses_is_told_with_the_log() {
    let folder = open_folder();
    let settings = vec![("no_such_setting".into(), "on".into())];
    let refused = Cluster::start(ClusterOptions { settings, ..options(folder.path()) });
    let told = refused.err().unwrap().to_string();
    let log = folder.path().join("postgres.log");
    assert!(told.contains(&log.display().to_string()), "{told}");
    assert!(fs::read_to_string(log).unwrap().contains("no_such_setting"));
}

/// A folder of root's that no other account can enter, as root's checkout is. Only root has one.
fn closed_folder() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    (fs::metadata(folder.path()).unwrap().uid() == 0).then_some(folder)
}

/// Removes what a cluster outside its data folder leaves.
struct Outside(PathBuf);

impl Drop for Outside {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn root_runs_it_from_a_folder_that_postgresql_cannot_enter() {
    let Some(folder) = closed_folder() else { return };
    let first = start(folder.path()).unwrap();
    let pgdata = first.pgdata().to_owned();
    let outside = Outside(pgdata.parent().unwrap().to_owned());
    assert!(!pgdata.starts_with(folder.path()));
    let owner = fs::metadata(&outside.0).unwrap();
    assert!(owner.uid() != 0 && owner.mode() & 0o777 == 0o700);
    ask(&first.url("postgres"), WRITE).unwrap();
    first.stop().unwrap();

    let second = start(folder.path()).unwrap();
    assert_eq!(second.pgdata(), pgdata);
    assert_eq!(kept(&second), "still here");
    second.stop().unwrap();

    // A data folder that was removed meant its cluster too.
    fs::remove_file(folder.path().join("postgres.password")).unwrap();
    let third = start(folder.path()).unwrap();
    assert!(ask(&third.url("postgres"), READ).is_err());
}

#[test]
fn root_trusts_no_folder_that_somebody_else_put_there() {
    let Some(folder) = closed_folder() else { return };
    let first = start(folder.path()).unwrap();
    let outside = Outside(first.pgdata().parent().unwrap().to_owned());
    first.stop().unwrap();
    chown(&outside.0, Some(54_321), Some(54_321)).unwrap();
    let told = start(folder.path()).err().unwrap().to_string();
    assert!(told.contains("not this program's own folder"), "{told}");
}

#[tokio::test]
async fn a_test_has_a_database_of_its_own() {
    let (one, other) = (migrated_database().await, migrated_database().await);
    let (client, neighbor) = (connect(&one.url).await, connect(&other.url).await);
    client.batch_execute("CREATE TABLE mine (word text)").await.unwrap();
    let there = "SELECT to_regclass('mine') IS NOT NULL, to_regclass('appointments') IS NOT NULL";
    let row = neighbor.query_one(there, &[]).await.unwrap();
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (false, true));
}
