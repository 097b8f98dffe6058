//! The demo's folder: one demo at a time, and files that only their owner can read.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Others can pass through, as PostgreSQL's account has to where root runs the demo, and see nothing.
const PASSABLE: u32 = 0o711;
const OURS_ALONE: u32 = 0o600;

/// A folder that is ours until this is dropped or the process ends, in whatever way.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and takes it.
    pub(super) fn claim(path: &Path) -> Result<Self, String> {
        let path = std::path::absolute(path).map_err(told("find", path))?;
        DirBuilder::new()
            .recursive(true)
            .mode(PASSABLE)
            .create(&path)
            .map_err(told("make", &path))?;
        let lock = path.join("demo.lock");
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(OURS_ALONE)
            .open(&lock)
            .map_err(told("write", &lock))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another demo is running in {}; stop it first, or choose another --data-dir",
                path.display()
            )),
            Err(TryLockError::Error(error)) => Err(told("lock", &path)(error)),
        }
    }
}

fn told<'p>(act: &'p str, path: &'p Path) -> impl FnOnce(io::Error) -> String + 'p {
    move |error| format!("cannot {act} {}: {error}", path.display())
}

/// Writes a file that only its owner can read, whole or not at all: by rename.
pub(super) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    remove(&draft)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OURS_ALONE).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}
