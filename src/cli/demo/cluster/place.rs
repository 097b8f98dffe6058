//! Where the cluster itself lies: below the data folder, or, where the account that PostgreSQL runs as
//! cannot enter that (root's checkout), in a folder of its own whose name follows from the data
//! folder's, so that the next start finds it again. Also how a cluster is made there.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown};
use std::path::{Path, PathBuf};

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

use super::account::{Account, command, we_are_root};
use super::binaries::{Binaries, first_number};
use super::error::ClusterError;
use super::files::{Files, remove_if_there, write_secret};

/// PostgreSQL refuses a folder that others can enter.
const OURS_ALONE: u32 = 0o700;

/// Where a cluster outside its data folder goes: what root alone can write to comes first, and is not
/// swept by age. What is to be removed with its last user must be in a folder open to all.
const OUTSIDE: [&str; 2] = ["/var/lib", "/var/tmp"];
const OUTSIDE_EPHEMERAL: [&str; 1] = ["/var/tmp"];

const HASH_BYTES: usize = 8;
const PASSWORD_BYTES: usize = 24;

/// The folder around a cluster, and as whom PostgreSQL runs in it (`None`: as we are).
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) account: Option<Account>,
    outside: bool,
}

impl Place {
    /// The place of an earlier start, or a new one.
    pub(super) fn choose(files: &Files, ephemeral: bool) -> Result<Self, ClusterError> {
        let inside = files.folder.join("postgres");
        if !we_are_root() {
            return Self::new(inside, None, false);
        }
        if inside.join("pgdata").exists() {
            return Self::of_its_owner(inside);
        }
        let account = Account::unprivileged()?;
        let roots: &[&str] = if ephemeral { &OUTSIDE_EPHEMERAL } else { &OUTSIDE };
        let candidates: Vec<PathBuf> =
            roots.iter().map(|root| Path::new(root).join(name_for(&files.folder))).collect();
        if let Some(folder) = candidates.iter().find(|folder| folder.symlink_metadata().is_ok()) {
            return Self::found_outside(folder, account);
        }
        let place = Self::new(inside, Some(account), false)?;
        if place.is_within_reach() {
            if ephemeral {
                // Whoever owns the folder can remove it, and that will be the server's supervisor.
                hand_over(&files.folder, account)?;
            }
            return Ok(place);
        }
        fs::remove_dir(&place.folder).map_err(ClusterError::io("remove", &place.folder))?;
        let mut last = Err(ClusterError::OutOfReach(files.folder.clone()));
        for folder in candidates {
            last = Self::new(folder, Some(account), true);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Outside, what is already there is never taken: somebody else may just have put it there.
    fn new(folder: PathBuf, account: Option<Account>, outside: bool) -> Result<Self, ClusterError> {
        if outside || !folder.exists() {
            let made = DirBuilder::new().mode(OURS_ALONE).create(&folder);
            made.map_err(ClusterError::io("make the folder", &folder))?;
        }
        if let Some(account) = account {
            hand_over(&folder, account)?;
        }
        Ok(Self { folder, account, outside })
    }

    /// An earlier start as an ordinary user made this cluster: PostgreSQL runs as that user again.
    fn of_its_owner(folder: PathBuf) -> Result<Self, ClusterError> {
        let pgdata = folder.join("pgdata");
        let owner = fs::metadata(&pgdata).map_err(ClusterError::io("enter", &pgdata))?;
        if owner.uid() == 0 {
            return Err(ClusterError::Foreign(folder));
        }
        let account = Some(Account { uid: owner.uid(), gid: owner.gid() });
        let place = Self { folder, account, outside: false };
        if place.is_within_reach() {
            Ok(place)
        } else {
            Err(ClusterError::OutOfReach(place.folder))
        }
    }

    /// The name can be known to others, so what stands there is trusted only if it is a folder of
    /// PostgreSQL's account that nobody else can enter.
    fn found_outside(folder: &Path, account: Account) -> Result<Self, ClusterError> {
        let found = folder.symlink_metadata().map_err(ClusterError::io("enter", folder))?;
        let private = found.mode() & 0o077 == 0;
        if found.is_dir() && private && found.uid() == account.uid {
            return Ok(Self { folder: folder.to_owned(), account: Some(account), outside: true });
        }
        Err(ClusterError::Foreign(folder.to_owned()))
    }

    /// Whether PostgreSQL's account can enter and write here, as told by trying.
    fn is_within_reach(&self) -> bool {
        let mut shell = command("/bin/sh", self.account);
        shell.args(["-c", r#"cd "$1" && test -w ."#, "sh"]).arg(&self.folder);
        shell.stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
    }

    pub(super) fn pgdata(&self) -> PathBuf {
        self.folder.join("pgdata")
    }

    /// Where a running server tells its process, port and state.
    pub(super) fn pid_path(&self) -> PathBuf {
        self.pgdata().join("postmaster.pid")
    }

    /// The folder that goes when an ephemeral cluster goes.
    pub(super) fn whole<'p>(&'p self, files: &'p Files) -> &'p Path {
        if self.outside { &self.folder } else { &files.folder }
    }

    /// Tells the supervisor to remove [`Place::whole`] at the end. A cluster that never ran is kept,
    /// with the log that says why.
    pub(super) fn mark_ephemeral(&self, files: &Files) -> Result<(), ClusterError> {
        let mark = self.whole(files).join("ephemeral");
        fs::write(&mark, "").map_err(ClusterError::io("write", &mark))
    }

    /// The major version that wrote the cluster and the cluster's folder; `None` where there is no
    /// cluster yet.
    pub(super) fn major(&self) -> Result<Option<(u32, PathBuf)>, ClusterError> {
        let path = self.pgdata().join("PG_VERSION");
        if !self.pgdata().exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(ClusterError::io("read", &path))?;
        let major = first_number(&text).ok_or_else(|| ClusterError::Foreign(self.pgdata()))?;
        Ok(Some((major, self.pgdata())))
    }

    /// The password of this cluster: of an earlier start, or a new one. A data folder that was removed
    /// meant its cluster too, wherever that lies.
    pub(super) fn password(&self, files: &Files) -> Result<String, ClusterError> {
        if let Some(password) = files.find_password()? {
            return Ok(password);
        }
        if self.pgdata().exists() {
            if !self.outside {
                return Err(ClusterError::PasswordMissing(files.password_path()));
            }
            self.clear(&self.pgdata())?;
        }
        let password = random_hex()?;
        files.keep_password(&password)?;
        Ok(password)
    }

    /// Makes a cluster here; one that a crash left half made is never taken for a whole one.
    pub(super) fn make(
        &self,
        binaries: &Binaries,
        files: &Files,
        password: &str,
        durable: bool,
    ) -> Result<(), ClusterError> {
        let (draft, pwfile) = (self.folder.join("pgdata.new"), self.folder.join("pwfile"));
        self.clear(&draft)?;
        write_secret(&pwfile, password)?;
        if let Some(account) = self.account {
            hand_over(&pwfile, account)?;
        }
        let mut initdb = command(binaries.path("initdb"), self.account);
        initdb.arg("--pgdata").arg(&draft).arg("--pwfile").arg(&pwfile);
        initdb.args(["--username", super::SUPERUSER, "--auth", "scram-sha-256"]);
        initdb.args(["--encoding", "UTF8", "--locale", "C"]);
        if !durable {
            initdb.arg("--no-sync");
        }
        let made = files.log_from(&mut initdb)?.status();
        fs::remove_file(&pwfile).map_err(ClusterError::io("remove", &pwfile))?;
        if !made.map_err(ClusterError::io("run", &binaries.path("initdb")))?.success() {
            return Err(ClusterError::Refused { act: "make a cluster", log: files.log() });
        }
        fs::rename(&draft, self.pgdata()).map_err(ClusterError::io("make", &self.pgdata()))
    }

    fn clear(&self, folder: &Path) -> Result<(), ClusterError> {
        remove_if_there(fs::remove_dir_all(folder)).map_err(ClusterError::io("remove", folder))
    }
}

/// A name for the cluster of a data folder, the same at every start and on every build.
fn name_for(data_dir: &Path) -> String {
    let digest = digest::digest(&digest::SHA256, data_dir.as_os_str().as_encoded_bytes());
    format!("vapi-gateway-{}", hex(digest.as_ref().iter().take(HASH_BYTES)))
}

fn random_hex() -> Result<String, ClusterError> {
    let mut bytes = [0_u8; PASSWORD_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_unspecified| {
        let source = std::io::Error::other("the system gave no random bytes");
        ClusterError::io("make a password for", Path::new("PostgreSQL"))(source)
    })?;
    Ok(hex(bytes.iter()))
}

fn hex<'b>(bytes: impl Iterator<Item = &'b u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// Follows no link: what it names may be anybody's.
fn hand_over(path: &Path, account: Account) -> Result<(), ClusterError> {
    lchown(path, Some(account.uid), Some(account.gid)).map_err(ClusterError::io("hand over", path))
}
