//! What keeps a demo from starting, each told in one sentence, with nothing left behind.

use std::fs;
use std::net::TcpListener;

use crate::cluster::open_folder;
use crate::harness::run::{Ran, Run};

/// Runs a demo that must not start, in `data_dir`.
async fn refused(data_dir: &std::path::Path, more: &[&str]) -> String {
    let folder = data_dir.to_str().expect("a path");
    let mut arguments = vec!["demo", "--data-dir", folder];
    arguments.extend(more);
    let Ran { code, out, err } = Run::new(&arguments).output().await;
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert_eq!(err.lines().count(), 1, "one sentence: {err}");
    err.trim().replace(folder, "FOLDER")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_is_told_before_anything_is_started() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let told = refused(&data_dir, &["--bind", &address]).await;
    assert!(told.starts_with(&format!("cannot listen on {address}: ")), "{told}");
    assert!(told.ends_with("; choose another address with --bind"), "{told}");
    assert!(!data_dir.join("postgres").exists());
}

/// Whoever waits for demo.json must not find an earlier start's.
#[tokio::test(flavor = "multi_thread")]
async fn a_stale_description_is_removed_at_start() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    fs::create_dir(&data_dir).expect("a folder");
    for file in ["demo.json", "gateway.toml"] {
        fs::write(data_dir.join(file), "{}").expect("a file");
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    refused(&data_dir, &["--bind", &taken.local_addr().expect("an address").to_string()]).await;
    assert!(!data_dir.join("demo.json").exists() && !data_dir.join("gateway.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_is_told() {
    let folder = open_folder();
    let in_the_way = folder.path().join("file");
    fs::write(&in_the_way, "").expect("a file");
    let told = refused(&in_the_way.join("data"), &["--bind", "127.0.0.1:0"]).await;
    assert!(told.starts_with("cannot make FOLDER: "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_cannot_be_read_are_not_printed() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    fs::create_dir(&data_dir).expect("a folder");
    fs::write(data_dir.join("secrets.toml"), "vault_key = a-synthetic-secret").expect("a file");
    let told = refused(&data_dir, &["--bind", "127.0.0.1:0"]).await;
    assert_eq!(told, "FOLDER/secrets.toml cannot be read as the demo's secrets");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_is_told() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    let nowhere = "postgres://gateway:a-synthetic-password@127.0.0.1:9/gateway";
    let told = refused(&data_dir, &["--bind", "127.0.0.1:0", "--database-url", nowhere]).await;
    assert_eq!(told, "the database cannot be reached");
    assert!(!data_dir.join("demo.json").exists());
}
