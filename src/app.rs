//! What the service is made of, built once and handed to whoever acts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::clinics::Clinics;
use crate::db::{self, Db};
use crate::twilio::{ClientError, TwilioClient, TwilioSettings};
use crate::vault::{Vault, VaultError};

/// The parts that requests and the worker share.
#[derive(Clone)]
pub struct App {
    pub config: Config,
    /// Business time: what callers mean, notice, sentences. Leases and signatures have clocks of their own.
    pub clock: Clock,
    pub db: Db,
    pub clinics: Arc<Clinics>,
    pub vault: Arc<Vault>,
    pub twilio: TwilioClient,
    runtime: Handle,
    in_flight: watch::Sender<usize>,
}

/// A hold on a message. It ends `length` after it was written; `since` lies before that.
#[derive(Clone, Copy)]
pub struct Lease {
    pub token: Uuid,
    pub length: Duration,
    pub since: Instant,
}

/// Why the service cannot be built from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Database(#[from] db::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Twilio(#[from] ClientError),
}

impl App {
    /// Builds the parts; connects to nothing yet. Must be called on the main runtime: acts run there,
    /// because actix drops a handler when its client goes away and kills its own tasks at shutdown.
    pub fn build(config: Config, clock: Clock) -> Result<Arc<Self>, BuildError> {
        let twilio = TwilioClient::new(&TwilioSettings {
            base_url: config.twilio.base_url.clone(),
            connect_timeout: config.twilio.connect_timeout,
            timeout: config.twilio.timeout,
        })?;
        Ok(Arc::new(Self {
            db: db::connect(&config.database)?,
            clinics: Arc::default(),
            vault: Arc::new(Vault::new(&config.vault.keys)?),
            twilio,
            clock,
            config,
            runtime: Handle::current(),
            in_flight: watch::Sender::new(0),
        }))
    }

    /// The same parts for work that nobody waits for.
    pub fn for_background(&self) -> Arc<Self> {
        Arc::new(Self { db: self.db.for_background(), ..self.clone() })
    }

    /// Runs `work` to its end on the main runtime, whatever becomes of the request that asked for it.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let counted = Counted::new(self.in_flight.clone());
        self.runtime.spawn(async move {
            let result = work.await;
            drop(counted);
            result
        })
    }

    /// Waits until nothing spawned is still running, at most `within`. False: something is.
    pub async fn drain(&self, within: Duration) -> bool {
        let mut in_flight = self.in_flight.subscribe();
        tokio::time::timeout(within, in_flight.wait_for(|n| *n == 0)).await.is_ok()
    }

    /// A name for one lease of a message.
    pub fn new_lease(&self) -> Lease {
        Lease { token: Uuid::new_v4(), length: self.config.sms.lease, since: Instant::now() }
    }
}

/// Counts a piece of work until it is dropped, panics included.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(in_flight: watch::Sender<usize>) -> Self {
        in_flight.send_modify(|n| *n += 1);
        Self(in_flight)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n = n.saturating_sub(1));
    }
}
