//! What can keep a cluster from starting, each said so that the person at the terminal can act on it.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no cluster. None of the texts holds a password.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "PostgreSQL 14 or newer was not found; install it with `sudo apt-get install postgresql` \
         (Debian, Ubuntu) or `brew install postgresql@17` (macOS)"
    )]
    NotFound,
    #[error(
        "the data in {} were written by PostgreSQL {major}, which was not found; install that \
         version, or remove the folder to begin anew", .folder.display()
    )]
    MajorNotFound { major: u32, folder: PathBuf },
    #[error(
        "another process is already using {}; stop it first, or choose another data folder",
        .0.display()
    )]
    InUse(PathBuf),
    #[error(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as"
    )]
    NoAccount,
    #[error("{} is not this program's own folder; remove it and try again", .0.display())]
    Foreign(PathBuf),
    #[error("PostgreSQL's account cannot enter {}, where the data are", .0.display())]
    OutOfReach(PathBuf),
    #[error("{} is missing; put it back, or remove the folder to begin anew", .0.display())]
    PasswordMissing(PathBuf),
    #[error("an earlier PostgreSQL in {} does not stop; end it and try again", .0.display())]
    PredecessorStays(PathBuf),
    #[error("PostgreSQL could not {act}; its log is {}", .log.display())]
    Refused { act: &'static str, log: PathBuf },
    #[error("PostgreSQL has been asked to stop and is still running")]
    NotStopped,
    #[error("cannot {act} {}: {source}", .path.display())]
    Io { act: &'static str, path: PathBuf, source: io::Error },
}

impl ClusterError {
    /// Says which act on which path failed; for `map_err`.
    pub(super) fn io(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { act, path, source }
    }
}
