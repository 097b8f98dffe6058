//! What an earlier server in the same folder may still be doing. We hold the data folder's lock, so a
//! server that still runs there is an orphan, or is shutting down because its owner was killed.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use super::account::command;
use super::binaries::{Binaries, printed_by};
use super::error::ClusterError;
use super::place::Place;

/// How hard an orphan is asked to stop, and for how many seconds each.
const WAYS_TO_STOP: [(&str, &str); 2] = [("fast", "30"), ("immediate", "10")];

/// Returns when no server runs on this cluster any more, within the bounds above.
pub(super) fn settle(binaries: &Binaries, place: &Place) -> Result<(), ClusterError> {
    let Some(pid) = find_pid(place) else { return Ok(()) };
    if is_another_program(&pid, &place.pgdata()) {
        // The machine restarted and the number went to somebody else: PostgreSQL would take that
        // process for a server and refuse to start.
        let path = place.pid_path();
        return fs::remove_file(&path).map_err(ClusterError::io("remove", &path));
    }
    if !pg_ctl_says(binaries, place, &["status"]) {
        return Ok(());
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

/// Whether the number went to a process that is not the server of this cluster: perhaps to another
/// cluster's, which is not ours to stop. Where the system cannot tell, it is the server.
fn is_another_program(pid: &str, pgdata: &Path) -> bool {
    let command_line = if Path::new("/proc/self/cmdline").exists() {
        fs::read_to_string(format!("/proc/{pid}/cmdline")).ok()
    } else {
        printed_by(command("ps", None).args(["-ww", "-o", "args=", "-p", pid]))
    };
    command_line.is_some_and(|line| !line.contains(&*pgdata.to_string_lossy()))
}
