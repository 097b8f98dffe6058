//! From text and numbers to typed values, key by key, so that every fault is found in one start.
//! A key at fault gets a placeholder, which never leaves: with a fault there is no configuration.

use std::{collections::BTreeSet, net::SocketAddr, str::FromStr, time::Duration};

use config::{Value, ValueKind};
use secrecy::SecretString;

use super::{
    Config, ConfigFaults, DatabaseConfig, LogConfig, LogFormat, ServerConfig, SmsConfig,
    TwilioConfig, VapiConfig, VaultConfig, VaultKey, layers::Values,
};

const SEVEN_DAYS_MS: u64 = 7 * 24 * 60 * 60 * 1000;
const MIB: u64 = 1024 * 1024;

pub(super) fn read(values: &Values, faults: &mut ConfigFaults) -> Config {
    let mut r = Reader { values, faults };
    Config {
        server: ServerConfig {
            bind: r.address("server.bind"),
            public_url: r.origin("server.public_url"),
            client_ip_header: r.header_name("server.client_ip_header"),
            workers: r.number("server.workers", 0, 1024),
            max_connections: r.number("server.max_connections", 1, 1_000_000),
            shutdown: r.millis("server.shutdown_ms"),
            body_limit_bytes: r.number("server.body_limit_bytes", 1024, 64 * MIB),
            body_read: r.millis("server.body_read_ms"),
        },
        database: DatabaseConfig {
            url: r.connection_string("database.url"),
            pool_size: r.number("database.pool_size", 1, 1000),
            pool_wait: r.millis("database.pool_wait_ms"),
            connect: r.millis("database.connect_ms"),
            lock_timeout: r.millis("database.lock_timeout_ms"),
            statement_timeout: r.millis("database.statement_timeout_ms"),
            budget: r.millis("database.budget_ms"),
        },
        vapi: VapiConfig {
            reply_deadline: r.millis("vapi.reply_deadline_ms"),
            credential_fresh: r.millis("vapi.credential_fresh_ms"),
            credential_stale: r.millis("vapi.credential_stale_ms"),
        },
        sms: SmsConfig {
            reply_deadline: r.millis("sms.reply_deadline_ms"),
            reconcile_after: r.millis("sms.reconcile_after_ms"),
            lease: r.millis("sms.lease_ms"),
            retry_base: r.millis("sms.retry_base_ms"),
            max_tries: r.number("sms.max_tries", 1, 100),
            worker_interval: r.millis("sms.worker_interval_ms"),
            batch: r.number("sms.batch", 1, 1000),
            soft_retry_after: r.millis("sms.soft_retry_after_ms"),
            breaker_pause: r.millis("sms.breaker_pause_ms"),
            link_base_url: r.origin("sms.link_base_url"),
        },
        twilio: TwilioConfig {
            base_url: r.required_origin("twilio.base_url"),
            connect_timeout: r.millis("twilio.connect_timeout_ms"),
            timeout: r.millis("twilio.timeout_ms"),
        },
        vault: VaultConfig { keys: r.vault_keys("vault.keys") },
        log: LogConfig { format: r.log_format("log.format"), level: r.log_level("log.level") },
    }
}

struct Reader<'a> {
    values: &'a Values,
    faults: &'a mut ConfigFaults,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, key: &'static str, rule: &str) {
        let origin = match self.values.get(key).and_then(Value::origin) {
            Some(origin) => format!(" (set in {})", origin.escape_debug()),
            None => String::new(),
        };
        self.faults.add(key, format!("{rule}{origin}"));
    }

    /// Numbers and booleans are not text: a port alone is no address.
    fn text(&self, key: &'static str) -> Option<&'a str> {
        match self.values.get(key).map(|value| &value.kind) {
            Some(ValueKind::String(text)) => Some(text.trim()),
            _ => None,
        }
    }

    /// Whole numbers, or their text: the environment knows nothing else.
    fn number<N: TryFrom<u64> + Default>(&mut self, key: &'static str, min: u64, max: u64) -> N {
        let number = match self.values.get(key).map(|value| &value.kind) {
            Some(ValueKind::I64(number)) => u64::try_from(*number).ok(),
            Some(ValueKind::U64(number)) => Some(*number),
            Some(ValueKind::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| (min..=max).contains(n)).and_then(|n| N::try_from(n).ok());
        if number.is_none() {
            self.fault(key, &format!("must be a whole number from {min} to {max}"));
        }
        number.unwrap_or_default()
    }

    fn millis(&mut self, key: &'static str) -> Duration {
        Duration::from_millis(self.number(key, 1, SEVEN_DAYS_MS))
    }

    fn address(&mut self, key: &'static str) -> SocketAddr {
        let address = self.text(key).and_then(|text| text.parse().ok());
        if address.is_none() {
            self.fault(key, "must be an address and a port, like 127.0.0.1:8080 or [::]:8080");
        }
        address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn required_origin(&mut self, key: &'static str) -> String {
        let origin = self.origin(key);
        if origin.is_none() && !self.faults.concern(key) {
            self.fault(key, "must not be empty");
        }
        origin.unwrap_or_default()
    }

    /// Scheme, host and port of a URL that has nothing else; `None` where it is empty.
    fn origin(&mut self, key: &'static str) -> Option<String> {
        let text = self.text(key);
        if text == Some("") {
            return None;
        }
        let origin = text.and_then(origin_of);
        if origin.is_none() {
            self.fault(
                key,
                "must be http:// or https:// and a host, without user, path, query or fragment",
            );
        }
        origin
    }

    /// A header's name, in lower case; `None` where it is empty.
    fn header_name(&mut self, key: &'static str) -> Option<String> {
        let is_name_byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let name = self.text(key).filter(|text| text.bytes().all(is_name_byte));
        if name.is_none() {
            self.fault(key, "must be the name of a header: letters, digits, - and _");
        }
        name.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase)
    }

    fn connection_string(&mut self, key: &'static str) -> SecretString {
        let url =
            self.text(key).filter(|t| t.is_empty() || tokio_postgres::Config::from_str(t).is_ok());
        if url.is_none() {
            self.fault(
                key,
                "must be a PostgreSQL connection string; its sslmode may be disable, prefer or require",
            );
        }
        url.unwrap_or_default().into()
    }

    fn vault_keys(&mut self, key: &'static str) -> Vec<VaultKey> {
        let texts = match self.values.get(key).map(|value| value.kind.clone()) {
            Some(ValueKind::Array(list)) => {
                list.into_iter().map(|v| v.into_string().ok()).collect()
            }
            Some(ValueKind::String(text)) => text.split(',').map(|t| Some(t.to_owned())).collect(),
            _ => vec![None],
        };
        let mut keys = Vec::new();
        let mut ids = BTreeSet::new();
        for (entry, text) in (1..).zip(texts) {
            match text.as_deref().and_then(VaultKey::parse) {
                None => {
                    let rule = "is not \"<id>:<base64 of 32 bytes>\" with an id from 0 to 255";
                    self.fault(key, &format!("entry {entry} {rule}"));
                }
                Some(one) if !ids.insert(one.id()) => {
                    self.fault(key, &format!("entry {entry} repeats the id {}", one.id()));
                }
                Some(one) => keys.push(one),
            }
        }
        keys
    }

    fn log_format(&mut self, key: &'static str) -> LogFormat {
        match self.text(key) {
            Some("json") => LogFormat::Json,
            Some("pretty") => LogFormat::Pretty,
            _ => {
                self.fault(key, "must be json or pretty");
                LogFormat::Json
            }
        }
    }

    fn log_level(&mut self, key: &'static str) -> tracing::Level {
        match self.text(key) {
            Some("error") => tracing::Level::ERROR,
            Some("warn") => tracing::Level::WARN,
            Some("info") => tracing::Level::INFO,
            Some("debug") => tracing::Level::DEBUG,
            Some("trace") => tracing::Level::TRACE,
            _ => {
                self.fault(key, "must be error, warn, info, debug or trace");
                tracing::Level::INFO
            }
        }
    }
}

fn origin_of(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let is_bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_bare && is_web).then(|| url.origin().ascii_serialization())
}
