//! Keeps the server and us together. A small shell starts PostgreSQL and holds the other end of a pipe
//! of ours: however this process ends, the pipe closes, and the shell stops the server. Both are in a
//! process group of their own, so that Ctrl-C in a terminal reaches us alone and we stop the server
//! when we are done with it.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::ClusterOptions;
use super::account::command;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::files::Files;
use super::place::Place;

/// `$1` is a folder to remove at the end if it holds a file `ephemeral` by then; the rest is the
/// server's command line. INT is PostgreSQL's word for a fast shutdown, QUIT for an immediate one.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
folder=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(
    while read -r _ <&3; do :; done
    kill -INT "$server"
    seconds=0
    while [ "$seconds" -lt 30 ] && kill -0 "$server"; do sleep 1; seconds=$((seconds + 1)); done
    kill -QUIT "$server"
) 2>/dev/null &
watch=$!
wait "$server"
status=$?
kill -KILL "$watch"
[ ! -e "$folder/ephemeral" ] || rm -rf -- "$folder"
exit "$status"
"#;

/// A try ends early when another program took the port first, or when the processes of a killed
/// server are not all gone yet; neither lasts.
const TRIES: u32 = 6;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Long enough to recover from a crash.
const START_WITHIN: Duration = Duration::from_secs(60);
/// More than the script's patience, so that its last word is heard.
const STOP_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Whatever the caller wants, the log takes no statement, no parameter and no error text: those carry
/// what people said. `log` ranks above `error`: starts, stops and crashes are still told.
const SILENT_ABOUT_PEOPLE: [(&str, &str); 8] = [
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_statement", "none"),
    ("log_min_duration_statement", "-1"),
    ("log_min_duration_sample", "-1"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
];

const ON_LOOPBACK_ONLY: [(&str, &str); 2] =
    [("listen_addresses", "127.0.0.1"), ("unix_socket_directories", "")];

const DURABILITY: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

/// Lines of `postmaster.pid`, counted from zero.
const PORT_LINE: usize = 3;
const STATE_LINE: usize = 7;

/// A server and the shell that watches over it.
pub(super) struct Supervisor {
    shell: Child,
}

impl Supervisor {
    /// Starts the server on a free port and waits until it is ready.
    pub(super) fn start(
        binaries: &Binaries,
        place: &Place,
        files: &Files,
        options: &ClusterOptions,
    ) -> Result<(Self, u16), ClusterError> {
        for _ in 0..TRIES {
            let port = free_port()?;
            let before = pid_file(place);
            let mut supervisor = Self::spawn(binaries, place, files, options, port)?;
            if supervisor.becomes_ready(place, port, &before) {
                if options.ephemeral {
                    place.mark_ephemeral(files)?;
                }
                return Ok((supervisor, port));
            }
            if supervisor.is_running() {
                break;
            }
            sleep(BETWEEN_TRIES);
        }
        Err(ClusterError::Refused { act: "start", log: files.log() })
    }

    fn spawn(
        binaries: &Binaries,
        place: &Place,
        files: &Files,
        options: &ClusterOptions,
        port: u16,
    ) -> Result<Self, ClusterError> {
        let mut shell = command("/bin/sh", place.account);
        shell.args(["-c", SCRIPT, "postgres-supervisor"]).arg(place.whole(files));
        shell.arg(binaries.path("postgres")).arg("-D").arg(place.pgdata());
        for setting in settings(options, port) {
            shell.args(["-c", &setting]);
        }
        shell.process_group(0).stdin(Stdio::piped());
        let shell = files.log_from(&mut shell)?.spawn();
        Ok(Self { shell: shell.map_err(ClusterError::io("run", Path::new("/bin/sh")))? })
    }

    /// Whether the server says in its pid file that it is ready, on our port, before it gives up or
    /// the time is over. `before` is what a killed predecessor may have left there.
    fn becomes_ready(&mut self, place: &Place, port: u16, before: &str) -> bool {
        let port = port.to_string();
        let deadline = Instant::now() + START_WITHIN;
        while Instant::now() < deadline && self.is_running() {
            let now = pid_file(place);
            let line = |number| now.lines().nth(number).map(str::trim);
            if now != before && line(PORT_LINE) == Some(&port) && line(STATE_LINE) == Some("ready")
            {
                return true;
            }
            sleep(LOOK_EVERY);
        }
        false
    }

    fn is_running(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(None))
    }

    /// Closes the pipe and waits for the shell, which waits for the server.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        drop(self.shell.stdin.take());
        let deadline = Instant::now() + STOP_WITHIN;
        while Instant::now() < deadline {
            if !self.is_running() {
                return Ok(());
            }
            sleep(LOOK_EVERY);
        }
        Err(ClusterError::NotStopped)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        // There is nobody left to tell; the shell goes on trying by itself.
        self.stop().unwrap_or_default();
    }
}

/// Every setting as `name=value`; of two for one name the server takes the later.
fn settings(options: &ClusterOptions, port: u16) -> Vec<String> {
    let asked = options.settings.iter().map(|(name, value)| format!("{name}={value}"));
    let durable = if options.durable { "on" } else { "off" };
    let durability = DURABILITY.iter().map(|name| format!("{name}={durable}"));
    let fixed = SILENT_ABOUT_PEOPLE.iter().chain(&ON_LOOPBACK_ONLY);
    let fixed = fixed.map(|(name, value)| format!("{name}={value}"));
    let zone = ["timezone=UTC".to_owned(), "log_timezone=UTC".to_owned()];
    let port = format!("port={port}");
    zone.into_iter().chain(asked).chain(durability).chain(fixed).chain([port]).collect()
}

fn pid_file(place: &Place) -> String {
    fs::read_to_string(place.pid_path()).unwrap_or_default()
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16, ClusterError> {
    let loopback = (Ipv4Addr::LOCALHOST, 0);
    TcpListener::bind(loopback)
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(ClusterError::io("find a free port on", Path::new("127.0.0.1")))
}
