//! A gateway in a process of its own: the real `serve`, to be raced against another, killed or stopped.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::gateway::settings;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct ServeProcess {
    pub(crate) url: String,
    child: Child,
    /// Reads on until the process ends: one that nobody listens to would block in a full pipe.
    log: JoinHandle<Vec<String>>,
}

impl ServeProcess {
    /// Starts `serve` and returns once it listens.
    pub(crate) async fn start(
        database_url: &str,
        twilio_url: &str,
        more: &[(&'static str, String)],
    ) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vapi-gateway"))
            .arg("serve")
            .env_clear()
            .envs(settings(database_url, twilio_url, more))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("serve starts");
        let mut log = BufReader::new(child.stderr.take().expect("a log")).lines();
        let mut logged = Vec::new();
        let listening = async {
            while let Some(line) = log.next_line().await.expect("a line") {
                let address = address_in(&line);
                logged.push(line);
                if let Some(address) = address {
                    return address;
                }
            }
            panic!("serve ended: {logged:?}");
        };
        let address = timeout(PATIENCE, listening).await.expect("serve listens in time");
        let log = tokio::spawn(read_on(log, logged));
        Self { url: format!("http://{address}"), child, log }
    }

    /// SIGKILL: nothing is finished.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("a process to kill");
    }

    /// SIGTERM; returns the exit code and everything logged.
    pub(crate) async fn terminate(mut self) -> (Option<i32>, Vec<String>) {
        let pid = self.child.id().expect("a running process").to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill runs");
        assert!(sent.success());
        let status =
            timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("a status");
        (status.code(), self.log.await.expect("a log"))
    }
}

async fn read_on(mut log: Lines<BufReader<ChildStderr>>, mut logged: Vec<String>) -> Vec<String> {
    while let Some(line) = log.next_line().await.expect("a line") {
        logged.push(line);
    }
    logged
}

/// The address in the line that says where it listens.
fn address_in(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let says = line.get("message").or_else(|| line.pointer("/fields/message"))?;
    (says == "Listening").then(|| {
        let address = line.get("address").or_else(|| line.pointer("/fields/address"));
        address.and_then(|a| a.as_str()).unwrap_or_default().to_owned()
    })
}
