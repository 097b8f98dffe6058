//! What an earlier server in the same folder may still be doing. We hold the data folder's lock, so a
//! server that still runs there is an orphan, or is shutting down because its owner was killed.

use std::fs;
use std::process::Stdio;

use super::account::command;
use super::binaries::Binaries;
use super::error::ClusterError;
use super::place::Place;

/// How hard an orphan is asked to stop, and for how many seconds each.
const WAYS_TO_STOP: [(&str, &str); 2] = [("fast", "30"), ("immediate", "10")];

/// Returns when no server runs on this cluster any more, within the bounds above.
pub(super) fn settle(binaries: &Binaries, place: &Place) -> Result<(), ClusterError> {
    let Some(pid) = find_pid(place) else { return Ok(()) };
    if !pg_ctl_says(binaries, place, &["status"]) {
        return Ok(());
    }
    if is_another_program(&pid) {
        // The machine restarted and the number went to somebody else: PostgreSQL would take that
        // process for a server and refuse to start.
        let path = place.pid_path();
        return fs::remove_file(&path).map_err(ClusterError::io("remove", &path));
    }
    let stopped = WAYS_TO_STOP.iter().any(|(mode, seconds)| {
        pg_ctl_says(binaries, place, &["stop", "--mode", mode, "--wait", "--timeout", seconds])
            || find_pid(place).is_none()
    });
    if stopped { Ok(()) } else { Err(ClusterError::PredecessorStays(place.pgdata())) }
}

fn find_pid(place: &Place) -> Option<String> {
    fs::read_to_string(place.pid_path()).ok()?.lines().next().map(|pid| pid.trim().to_owned())
}

fn pg_ctl_says(binaries: &Binaries, place: &Place, arguments: &[&str]) -> bool {
    let mut pg_ctl = command(binaries.path("pg_ctl"), place.account);
    pg_ctl.args(arguments).arg("--pgdata").arg(place.pgdata());
    pg_ctl.stdout(Stdio::null()).stderr(Stdio::null());
    pg_ctl.status().is_ok_and(|status| status.success())
}

/// Whether the system knows the process by another name; where it cannot tell, it is no other.
fn is_another_program(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() != "postgres")
}
