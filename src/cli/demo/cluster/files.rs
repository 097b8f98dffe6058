//! What of a cluster lies in the data folder itself and stays ours: the lock that keeps a second start
//! out, the password, the server's log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::ClusterError;

const OURS_ALONE: u32 = 0o600;

/// The data folder, by its absolute path.
pub(super) struct Files {
    pub(super) folder: PathBuf,
}

impl Files {
    /// Makes the folder where it is missing and takes its lock, which the system gives back when this
    /// process ends, however it ends.
    pub(super) fn claim(data_dir: &Path) -> Result<(Self, File), ClusterError> {
        fs::create_dir_all(data_dir).map_err(ClusterError::io("make the folder", data_dir))?;
        let folder = data_dir.canonicalize().map_err(ClusterError::io("enter", data_dir))?;
        let path = folder.join("postgres.lock");
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(OURS_ALONE)
            .open(&path)
            .map_err(ClusterError::io("write", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok((Self { folder }, lock)),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse(folder)),
            Err(TryLockError::Error(source)) => Err(ClusterError::io("lock", &path)(source)),
        }
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// Lets a program write to the log, whoever it runs as.
    pub(super) fn log_from<'c>(
        &self,
        command: &'c mut Command,
    ) -> Result<&'c mut Command, ClusterError> {
        let path = self.log();
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(OURS_ALONE)
            .open(&path)
            .map_err(ClusterError::io("write", &path))?;
        let copy = log.try_clone().map_err(ClusterError::io("write", &path))?;
        Ok(command.stdout(Stdio::from(log)).stderr(Stdio::from(copy)))
    }

    pub(super) fn password_path(&self) -> PathBuf {
        self.folder.join("postgres.password")
    }

    /// The password of an earlier start.
    pub(super) fn find_password(&self) -> Result<Option<String>, ClusterError> {
        match fs::read_to_string(self.password_path()) {
            Ok(password) => Ok(Some(password.trim().to_owned())),
            Err(none) if none.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ClusterError::io("read", &self.password_path())(source)),
        }
    }

    /// Keeps a password, whole or not at all.
    pub(super) fn keep_password(&self, password: &str) -> Result<(), ClusterError> {
        let path = self.password_path();
        let draft = self.folder.join("postgres.password.new");
        write_secret(&draft, password)?;
        fs::rename(&draft, &path).map_err(ClusterError::io("write", &path))
    }
}

/// Writes a file that only its owner can read, in place of whatever was there.
pub(super) fn write_secret(path: &Path, secret: &str) -> Result<(), ClusterError> {
    remove_if_there(fs::remove_file(path)).map_err(ClusterError::io("replace", path))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(OURS_ALONE)
        .open(path)
        .and_then(|mut file| file.write_all(secret.as_bytes()))
        .map_err(ClusterError::io("write", path))
}

/// Forgives a removal that found nothing to remove.
pub(super) fn remove_if_there(removed: std::io::Result<()>) -> std::io::Result<()> {
    removed.or_else(|e| if e.kind() == ErrorKind::NotFound { Ok(()) } else { Err(e) })
}
