//! A gateway in a process of its own: the real `serve`, to be raced against another, killed or stopped.
//! What it logs is read all the time: a full pipe would hold it up.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::gateway::settings;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct ServeProcess {
    pub(crate) url: String,
    child: Child,
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
        let (listens, address) = oneshot::channel();
        let log = tokio::spawn(read(child.stderr.take().expect("a log"), listens));
        let address = timeout(PATIENCE, address).await.expect("serve listens in time");
        let Ok(address) = address else { panic!("serve ended: {:?}", log.await) };
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

async fn read(log: ChildStderr, listens: oneshot::Sender<String>) -> Vec<String> {
    let (mut lines, mut logged) = (BufReader::new(log).lines(), Vec::new());
    let mut listens = Some(listens);
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = address_in(&line)
            && let Some(listens) = listens.take()
        {
            listens.send(address).unwrap_or_default();
        }
        logged.push(line);
    }
    logged
}

/// The address in the line that says where it listens, in either format.
fn address_in(line: &str) -> Option<String> {
    match serde_json::from_str::<serde_json::Value>(line) {
        Ok(line) if line["message"] == "Listening" => line["address"].as_str().map(str::to_owned),
        Ok(_) => None,
        Err(_) => {
            line.split_once("Listening address=").map(|(_, address)| address.trim().to_owned())
        }
    }
}
