//! The configuration: read once, checked as a whole, then handed about as typed values.
//! `defaults.toml` documents every key and is compiled in as the defaults; a file and the environment
//! come over it. Nothing else reads the environment. No fault and no `Debug` shows a secret's value.

mod faults;
mod layers;
mod reader;
mod relations;
mod vault_key;

use std::{net::SocketAddr, path::Path, time::Duration};

use secrecy::{ExposeSecret, SecretString};

pub use self::{
    faults::ConfigFaults,
    vault_key::{VAULT_KEY_BYTES, VaultKey},
};

/// The documented defaults, as an operator reads them.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// What `defaults.toml` says of each key holds here.
#[derive(Debug, Clone)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub vapi: VapiConfig,
    pub sms: SmsConfig,
    pub twilio: TwilioConfig,
    pub vault: VaultConfig,
    pub log: LogConfig,
}

#[derive(Debug, Clone)]
pub struct ServerConfig {
    pub bind: SocketAddr,
    /// What the outside calls us: scheme and host, without a slash at the end. `None`: nobody has said,
    /// so that texts carry no link and Twilio is not asked to call back.
    pub public_url: Option<String>,
    /// Lower case. `None`: clients connect to us themselves.
    pub client_ip_header: Option<String>,
    /// 0 means one for each core.
    pub workers: usize,
    pub max_connections: usize,
    pub shutdown: Duration,
    pub body_limit_bytes: usize,
    pub body_read: Duration,
}

#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// Empty where it is not set; see [`Config::check_for_serve`].
    pub url: SecretString,
    pub pool_size: u32,
    pub pool_wait: Duration,
    pub connect: Duration,
    pub lock_timeout: Duration,
    pub statement_timeout: Duration,
    pub budget: Duration,
}

#[derive(Debug, Clone)]
pub struct VapiConfig {
    pub reply_deadline: Duration,
    pub credential_fresh: Duration,
    pub credential_stale: Duration,
}

#[derive(Debug, Clone)]
pub struct SmsConfig {
    pub reply_deadline: Duration,
    pub reconcile_after: Duration,
    pub lease: Duration,
    pub retry_base: Duration,
    pub max_tries: u32,
    pub worker_interval: Duration,
    pub batch: u32,
    pub soft_retry_after: Duration,
    pub breaker_pause: Duration,
    /// As configured: scheme and host, without a slash at the end.
    pub link_base_url: Option<String>,
}

#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// Scheme and host, without a slash at the end.
    pub base_url: String,
    pub connect_timeout: Duration,
    pub timeout: Duration,
}

#[derive(Debug, Clone)]
pub struct VaultConfig {
    /// Newest first, with distinct ids. May be empty; see [`Config::check_for_serve`].
    pub keys: Vec<VaultKey>,
}

#[derive(Debug, Clone, Copy)]
pub struct LogConfig {
    pub format: LogFormat,
    pub level: tracing::Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Pretty,
}

impl Config {
    /// Puts the layers over each other and checks the result: everything wrong is reported at once.
    /// Without `file`, the variable `GATEWAY_CONFIG` may name one.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigFaults> {
        let (values, mut faults) = layers::collect(file, environment);
        let config = reader::read(&values, &mut faults);
        relations::check(&config, &mut faults);
        faults.or(config)
    }

    /// The process's environment, for [`Config::load`].
    pub fn environment() -> impl Iterator<Item = (String, String)> {
        // Not `vars`, which panics on anything that is not Unicode, in whichever variable.
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        })
    }

    /// What `serve` needs and other commands may lack: a database and a key for the vault.
    pub fn check_for_serve(&self) -> Result<(), ConfigFaults> {
        let mut faults = ConfigFaults::default();
        if let Err(missing) = self.database.require_url() {
            faults.extend(missing);
        }
        if self.vault.keys.is_empty() {
            faults.add("vault.keys", "is empty: `vault generate-key` makes one");
        }
        faults.or(())
    }
}

impl Config {
    /// Where the links of texts lead: the short host, where there is one.
    pub fn link_base_url(&self) -> Option<&str> {
        self.sms.link_base_url.as_deref().or(self.server.public_url.as_deref())
    }
}

impl DatabaseConfig {
    /// The URL, for commands that cannot do without.
    pub fn require_url(&self) -> Result<&SecretString, ConfigFaults> {
        if self.url.expose_secret().is_empty() {
            let mut faults = ConfigFaults::default();
            faults.add("database.url", "is not set: set DATABASE_URL, or the key in a file");
            return Err(faults);
        }
        Ok(&self.url)
    }
}
