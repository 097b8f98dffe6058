//! As whom PostgreSQL runs: as we do, or, since it refuses root, as an account without privileges.
//! Also what every program that we start for it shares: a bare environment and a folder it can enter.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::binaries::search_path;
use super::error::ClusterError;

/// The accounts that root steps down to, the best first.
const UNPRIVILEGED: [&str; 3] = ["postgres", "_postgres", "nobody"];

const ACCOUNTS: &str = "/etc/passwd";

/// A user and group to run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// The account for a server started by root.
    pub(super) fn unprivileged() -> Result<Self, ClusterError> {
        let accounts =
            fs::read_to_string(ACCOUNTS).map_err(ClusterError::io("read", Path::new(ACCOUNTS)))?;
        UNPRIVILEGED
            .iter()
            .find_map(|name| accounts.lines().find_map(|line| Self::named(line, name)))
            .ok_or(ClusterError::NoAccount)
    }

    /// Reads `name:password:uid:gid:…`.
    fn named(line: &str, name: &str) -> Option<Self> {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let mut numbers = fields.skip(1).map(|field| field.parse::<u32>().ok());
        let (uid, gid) = (numbers.next()??, numbers.next()??);
        (uid != 0).then_some(Self { uid, gid })
    }
}

/// Whether we are root.
pub(super) fn we_are_root() -> bool {
    let asked = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    asked.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

/// A program of PostgreSQL's, or a shell for it: as `account` (`None`: as we are), from a folder that
/// everybody can enter, and without our environment, which may hold secrets and settings of libpq.
pub(super) fn command(program: impl AsRef<OsStr>, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", search_path()).env("LC_ALL", "C");
    command.current_dir("/").stdin(Stdio::null());
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}
