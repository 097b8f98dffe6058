//! The program as a process that runs to its end, and waiting for what another process does.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

/// Far more than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// One run of `vapi-gateway` with nothing in its environment but what is given, and the search path.
pub(crate) struct Run {
    command: Command,
    input: String,
}

/// How a run ended.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, to be run with `arguments`; killed when it is dropped.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vapi-gateway"));
    command.args(arguments).env_clear().env("PATH", search_path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

#[expect(clippy::disallowed_methods, reason = "where programs are is no setting of the gateway")]
fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

impl Run {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        Self { command: program(arguments), input: String::new() }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What it reads from standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = text.to_owned();
        self
    }

    pub(crate) async fn output(mut self) -> Ran {
        let mut child = self.command.stdin(Stdio::piped()).spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("an input");
        // It may end without having read anything.
        stdin.write_all(self.input.as_bytes()).await.ok();
        drop(stdin);
        let ended = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends in time");
        let ended = ended.expect("its output");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: ended.status.code(), out: text(ended.stdout), err: text(ended.stderr) }
    }
}

/// Waits until something is so, as long as anybody could want it to take.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "not in time: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Sends a signal, as a terminal or a supervisor would.
pub(crate) fn signal(name: &str, pid: u32) {
    let kill = std::process::Command::new("/bin/sh")
        .args(["-c", "kill \"$@\"", "sh", &format!("-{name}"), &pid.to_string()])
        .status();
    assert!(kill.expect("kill runs").success());
}
