//! A panic's own words may quote what it stumbled over: the process that logs as `serve` does tells its
//! place alone.

use std::process::Command;

use vapi_gateway::config::{LogConfig, LogFormat};

use crate::logs::people::PEOPLE;

const CHILD: &str = "logs::panics::panics_in_a_process_of_its_own";

#[test]
#[ignore = "panics on purpose, in a process of its own"]
fn panics_in_a_process_of_its_own() {
    let log = LogConfig { format: LogFormat::Json, level: tracing::Level::TRACE };
    vapi_gateway::telemetry::init(log).expect("nobody logs yet");
    let words = format!("{} has no number", PEOPLE[0].name);
    let thread = std::thread::spawn(move || panic!("{words}"));
    thread.join().expect_err("it panics");
    let name: Result<u8, _> = PEOPLE[1].name.parse();
    std::thread::spawn(move || name.expect(PEOPLE[1].email)).join().expect_err("it panics");
}

#[test]
fn a_panic_tells_its_place_alone() {
    let tests = std::env::current_exe().expect("these tests");
    let child = Command::new(tests).args(["--exact", CHILD, "--ignored", "--nocapture"]).output();
    let child = child.expect("a process");
    assert!(child.status.success(), "{child:?}");
    let log = String::from_utf8(child.stderr).expect("text");
    let told = log.lines().filter(|line| line.contains("A thread panicked")).count();
    assert_eq!(told, 2, "{log}");
    assert!(log.contains("panics.rs:"), "{log}");
    for person in &PEOPLE {
        assert!(!log.contains(person.name) && !log.contains(person.email), "{log}");
    }
}
