//! A stand-in for Twilio's Messages API on a loopback port, in the shape of the API and with a memory:
//! the demo's sender, and the tests' way to make Twilio fail as it fails. It plays the phones too: what
//! becomes of a text is reported, and a phone may answer, by signed webhooks as Twilio's. It sends nothing
//! to anybody, and is started by `cli/demo` and by tests alone; `serve` cannot reach it.

mod answer;
mod course;
mod create;
mod cut;
mod draft;
mod fault;
mod inbound;
mod read;
mod store;
mod twiml;
mod webhook;

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{App, HttpRequest, HttpServer, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret;

use self::store::Store;
use super::Credentials;

pub use self::course::Course;
pub use self::fault::Fault;
pub use self::inbound::Inbound;
pub use self::store::{Direction, Report, StoredMessage};
pub use self::webhook::Webhook;

/// Longer than a client keeps an idle connection, so that it is never the server who hangs up.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A running stand-in; dropping it stops it.
pub struct StandIn {
    base_url: String,
    store: Arc<Store>,
    server: ServerHandle,
}

impl StandIn {
    /// Listens on `bind`, where port 0 takes a free one. With `accounts`, only their SIDs and tokens (or
    /// API keys) are let in; without, any user name with any password. Must run inside a tokio runtime.
    pub fn start(bind: SocketAddr, accounts: Vec<Credentials>) -> io::Result<Self> {
        if !bind.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the stand-in is for loopback only",
            ));
        }
        let store = Arc::new(Store::new(accounts, webhook::client()?));
        let shared = web::Data::from(Arc::clone(&store));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route(
                    "/2010-04-01/Accounts/{account}/Messages.json",
                    web::post().to(create::create),
                )
                .route("/2010-04-01/Accounts/{account}/Messages.json", web::get().to(read::list))
                .route(
                    "/2010-04-01/Accounts/{account}/Messages/{sid}.json",
                    web::get().to(read::get),
                )
                .default_service(web::to(answer::not_found))
        })
        .on_connect(cut::remember)
        .workers(1)
        .keep_alive(KEEP_ALIVE)
        .disable_signals()
        .bind(bind)?;
        let address = server.addrs().first().copied().unwrap_or(bind);
        let server = server.run();
        let handle = server.handle();
        drop(tokio::spawn(server));
        Ok(Self { base_url: format!("http://{address}"), store, server: handle })
    }

    /// Scheme, host and port, as a client's settings want it.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Every message that was created by a request, oldest first.
    pub fn messages(&self) -> Vec<StoredMessage> {
        self.pick(|message| message.direction == Direction::OutboundApi)
    }

    /// Those to one number, oldest first.
    pub fn messages_to(&self, to: &str) -> Vec<StoredMessage> {
        self.pick(|message| message.direction == Direction::OutboundApi && message.to == to)
    }

    /// What a phone has in its hand: its texts in either direction, oldest first.
    pub fn conversation(&self, phone: &str) -> Vec<StoredMessage> {
        self.pick(|message| message.phone() == phone)
    }

    /// The phones that were texted or texted, in the order in which they came up.
    pub fn phones(&self) -> Vec<String> {
        self.store.with(|s| {
            let mut seen = HashSet::new();
            let phones = s.messages.iter().map(StoredMessage::phone);
            phones.filter(|phone| seen.insert(*phone)).map(str::to_owned).collect()
        })
    }

    fn pick(&self, is_meant: impl Fn(&StoredMessage) -> bool) -> Vec<StoredMessage> {
        self.store.with(|s| s.messages.iter().filter(|m| is_meant(m)).cloned().collect())
    }

    /// The next text meets this fault, whoever it is for; several are met in order.
    pub fn script(&self, fault: Fault) {
        self.store.with(|s| s.faults.next.push_back(fault));
    }

    /// The next text to this number meets this fault; several are met in order, before [`Self::script`]'s.
    pub fn fault_for(&self, to: &str, fault: Fault) {
        self.store.with(|s| s.faults.next_to.entry(to.to_owned()).or_default().push_back(fault));
    }

    /// Every text to this number meets this fault, when nothing scripted is left for it.
    pub fn always_for(&self, to: &str, fault: Fault) {
        self.store.with(|s| s.faults.always_to.insert(to.to_owned(), fault));
    }

    /// What every text to this number meets, and how it fares once it is taken.
    pub fn habits_of(&self, to: &str) -> (Option<Fault>, Course) {
        self.store.with(|s| {
            let course = s.faults.courses.get(to).copied().unwrap_or_default();
            (s.faults.always_to.get(to).copied(), course)
        })
    }

    /// Every text to this number is taken and delivered again.
    pub fn clear_habits_of(&self, to: &str) {
        self.store.with(|s| {
            s.faults.always_to.remove(to);
            s.faults.courses.remove(to);
        });
    }

    /// Forgets every fault, the list's and the delay included.
    pub fn clear_faults(&self) {
        self.store.with(|s| s.faults = fault::Faults::default());
    }

    /// Answers every text this much later than it was created.
    pub fn delay_all(&self, delay: Duration) {
        self.store.with(|s| s.faults.delay = delay);
    }

    /// Leaves every message out of the list, as if it had never been created.
    pub fn hide_from_list(&self, hidden: bool) {
        self.store.with(|s| s.faults.list_is_empty = hidden);
    }

    /// Leaves the texts out of what is listed, as an account that redacts them does.
    pub fn redact_bodies(&self, redacted: bool) {
        self.store.with(|s| s.faults.bodies_are_redacted = redacted);
    }

    /// Lists every text with this before it, as a trial account does.
    pub fn prefix_bodies(&self, prefix: &str) {
        self.store.with(|s| prefix.clone_into(&mut s.faults.listed_before_bodies));
    }

    /// Answers the list with this status instead.
    pub fn fail_list(&self, http_status: Option<u16>) {
        self.store.with(|s| s.faults.list_status = http_status);
    }

    /// Stops listening and cuts what is still open.
    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // The order to stop is given when the future is made; only waiting for it needs a runtime.
        drop(self.server.stop(false));
    }
}

/// Whether the request may act for the account in its path.
fn is_let_in(request: &HttpRequest, store: &Store, account: &str) -> bool {
    let Some((user, password)) = basic_pair(request) else { return false };
    if store.accounts.is_empty() {
        return !user.is_empty() && !password.is_empty();
    }
    store.accounts.iter().filter(|c| c.account_sid() == account).any(|c| {
        let is_token = user == account && password == c.auth_token().expose_secret();
        let is_key =
            c.api_key().is_some_and(|k| user == k.sid && password == k.secret.expose_secret());
        is_token || is_key
    })
}

fn basic_pair(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let decoded = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
