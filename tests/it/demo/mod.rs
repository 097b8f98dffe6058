//! `vapi-gateway demo` as a newcomer runs it: the built program, in a folder of its own.

mod folder;
mod once;
mod phone;
mod serving;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::harness::gateway::client;
use crate::harness::run::{PATIENCE, program, signal, until};

/// A machine that is busy with other tests takes its time; what is told of it is tested elsewhere.
const BUSY_MACHINE: [(&str, &str); 3] = [
    ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "25000"),
    ("GATEWAY__SMS__REPLY_DEADLINE_MS", "20000"),
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "900"),
];

/// A demo that serves.
struct Demo {
    child: Child,
    out: JoinHandle<String>,
    data_dir: PathBuf,
}

impl Demo {
    /// Starts the demo in `data_dir` on a free port and returns once it is ready.
    async fn start(data_dir: &Path, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut arguments = vec!["demo", "--bind", "127.0.0.1:0", "--data-dir"];
        arguments.push(data_dir.to_str().expect("a path"));
        arguments.extend(more);
        let described = || fs::metadata(data_dir.join("demo.json")).ok().map(|file| file.ino());
        let stale = described();
        let mut command = program(&arguments);
        command.envs(BUSY_MACHINE).envs(environment.iter().copied());
        // Read all along: a full pipe would stop it. Its log goes to the test's own output.
        command.stderr(std::process::Stdio::inherit());
        let mut child = command.spawn().expect("the demo starts");
        let mut stdout = child.stdout.take().expect("an output");
        let out = tokio::spawn(async move {
            let mut text = String::new();
            stdout.read_to_string(&mut text).await.expect("text");
            text
        });
        let mut demo = Self { child, out, data_dir: data_dir.to_owned() };
        until("demo.json is written", async || {
            assert!(demo.child.try_wait().expect("a process").is_none(), "the demo ended");
            described().is_some_and(|file| Some(file) != stale)
        })
        .await;
        demo
    }

    /// `demo.json`, which is there whole or not at all.
    fn json(&self) -> Value {
        let text = fs::read_to_string(self.data_dir.join("demo.json")).expect("demo.json");
        serde_json::from_str(&text).expect("JSON")
    }

    fn base_url(&self) -> String {
        text(&self.json()["base_url"])
    }

    fn database_url(&self) -> String {
        text(&self.json()["database_url"])
    }

    async fn get(&self, path: &str) -> u16 {
        self.read(path).await.0
    }

    async fn read(&self, path: &str) -> (u16, String) {
        let url = format!("{}{path}", self.base_url());
        let answer = client().get(url).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Ends it with a signal; returns its exit code and what it printed.
    async fn end(mut self, with: &str) -> (Option<i32>, String) {
        signal(with, self.child.id().expect("a running demo"));
        let ended = timeout(PATIENCE, self.child.wait()).await.expect("it ends in time");
        (ended.expect("a status").code(), self.out.await.expect("what it printed"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The clinic of `demo.json` with this slug.
fn clinic(demo: &Value, org: &str) -> Value {
    let clinics = demo["clinics"].as_array().expect("clinics");
    clinics.iter().find(|clinic| clinic["org"] == org).cloned().expect("a clinic")
}

/// Asks a clinic for its soonest times, with a header that proves who asks.
async fn ask(url: &str, headers: &[(&str, String)], body: &Value) -> (u16, Value) {
    let mut request = client().post(url).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.body(body.to_string()).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn soonest() -> Value {
    crate::harness::vapi::check_availability(json!({})).body()
}

/// Whether anything listens where this database was.
async fn is_reachable(database_url: &str) -> bool {
    tokio_postgres::connect(database_url, tokio_postgres::NoTls).await.is_ok()
}
