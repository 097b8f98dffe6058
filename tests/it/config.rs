//! The documented file is the defaults; what comes over it is checked as a whole, and no secret shows.

use std::{fs, path::Path, time::Duration};

use secrecy::ExposeSecret;
use vapi_gateway::config::{Config, ConfigFaults, DEFAULTS, LogFormat};

/// 32 bytes each, in base64.
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const OTHER_KEY: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const URL: &str = "postgres://gateway:a-synthetic-password@127.0.0.1/gateway";

fn load_over(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    let environment = environment.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    Config::load(file, environment)
}

fn load(environment: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
    load_over(None, environment)
}

fn faults(environment: &[(&str, &str)]) -> Vec<String> {
    load(environment).unwrap_err().lines().collect()
}

fn load_file(text: &str) -> Result<Config, ConfigFaults> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.toml");
    fs::write(&path, text).unwrap();
    load_over(Some(&path), &[])
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = load(&[]).unwrap();
    let ms = Duration::from_millis;
    assert_eq!(config.server.bind, "127.0.0.1:8080".parse().unwrap());
    assert_eq!((config.server.public_url, config.server.client_ip_header), (None, None));
    assert_eq!((config.server.workers, config.server.max_connections), (0, 4096));
    assert_eq!(config.server.body_limit_bytes, 8 * 1024 * 1024);
    assert_eq!((config.server.shutdown, config.server.body_read), (ms(25_000), ms(5_000)));
    let database = &config.database;
    assert_eq!(database.url.expose_secret(), "");
    assert_eq!((database.pool_size, database.pool_wait), (16, ms(250)));
    assert_eq!((database.connect, database.lock_timeout), (ms(1_000), ms(1_000)));
    assert_eq!((database.statement_timeout, database.budget), (ms(2_000), ms(2_000)));
    assert_eq!(config.vapi.reply_deadline, ms(3_500));
    assert_eq!(config.vapi.credential_fresh, ms(5_000));
    assert_eq!(config.vapi.credential_stale, ms(600_000));
    let sms = &config.sms;
    assert_eq!((sms.reply_deadline, sms.reconcile_after), (ms(2_500), ms(60_000)));
    assert_eq!((sms.lease, sms.retry_base), (ms(30_000), ms(5_000)));
    assert_eq!((sms.max_tries, sms.worker_interval, sms.batch), (5, ms(1_000), 64));
    assert_eq!(config.twilio.base_url, "https://api.twilio.com");
    assert_eq!(config.twilio.connect_timeout, ms(2_000));
    assert_eq!(config.twilio.timeout, ms(10_000));
    assert!(config.vault.keys.is_empty());
    assert_eq!((config.log.format, config.log.level), (LogFormat::Json, tracing::Level::INFO));
}

#[test]
fn every_key_is_explained() {
    let lines: Vec<_> = DEFAULTS.lines().collect();
    for pair in lines.windows(2) {
        if pair[1].contains(" = ") && !pair[1].starts_with('#') {
            assert!(pair[0].starts_with("# "), "{} stands without a sentence", pair[1]);
        }
    }
}

#[test]
fn a_file_is_over_the_defaults_and_the_environment_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.toml");
    fs::write(&path, "[server]\nworkers = 3\n[sms]\nbatch = 4\n[database]\nurl = \"host=/file\"\n")
        .unwrap();
    let environment = [("GATEWAY__SMS__BATCH", "5"), ("DATABASE_URL", URL), ("PATH", "/bin")];
    let config = load_over(Some(&path), &environment).unwrap();
    assert_eq!((config.server.workers, config.sms.batch), (3, 5));
    assert_eq!(config.database.url.expose_secret(), URL);
    assert_eq!(config.sms.max_tries, 5);

    // The variable names the file; our own name for the URL is the more particular one.
    let named = [
        ("GATEWAY_CONFIG", path.to_str().unwrap()),
        ("DATABASE_URL", URL),
        ("GATEWAY__DATABASE__URL", "host=/own"),
    ];
    let config = load(&named).unwrap();
    assert_eq!(config.server.workers, 3);
    assert_eq!(config.database.url.expose_secret(), "host=/own");
}

#[test]
fn an_empty_variable_is_not_set() {
    let empty = [("DATABASE_URL", ""), ("GATEWAY__SERVER__BIND", ""), ("GATEWAY_CONFIG", "")];
    assert_eq!(load(&empty).unwrap().server.bind.port(), 8080);
}

#[test]
fn keys_of_the_vault_come_as_a_list_or_between_commas() {
    let (old, new) = (format!("1:{KEY}"), format!("2:{OTHER_KEY}"));
    let ids = |config: Config| config.vault.keys.iter().map(|key| key.id()).collect::<Vec<_>>();
    let both = format!("{new}, {old}");
    assert_eq!(ids(load(&[("GATEWAY__VAULT__KEYS", &both)]).unwrap()), [2, 1]);
    assert_eq!(ids(load_file(&format!("[vault]\nkeys = [\"{old}\"]")).unwrap()), [1]);
}

#[test]
fn urls_are_kept_as_scheme_and_host() {
    let config = load(&[
        ("GATEWAY__SERVER__PUBLIC_URL", "https://Clinic.Example.com:443/"),
        ("GATEWAY__TWILIO__BASE_URL", "http://127.0.0.1:4010"),
    ])
    .unwrap();
    assert_eq!(config.server.public_url.as_deref(), Some("https://clinic.example.com"));
    assert_eq!(config.link_base_url(), Some("https://clinic.example.com"));
    assert_eq!(config.twilio.base_url, "http://127.0.0.1:4010");
    assert_eq!(load(&[]).unwrap().link_base_url(), None);
    let short = load(&[
        ("GATEWAY__SERVER__PUBLIC_URL", "https://clinic.example.com"),
        ("GATEWAY__SMS__LINK_BASE_URL", "https://c.example"),
    ])
    .unwrap();
    assert_eq!(short.link_base_url(), Some("https://c.example"));
}

#[test]
fn a_wrong_value_is_one_line_that_names_its_key_and_its_rule() {
    let cases = [
        ("SERVER__BIND", "localhost", "server.bind must be an address and a port"),
        ("SERVER__WORKERS", "-1", "server.workers must be a whole number from 0 to 1024"),
        ("SERVER__WORKERS", "2.7", "server.workers must be a whole number"),
        ("SERVER__MAX_CONNECTIONS", "0", "server.max_connections must be a whole number from 1"),
        ("SERVER__BODY_LIMIT_BYTES", "yes", "server.body_limit_bytes must be a whole number"),
        ("SERVER__PUBLIC_URL", "https://a.example.com/x", "server.public_url must be http"),
        ("SERVER__PUBLIC_URL", "https://a.example.com?x", "server.public_url must be http"),
        ("SERVER__CLIENT_IP_HEADER", "x forwarded", "server.client_ip_header must be the name"),
        ("SERVER__PUBLIC_URL", "ftp://a.example.com", "server.public_url must be http"),
        ("TWILIO__BASE_URL", "api.twilio.com", "twilio.base_url must be http"),
        ("TWILIO__BASE_URL", "https://u:p@a.example.com", "twilio.base_url must be http"),
        ("DATABASE__URL", "nonsense", "database.url must be a PostgreSQL connection string"),
        ("DATABASE__POOL_SIZE", "0", "database.pool_size must be a whole number from 1 to 1000"),
        ("SMS__LEASE_MS", "0", "sms.lease_ms must be a whole number from 1"),
        ("VAPI__REPLY_DEADLINE_MS", "99999999999", "vapi.reply_deadline_ms must be a whole number"),
        ("VAULT__KEYS", "1:c2hvcnQ=", "vault.keys entry 1 is not"),
        ("VAULT__KEYS", "256:AQ==", "vault.keys entry 1 is not"),
        ("LOG__FORMAT", "xml", "log.format must be json or pretty"),
        ("LOG__LEVEL", "off", "log.level must be error, warn"),
    ];
    for (name, value, line) in cases {
        let name = format!("GATEWAY__{name}");
        let found = faults(&[(&name, value)]);
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        assert!(found[0].starts_with(line), "{}", found[0]);
        assert!(found[0].ends_with("(set in the environment)"), "{}", found[0]);
    }
    let text = load_file("[twilio]\nbase_url = \"\"").unwrap_err().to_string();
    assert!(text.starts_with("twilio.base_url must not be empty (set in /"), "{text}");
    let twice = format!("1:{KEY},1:{OTHER_KEY}");
    let found = faults(&[("GATEWAY__VAULT__KEYS", &twice)]);
    assert!(found[0].starts_with("vault.keys entry 2 repeats the id 1"), "{found:?}");
}

#[test]
fn numbers_that_contradict_each_other_are_faults() {
    let cases = [
        (
            ("DATABASE__POOL_WAIT_MS", "1000"),
            "database.pool_wait_ms must be less than database.lock",
        ),
        (("DATABASE__LOCK_TIMEOUT_MS", "2000"), "database.lock_timeout_ms must be less than"),
        (
            ("DATABASE__STATEMENT_TIMEOUT_MS", "2001"),
            "database.statement_timeout_ms must not be more",
        ),
        (
            ("DATABASE__BUDGET_MS", "3500"),
            "database.budget_ms must be less than vapi.reply_deadline",
        ),
        (("SMS__REPLY_DEADLINE_MS", "3500"), "sms.reply_deadline_ms must be less than vapi.reply"),
        (("TWILIO__CONNECT_TIMEOUT_MS", "10000"), "twilio.connect_timeout_ms must be less than"),
        (("VAPI__CREDENTIAL_FRESH_MS", "600001"), "vapi.credential_fresh_ms must not be more than"),
        (("SMS__LEASE_MS", "15000"), "sms.lease_ms must be more than 15000"),
        (("TWILIO__TIMEOUT_MS", "20000"), "sms.lease_ms must be more than 30000"),
    ];
    for ((name, value), line) in cases {
        let found = faults(&[(&format!("GATEWAY__{name}"), value)]);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].starts_with(line), "{}", found[0]);
    }
    let small = [
        ("GATEWAY__SMS__LEASE_MS", "600"),
        ("GATEWAY__TWILIO__TIMEOUT_MS", "300"),
        ("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", "200"),
    ];
    load(&small).unwrap();
}

#[test]
fn unknown_keys_are_faults_that_suggest_the_near_one() {
    let found = faults(&[
        ("GATEWAY__SERVER__BNID", "127.0.0.1:1"),
        ("GATEWAY__Sms__Batch", "1"),
        ("GATEWAY__WEATHER", "rain"),
        ("GATEWAY_SERVICE_HOST", "another's variable"),
    ]);
    assert_eq!(
        found,
        [
            "GATEWAY__SERVER__BNID names no key of the configuration; did you mean GATEWAY__SERVER__BIND?",
            "GATEWAY__Sms__Batch names no key of the configuration; did you mean GATEWAY__SMS__BATCH?",
            "GATEWAY__WEATHER names no key of the configuration",
        ]
    );
    let text = load_file("server = 1\n[sms]\nbach = 2\n[sms.batch]\nsize = 3\n").unwrap_err();
    assert_eq!(
        text.to_string(),
        "server is not a key of the configuration\n\
         sms.bach is not a key of the configuration; did you mean sms.batch?\n\
         sms.batch.size is not a key of the configuration"
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let found = faults(&[
        ("GATEWAY__SERVER__BIND", "nowhere"),
        ("GATEWAY__SERVER__PORT", "1"),
        ("GATEWAY__SMS__BATCH", "many"),
        ("GATEWAY__SMS__LEASE_MS", "10"),
        // At fault itself, so it is not compared as well.
        ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "soon"),
    ]);
    assert_eq!(found.len(), 5, "{found:#?}");
}

#[test]
fn a_file_that_cannot_be_used_says_where_and_quotes_nothing() {
    let missing = load_over(Some(Path::new("/nowhere/gateway.toml")), &[]).unwrap_err();
    assert_eq!(missing.to_string(), "/nowhere/gateway.toml cannot be read: entity not found");
    let broken = load_file("[database]\nurl = \"postgres://u:a-synthetic-password@h/d\n");
    let text = broken.unwrap_err().to_string();
    assert!(text.ends_with("gateway.toml is not TOML: look at line 2"), "{text}");
}

#[test]
fn serving_needs_a_database_and_a_key() {
    let lines: Vec<_> = load(&[]).unwrap().check_for_serve().unwrap_err().lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("database.url is not set"), "{lines:?}");
    assert!(lines[1].starts_with("vault.keys is empty"), "{lines:?}");
    let key = format!("1:{KEY}");
    let config = load(&[("DATABASE_URL", URL), ("GATEWAY__VAULT__KEYS", &key)]).unwrap();
    config.check_for_serve().unwrap();
    assert_eq!(config.database.require_url().unwrap().expose_secret(), URL);
}

#[test]
fn no_secret_shows() {
    let key = format!("1:{KEY}");
    let config = load(&[("DATABASE_URL", URL), ("GATEWAY__VAULT__KEYS", &key)]).unwrap();
    let shown = format!("{config:?} {config:#?}");
    assert!(!shown.contains("a-synthetic-password") && !shown.contains(KEY), "{shown}");

    // Secrets in every key, right or wrong, in the environment and in a file.
    let bad_keys = format!("1:{KEY}x,{KEY},999:{OTHER_KEY}");
    let bad_url = format!("{URL}?sslmode=a-synthetic-password");
    let mut environment = vec![("DATABASE_URL".to_owned(), bad_url)];
    for name in ["SERVER__BIND", "SERVER__WORKERS", "TWILIO__BASE_URL", "VAULT__KEYS", "LOG__LEVEL"]
    {
        environment.push((format!("GATEWAY__{name}"), bad_keys.clone()));
    }
    let faults = Config::load(None, environment.into_iter()).unwrap_err();
    let file =
        load_file(&format!("[database]\nurl = [\"{URL}\"]\n[vault]\nkeys = {{ a = \"{KEY}\" }}"));
    let shown = format!("{faults} {faults:?} {:?}", file.unwrap_err());
    for secret in ["a-synthetic-password", KEY, OTHER_KEY] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn the_processs_environment_is_read_through_the_config() {
    assert!(Config::environment().any(|(name, _)| name == "PATH"));
}
