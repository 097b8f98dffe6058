//! A private PostgreSQL cluster in a folder, for the demo and for the tests: found, made, started,
//! stopped, and started again with the same data and password. It listens on 127.0.0.1 only, behind
//! SCRAM; it stops when this process ends, in whatever way; and it starts again after any crash.
//! Everything here blocks: asynchronous callers use `spawn_blocking`.
//!
//! Its log holds no statement, parameter, error text or error detail: those carry what people said.

mod account;
pub mod binaries;
mod error;
mod files;
mod place;
mod predecessor;
mod supervisor;

use std::fs::File;
use std::path::{Path, PathBuf};

pub use error::ClusterError;
use files::Files;
use place::Place;
use supervisor::Supervisor;

/// The role that owns the cluster.
const SUPERUSER: &str = "gateway";

/// What a cluster is to be like.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// The folder of this cluster: made where it is missing, used again where it is there.
    pub data_dir: PathBuf,
    /// Whether a commit survives the loss of power. Without it everything is several times faster.
    pub durable: bool,
    /// Whether `data_dir` is removed once the cluster has stopped.
    pub ephemeral: bool,
    /// Further settings of the server, by name.
    pub settings: Vec<(String, String)>,
}

/// A running cluster. Dropped, it stops.
pub struct Cluster {
    supervisor: Supervisor,
    password: String,
    port: u16,
    pgdata: PathBuf,
    /// Held as long as the cluster runs, so that a second start in the same folder is told so.
    _lock: File,
}

impl Cluster {
    /// Starts the cluster in `options.data_dir` and waits until it answers; makes it first where the
    /// folder has none. What a crashed predecessor left behind is waited for and cleared, within bounds.
    ///
    /// # Errors
    /// One sentence that a person can act on; the server's log is named where it says more.
    pub fn start(options: ClusterOptions) -> Result<Self, ClusterError> {
        let (files, lock) = Files::claim(&options.data_dir)?;
        let place = Place::choose(&files, options.ephemeral)?;
        let binaries = binaries::of_major(place.major()?)?;
        predecessor::settle(&binaries, &place)?;
        let password = place.password(&files)?;
        if place.major()?.is_none() {
            place.make(&binaries, &files, &password, options.durable)?;
        }
        let (supervisor, port) = Supervisor::start(&binaries, &place, &files, &options)?;
        Ok(Self { supervisor, password, port, pgdata: place.pgdata(), _lock: lock })
    }

    /// The address of a database of this cluster, password included: not for logs.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{SUPERUSER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Where PostgreSQL keeps this cluster: below the data folder, unless PostgreSQL's account cannot
    /// enter that.
    #[must_use]
    pub fn pgdata(&self) -> &Path {
        &self.pgdata
    }

    /// Stops the server: clients are cut off, what they committed is on disk.
    ///
    /// # Errors
    /// When the server has not stopped within a minute.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.supervisor.stop()
    }
}
