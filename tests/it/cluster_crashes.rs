//! The private PostgreSQL cluster after a SIGKILL of the server, of its owner, of its supervisor: it
//! never outlives its owner, and it starts again.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use vapi_gateway::cli::demo::cluster::{Cluster, ClusterError};

use crate::cluster::{WRITE, ask, kept, open_folder, start};

fn postmaster(pgdata: &Path) -> String {
    let file = fs::read_to_string(pgdata.join("postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

fn kill(signal: &str, pid: &str) {
    let mut shell = Command::new("/bin/sh");
    assert!(shell.args(["-c", "kill \"$@\"", "sh", signal, pid]).status().unwrap().success());
}

fn wait_until(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !happened() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts it again as soon as the folder is free: a program that another test starts at this very moment
/// has our lock, too, until it has become that program.
fn start_again(folder: &Path) -> Cluster {
    let mut started = None;
    wait_until("the folder is free", || {
        started = match start(folder) {
            Err(ClusterError::InUse(_)) => None,
            tried => Some(tried.unwrap()),
        };
        started.is_some()
    });
    started.unwrap()
}

#[test]
fn it_starts_again_after_the_server_was_killed() {
    let folder = open_folder();
    let first = start(folder.path()).unwrap();
    ask(&first.url("postgres"), WRITE).unwrap();
    let pgdata = first.pgdata().to_owned();
    kill("-KILL", &postmaster(&pgdata));
    drop(first);
    assert!(pgdata.join("postmaster.pid").exists(), "left behind, as by any crash");
    assert_eq!(kept(&start_again(folder.path())), "still here");
}

#[test]
fn a_process_number_that_went_to_somebody_else_keeps_nobody_out() {
    let folder = open_folder();
    let first = start(folder.path()).unwrap();
    ask(&first.url("postgres"), WRITE).unwrap();
    let (pgdata, pid) = (first.pgdata().to_owned(), postmaster(first.pgdata()));
    kill("-KILL", &pid);
    drop(first);
    let file = pgdata.join("postmaster.pid");
    let stale = fs::read_to_string(&file).unwrap();
    fs::write(&file, stale.replacen(&pid, &std::process::id().to_string(), 1)).unwrap();
    assert_eq!(kept(&start_again(folder.path())), "still here");
}

#[test]
fn a_cluster_half_made_is_made_anew() {
    let folder = open_folder();
    start(folder.path()).unwrap().stop().unwrap();
    let inside = folder.path().join("postgres");
    fs::rename(inside.join("pgdata"), inside.join("pgdata.new")).unwrap();
    fs::remove_file(inside.join("pgdata.new/PG_VERSION")).unwrap();
    let cluster = start_again(folder.path());
    assert_eq!(ask(&cluster.url("postgres"), "SELECT 'anew'").unwrap(), "anew");
}

/// Not a test by itself: this binary, started again with this one test and a folder, is the owner that
/// the next two tests kill.
#[test]
fn holds_a_cluster_until_killed() {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(folder) = arguments.iter().find_map(|word| word.strip_prefix("hold=")) else { return };
    let cluster = start(Path::new(folder)).unwrap();
    writeln!(std::io::stdout(), "\n{}", cluster.url("postgres")).unwrap();
    std::thread::sleep(Duration::from_secs(120));
}

/// Another process that owns a running cluster, and the cluster's address.
fn owner_of_a_cluster(folder: &Path) -> (Child, String) {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cluster_crashes::holds_a_cluster_until_killed", "--nocapture"])
        .arg(format!("hold={}", folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let url = lines.map(Result::unwrap).find(|line| line.starts_with("postgres://")).unwrap();
    (owner, url)
}

#[test]
fn the_server_goes_when_its_owner_is_killed() {
    let folder = open_folder();
    let (mut owner, url) = owner_of_a_cluster(folder.path());
    let pid_file = folder.path().join("postgres/pgdata/postmaster.pid");
    assert_eq!(ask(&url, "SELECT 'up'").unwrap(), "up");
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_until("the server stops by itself", || !pid_file.exists());
}

#[test]
fn the_next_start_waits_for_a_server_that_is_still_stopping() {
    let folder = open_folder();
    let (mut owner, url) = owner_of_a_cluster(folder.path());
    ask(&url, WRITE).unwrap();
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert_eq!(kept(&start_again(folder.path())), "still here");
}

#[test]
fn a_server_whose_supervisor_was_killed_too_is_stopped_by_the_next_start() {
    let folder = open_folder();
    let (mut owner, url) = owner_of_a_cluster(folder.path());
    ask(&url, WRITE).unwrap();
    let pgdata = folder.path().join("postgres/pgdata");
    let orphan = postmaster(&pgdata);
    let shells = process_group_of(&orphan).into_iter().filter(|pid| *pid != orphan);
    shells.for_each(|shell| kill("-KILL", &shell));
    owner.kill().unwrap();
    owner.wait().unwrap();
    if Path::new("/proc/self/stat").exists() {
        assert_eq!(ask(&url, "SELECT 'alone'").unwrap(), "alone");
    }
    let next = start_again(folder.path());
    assert_ne!(postmaster(&pgdata), orphan);
    assert_eq!(kept(&next), "still here");
}

#[test]
fn ctrl_c_in_a_terminal_does_not_reach_the_server() {
    let folder = open_folder();
    let cluster = start_again(folder.path());
    let ours = std::process::id().to_string();
    let group = process_group_of(&postmaster(cluster.pgdata()));
    assert!(!group.contains(&ours), "a group of its own");
    assert!(group.is_empty() || group.len() == 3, "the server and two shells: {group:?}");
}

/// A server and the shells around it, without the processes that it made for itself: those have groups
/// of their own. Told by Linux only: elsewhere there is nobody in the group.
fn process_group_of(pid: &str) -> Vec<String> {
    let group = find_group(pid);
    let processes = fs::read_dir("/proc").into_iter().flatten();
    let pids = processes.filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    pids.filter(|other| group.is_some() && find_group(other) == group).collect()
}

/// The third field after the name, which may hold anything (`proc(5)`).
fn find_group(pid: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(2).map(str::to_owned)
}
