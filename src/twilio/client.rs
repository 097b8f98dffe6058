//! The one HTTP client that talks to Twilio: time-outs on everything, no redirects, no proxies, and no
//! retry of its own, because a text has no idempotency key at Twilio (its error 20500 says so).
//! It logs nothing: whoever records an outcome tells it once.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{redirect, retry};
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;

use super::answer::{Answer, Failure};
use super::base_url::BaseUrl;
use super::request::{self, Written};
use super::{Credentials, ListError, ListedMessage, RetryKind, SendOutcome};

/// A created message takes about 1 KiB, and at most some 10 KiB with an escaped body of 1,600 characters.
const SEND_ANSWER_CAP: usize = 256 * 1024;

/// A page of [`LIST_PAGE_SIZE`] messages, each at its longest.
const LIST_ANSWER_CAP: usize = 2 * 1024 * 1024;

/// One page, newest first, of texts to one number: the one looked for is minutes old, so no further page
/// is read. A full page whose oldest entry is younger than the attempt has not shown an absence.
pub const LIST_PAGE_SIZE: u16 = 100;

/// Below the idle time after which servers commonly hang up (60 s): a request written into a connection
/// that is being closed has no known outcome.
const POOL_IDLE: Duration = Duration::from_secs(20);

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioSettings {
    /// Scheme, host and, if need be, port: `https://api.twilio.com`.
    pub base_url: String,
    /// For name, route and TLS handshake together; shorter than `timeout`, so that a server that cannot
    /// be reached is told from one that does not answer.
    pub connect_timeout: Duration,
    /// For the whole exchange, to the last byte of the answer.
    pub timeout: Duration,
}

/// Why a client cannot be made. Found at start, never during a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    #[error("Twilio's base URL is not usable: {0}")]
    BaseUrl(&'static str),
    #[error("Twilio's connect time-out must be above zero and shorter than the whole time-out")]
    Timeouts,
    #[error("TLS towards Twilio could not be set up")]
    Tls,
    #[error("the HTTP client for Twilio could not be built")]
    Build,
}

/// Cheap to clone; its connections are shared.
#[derive(Clone)]
pub struct TwilioClient {
    http: reqwest::Client,
    base_url: BaseUrl,
    timeout: Duration,
}

impl TwilioClient {
    pub fn new(settings: &TwilioSettings) -> Result<Self, ClientError> {
        let base_url = BaseUrl::parse(&settings.base_url)?;
        if settings.connect_timeout.is_zero() || settings.connect_timeout >= settings.timeout {
            return Err(ClientError::Timeouts);
        }
        if !request::prepare() {
            return Err(ClientError::Build);
        }
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(&base_url)?)
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.timeout)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent(USER_AGENT)
            .build()
            .ok()
            .ok_or(ClientError::Build)?;
        Ok(Self { http, base_url, timeout: settings.timeout })
    }

    /// The hard end of every call: a lease on a message must outlast it.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Posts one text, once. Dropping the future does not unsend it.
    /// `report_to` is called back with what becomes of it.
    pub async fn send(
        &self,
        credentials: &Credentials,
        to: &str,
        body: &str,
        report_to: Option<&str>,
    ) -> SendOutcome {
        let written = request::create_message(credentials, to, body, report_to).await;
        match self.carry(credentials, written, SEND_ANSWER_CAP).await {
            Ok(answer) => answer.into_send_outcome(),
            Err(Failure::NotConnected) => {
                SendOutcome::RetryLater { kind: RetryKind::NotConnected, retry_after: None }
            }
            Err(Failure::Unknown(kind)) => SendOutcome::Unknown { kind },
        }
    }

    /// The newest texts to this number, from this clinic's number where it sends from one.
    pub async fn list(
        &self,
        credentials: &Credentials,
        to: &str,
    ) -> Result<Vec<ListedMessage>, ListError> {
        let written = request::list_messages(credentials, to, LIST_PAGE_SIZE).await;
        match self.carry(credentials, written, LIST_ANSWER_CAP).await {
            Ok(answer) => answer.into_list(),
            Err(Failure::NotConnected) => Err(ListError::NotConnected),
            Err(Failure::Unknown(kind)) => Err(ListError::Failed(kind)),
        }
    }

    /// One message, as far as it has come. The sid is one that Twilio gave.
    pub async fn fetch(
        &self,
        credentials: &Credentials,
        sid: &str,
    ) -> Result<ListedMessage, ListError> {
        let written = request::fetch_message(credentials, sid).await;
        match self.carry(credentials, written, SEND_ANSWER_CAP).await {
            Ok(answer) => answer.into_message(),
            Err(Failure::NotConnected) => Err(ListError::NotConnected),
            Err(Failure::Unknown(kind)) => Err(ListError::Failed(kind)),
        }
    }

    /// A request that could not be written at all counts as one that never left.
    async fn carry(
        &self,
        credentials: &Credentials,
        written: Option<Written>,
        cap: usize,
    ) -> Result<Answer, Failure> {
        let written = written.ok_or(Failure::NotConnected)?;
        let url = self.base_url.join(&written.path_and_query);
        let (user, secret) = credentials.basic();
        let response = written
            .into_reqwest(&self.http, &url)
            .basic_auth(user, Some(secret.expose_secret()))
            .send()
            .await
            .map_err(|error| Failure::of(&error))?;
        Ok(Answer::read(response, cap).await)
    }
}

impl fmt::Debug for TwilioClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioClient").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// The platform's roots. Without TLS there is nothing to verify, and no root store is needed to start.
fn tls(base_url: &BaseUrl) -> Result<rustls::ClientConfig, ClientError> {
    let versions = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()
        .ok_or(ClientError::Tls)?;
    if base_url.is_plain() {
        return Ok(versions
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth());
    }
    let verified = versions.with_platform_verifier().ok().ok_or(ClientError::Tls)?;
    Ok(verified.with_no_client_auth())
}
