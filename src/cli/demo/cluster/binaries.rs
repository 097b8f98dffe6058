//! Finds PostgreSQL's programs: on the search path, where `pg_config` points, and in the folders that
//! packages use (Debian keeps the server's programs off the search path).

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::ClusterError;

/// Before this version some of the settings that keep people out of the log do not exist.
const OLDEST_MAJOR: u32 = 14;

/// Folders of packages, `*` for any name at its place: Debian, Red Hat, Homebrew (Apple silicon, then
/// Intel), Postgres.app, a build from source.
const USUAL_FOLDERS: [&str; 6] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
];

/// One installation of PostgreSQL's server.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The installation in one folder; `None` where the server's programs are not all there, do not run
    /// or are too old.
    fn in_folder(folder: PathBuf) -> Option<Self> {
        if !["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()) {
            return None;
        }
        let major = major_of(&folder.join("postgres"))?;
        (major >= OLDEST_MAJOR).then_some(Self { folder, major })
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }
}

/// The first installation in `folders` whose version is right: `major`, or any where that is `None`.
///
/// # Errors
/// [`ClusterError::NotFound`] with the command that installs PostgreSQL.
pub fn find_in(
    folders: impl IntoIterator<Item = PathBuf>,
    major: Option<u32>,
) -> Result<Binaries, ClusterError> {
    folders
        .into_iter()
        .filter_map(Binaries::in_folder)
        .find(|found| major.is_none_or(|major| found.major == major))
        .ok_or(ClusterError::NotFound)
}

/// The machine's installation for a cluster: of the version that wrote it, where there is one already.
pub(super) fn of_major(written_by: Option<(u32, PathBuf)>) -> Result<Binaries, ClusterError> {
    match written_by {
        None => find_in(folders(), None),
        Some((major, folder)) => find_in(folders(), Some(major))
            .map_err(|_not_found| ClusterError::MajorNotFound { major, folder }),
    }
}

/// Every folder worth a look, the likeliest first.
fn folders() -> impl Iterator<Item = PathBuf> {
    let on_path: Vec<PathBuf> = std::env::split_paths(&search_path()).collect();
    on_path.into_iter().chain(named_by_pg_config()).chain(USUAL_FOLDERS.iter().flat_map(expand))
}

/// The machine's search path.
#[expect(clippy::disallowed_methods, reason = "the search path is the machine's, not a setting")]
pub(super) fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}

fn named_by_pg_config() -> Option<PathBuf> {
    printed_by(Command::new("pg_config").arg("--bindir")).map(PathBuf::from)
}

/// The folders that a pattern with one `*` stands for, the highest version first.
fn expand(pattern: &&str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(prefix))
        .map(|name| (first_number(&name).unwrap_or(0), format!("{parent}/{name}{after}").into()))
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The major version of a server: 15 of "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
fn major_of(postgres: &Path) -> Option<u32> {
    first_number(&printed_by(Command::new(postgres).arg("--version"))?)
}

/// What a program prints when all goes well.
pub(super) fn printed_by(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| printed.trim().to_owned())
}

/// The first whole number in a text.
pub(super) fn first_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}
