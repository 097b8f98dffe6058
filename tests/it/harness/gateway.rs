//! A gateway in this process: the real server on port 0, a database of its own, a stand-in for Twilio,
//! business time frozen. The worker runs only when a test steps it.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;
use vapi_gateway::app::App;
use vapi_gateway::clock::Clock;
use vapi_gateway::config::Config;
use vapi_gateway::db::migrations;
use vapi_gateway::http::Server;
use vapi_gateway::twilio::stand_in::StandIn;
use vapi_gateway::twilio::{Credentials, Sender};
use vapi_gateway::worker;

use super::clinics::{
    self, MAPLE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER, VOXANNE_SECRET,
};
use super::cluster::{TestDatabase, fresh_database};
use super::vapi::{Reply, ToolCall};
use crate::sentences;

/// Monday morning in New York, three days before Maple Dental's closed Thursday.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-23 15:00 UTC);

/// A key for tests, the same in every process of a test.
pub(crate) const VAULT_KEY: &str = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Time-outs that no busy machine runs into.
const PATIENT: [(&str, &str); 6] = [
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "8000"),
    ("GATEWAY__DATABASE__CONNECT_MS", "8000"),
    ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "10000"),
    ("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", "15000"),
    ("GATEWAY__DATABASE__BUDGET_MS", "20000"),
    ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "30000"),
];

pub(crate) struct Gateway {
    pub(crate) app: Arc<App>,
    pub(crate) url: String,
    pub(crate) stand_in: Arc<StandIn>,
    pub(crate) database: Arc<TestDatabase>,
    server: Option<Server>,
}

/// How a gateway is to be.
pub(crate) struct Setup {
    now: Option<OffsetDateTime>,
    settings: Vec<(&'static str, String)>,
    clinics: Vec<String>,
    has_public_url: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let clinics = vec![clinics::MAPLE.to_owned(), clinics::VOXANNE.to_owned()];
        Self { now: Some(NOW), settings: Vec::new(), clinics, has_public_url: true }
    }
}

impl Setup {
    pub(crate) fn at(mut self, now: OffsetDateTime) -> Self {
        self.now = Some(now);
        self
    }

    /// A setting as its environment variable: `("GATEWAY__SMS__LEASE_MS", "900")`.
    pub(crate) fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.settings.push((name, value.to_string()));
        self
    }

    /// Time for everything: where a machine is slow, the words stay those of a fast one.
    pub(crate) fn unhurried(self) -> Self {
        self.set("GATEWAY__DATABASE__CONNECT_MS", 10_000)
            .set("GATEWAY__DATABASE__POOL_WAIT_MS", 10_000)
            .set("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", 11_000)
            .set("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", 12_000)
            .set("GATEWAY__DATABASE__BUDGET_MS", 12_000)
            .set("GATEWAY__SMS__REPLY_DEADLINE_MS", 15_000)
            .set("GATEWAY__VAPI__REPLY_DEADLINE_MS", 25_000)
    }

    /// Nobody has told the gateway what the outside calls it: texts carry no link, and none is told of.
    pub(crate) fn without_public_url(mut self) -> Self {
        self.has_public_url = false;
        self
    }

    /// A clinic besides the two of the demo.
    pub(crate) fn clinic(mut self, file: impl Into<String>) -> Self {
        self.clinics.push(file.into());
        self
    }

    pub(crate) async fn start(self) -> Gateway {
        let database = Arc::new(migrated_database().await);
        let stand_in = Arc::new(stand_in());
        let gateway = self.start_on(database, stand_in);
        for clinic in &self.clinics {
            clinics::apply(&gateway.app, clinic).await;
        }
        gateway
    }

    /// A further node on the database and the Twilio of another.
    pub(crate) fn join(self, other: &Gateway) -> Gateway {
        self.start_on(Arc::clone(&other.database), Arc::clone(&other.stand_in))
    }

    fn start_on(&self, database: Arc<TestDatabase>, stand_in: Arc<StandIn>) -> Gateway {
        let settings = settings(&database.url, stand_in.base_url(), &self.settings);
        let mut config = Config::load(None, settings.into_iter()).expect("a configuration");
        let listener = Server::listen(config.server.bind).expect("an address");
        let url = format!("http://{}", listener.local_addr().expect("a port"));
        // As in the demo: the stand-in can call back.
        if self.has_public_url {
            config.server.public_url.get_or_insert_with(|| url.clone());
        }
        let clock = self.now.map_or_else(Clock::system, Clock::frozen);
        let app = App::build(config, clock).expect("an app");
        let server = Server::start(Arc::clone(&app), listener).expect("a server");
        server.set_ready(true);
        Gateway { app, url, stand_in, database, server: Some(server) }
    }
}

/// The environment that a gateway of this test is configured with.
pub(crate) fn settings(
    database_url: &str,
    twilio_url: &str,
    more: &[(&'static str, String)],
) -> Vec<(String, String)> {
    let mut all = vec![
        ("DATABASE_URL".to_owned(), database_url.to_owned()),
        ("GATEWAY__TWILIO__BASE_URL".to_owned(), twilio_url.to_owned()),
        ("GATEWAY__VAULT__KEYS".to_owned(), VAULT_KEY.to_owned()),
        ("GATEWAY__SERVER__BIND".to_owned(), "127.0.0.1:0".to_owned()),
        ("GATEWAY__SERVER__WORKERS".to_owned(), "1".to_owned()),
    ];
    // A machine that runs everything at once is slow: only tests of time-outs have the real ones.
    for (name, value) in PATIENT {
        all.push((name.to_owned(), value.to_owned()));
    }
    all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    all
}

pub(crate) async fn migrated_database() -> TestDatabase {
    fresh_database(|url| async move {
        let settings = settings(&url, "http://127.0.0.1:9", &[]);
        let config = Config::load(None, settings.into_iter()).expect("a configuration");
        migrations::run(&config.database).await.expect("the migrations run");
    })
    .await
}

pub(crate) fn stand_in() -> StandIn {
    let account = Credentials::new(
        TWILIO_ACCOUNT_SID.to_owned(),
        TWILIO_AUTH_TOKEN.into(),
        None,
        Sender::PhoneNumber(TWILIO_NUMBER.to_owned()),
    );
    StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), vec![account.unwrap()])
        .expect("a stand-in")
}

impl Gateway {
    /// The demo's two clinics, at [`NOW`].
    pub(crate) async fn start() -> Self {
        Setup::default().start().await
    }

    /// The same with [`Setup::unhurried`]: for tests whose subject is words and rows, not time.
    pub(crate) async fn unhurried() -> Self {
        Setup::default().unhurried().start().await
    }

    /// Posts a body as it is, with the clinic's secret; returns status and JSON.
    pub(crate) async fn post(&self, org: &str, body: &Value) -> (u16, Value) {
        post(&self.url, org, secret_of(org), body).await
    }

    /// Makes one tool call at a clinic and returns its reply.
    pub(crate) async fn call(&self, org: &str, call: &ToolCall) -> Reply {
        ask(&self.url, org, call).await
    }

    /// Lets the worker work once through what is due.
    pub(crate) async fn step(&self) -> usize {
        worker::step(&self.app).await.expect("the worker steps")
    }

    /// Stops as SIGTERM does.
    pub(crate) async fn stop(mut self) {
        assert!(
            self.server.take().expect("a running server").stop().await,
            "work was left in flight"
        );
    }
}

/// The secret of a clinic by its slug: Voxanne has its own, all others share Maple Dental's.
pub(crate) fn secret_of(org: &str) -> &'static str {
    if org == "voxanne" { VOXANNE_SECRET } else { MAPLE_SECRET }
}

/// Posts to any gateway.
pub(crate) async fn post(url: &str, org: &str, secret: &str, body: &Value) -> (u16, Value) {
    post_bytes(url, org, secret, body.to_string().into_bytes()).await
}

/// Posts bytes to any gateway. Whatever is said in the answer must be fit to be said.
pub(crate) async fn post_bytes(url: &str, org: &str, secret: &str, body: Vec<u8>) -> (u16, Value) {
    let response = client()
        .post(format!("{url}/vapi/{org}"))
        .header("x-vapi-secret", secret)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let status = response.status().as_u16();
    let answer = response.json().await.unwrap_or(Value::Null);
    sentences::check(&answer);
    (status, answer)
}

/// Makes one tool call at any gateway; it must be answered with 200 and one reply with its id.
pub(crate) async fn ask(url: &str, org: &str, call: &ToolCall) -> Reply {
    let (status, answer) = post(url, org, secret_of(org), &call.body()).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().expect("results");
    assert_eq!(results.len(), 1, "{answer}");
    assert_eq!(results[0]["toolCallId"].as_str(), Some(call.tool_call_id.as_str()));
    assert_eq!(results[0]["name"].as_str(), Some(call.tool));
    sentences::check_privacy(&results[0], &call.arguments);
    Reply(results[0].clone())
}

/// Made once: making one takes longer than an answer, and racers would start one after the other.
pub(crate) fn client() -> reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let make = || {
        rustls::crypto::ring::default_provider().install_default().ok();
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client")
    };
    CLIENT.get_or_init(make).clone()
}
