//! A gateway in a process of its own: the real `serve`, to be raced against another, killed or stopped.
//! What it logs is read all the time: a full pipe would hold it up.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
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
    log: Log,
    reader: JoinHandle<()>,
}

type Log = Arc<Mutex<Vec<String>>>;

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
        let log = Log::default();
        let stderr = child.stderr.take().expect("a log");
        let reader = tokio::spawn(read(stderr, listens, Arc::clone(&log)));
        let address = timeout(PATIENCE, address).await.expect("serve listens in time");
        let Ok(address) = address else { panic!("serve ended: {log:?}") };
        Self { url: format!("http://{address}"), child, log, reader }
    }

    /// Whether it has logged this by now.
    pub(crate) fn has_logged(&self, words: &str) -> bool {
        self.log.lock().expect("a log").iter().any(|line| line.contains(words))
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
        self.reader.await.expect("a log that ends");
        let log = std::mem::take(&mut *self.log.lock().expect("a log"));
        (status.code(), log)
    }
}

async fn read(stderr: ChildStderr, listens: oneshot::Sender<String>, log: Log) {
    let mut lines = BufReader::new(stderr).lines();
    let mut listens = Some(listens);
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = address_in(&line)
            && let Some(listens) = listens.take()
        {
            listens.send(address).unwrap_or_default();
        }
        log.lock().expect("a log").push(line);
    }
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
