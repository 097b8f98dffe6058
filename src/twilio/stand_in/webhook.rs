//! Posting to a webhook as Twilio does: a signed form, and again at once where the URL's fragment asks
//! for it ("webhook connection overrides"). The fragment is for Twilio alone, so it is not signed.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use secrecy::SecretString;
use uuid::Uuid;

use crate::twilio::signature::{self, Params};

/// Twilio's own, unless the fragment says otherwise: one more try, where no connection was made.
const RETRIES: u8 = 1;
const MOST_RETRIES: u8 = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_TIMEOUT_MS: u64 = 15_000;
const LEAST_READ_TIMEOUT_MS: u64 = 100;

/// Marks the tries of one webhook as one.
const IDEMPOTENCY_HEADER: &str = "I-Twilio-Idempotency-Token";

/// Where to post, and how patiently.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Without the fragment: what is signed.
    pub url: String,
    pub retries: u8,
    /// What is tried again: `ct` (no connection), `rt` (no answer), `4xx`, `5xx`, `all`.
    pub policy: Vec<String>,
    read_timeout: Duration,
}

/// What came back.
pub(super) struct Answer {
    pub(super) http_status: u16,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Webhook {
    /// `None`: no address that Twilio would take, which also has no underscore in a host's name.
    pub fn parse(text: &str) -> Option<Self> {
        let (url, fragment) = text.split_once('#').unwrap_or((text, ""));
        let parsed = Url::parse(url).ok()?;
        let is_web = matches!(parsed.scheme(), "http" | "https");
        if !is_web || parsed.host_str()?.contains('_') {
            return None;
        }
        let mut webhook = Self {
            url: url.to_owned(),
            retries: RETRIES,
            policy: vec!["ct".to_owned()],
            read_timeout: Duration::from_millis(READ_TIMEOUT_MS),
        };
        for (name, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "rc" => webhook.retries = value.parse().unwrap_or(RETRIES).min(MOST_RETRIES),
                "rp" => webhook.policy = value.split(',').map(str::to_owned).collect(),
                "rt" => {
                    let ms = value.parse().unwrap_or(READ_TIMEOUT_MS);
                    let ms = ms.clamp(LEAST_READ_TIMEOUT_MS, READ_TIMEOUT_MS);
                    webhook.read_timeout = Duration::from_millis(ms);
                }
                _ => {}
            }
        }
        Some(webhook)
    }

    /// The last try's answer, if it had one. `same` marks the tries of what was posted before.
    pub(super) async fn post(
        &self,
        http: &reqwest::Client,
        token: &SecretString,
        params: &Params,
        same: Option<Uuid>,
    ) -> Option<Answer> {
        let idempotency = same.unwrap_or_else(Uuid::new_v4).to_string();
        let signature = signature::sign(token, &self.url, params);
        let mut retries = 0..self.retries;
        loop {
            let request = http
                .post(&self.url)
                .timeout(self.read_timeout)
                .header(signature::HEADER, &signature)
                .header(IDEMPOTENCY_HEADER, &idempotency)
                .form(params);
            let (answer, trouble) = match request.send().await {
                Ok(response) => {
                    let trouble = match response.status().as_u16() {
                        400..=499 => Some("4xx"),
                        500..=599 => Some("5xx"),
                        _ => None,
                    };
                    (Answer::read(response).await, trouble)
                }
                Err(error) if error.is_connect() => (None, Some("ct")),
                Err(_) => (None, Some("rt")),
            };
            let is_to_be_retried = trouble.is_some_and(|t| self.retries_after(t));
            if !is_to_be_retried || retries.next().is_none() {
                return answer;
            }
        }
    }

    fn retries_after(&self, trouble: &str) -> bool {
        self.policy.iter().any(|word| word == trouble || word == "all")
    }
}

impl Answer {
    async fn read(response: reqwest::Response) -> Option<Self> {
        let http_status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type =
            content_type.and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        Some(Self { http_status, content_type, body: response.text().await.ok()? })
    }
}

/// Over plain HTTP only: it trusts no certificate, because it is for webhooks on this machine.
/// Connections are not kept: the next webhook may be posted from another runtime.
pub(super) fn client() -> io::Result<reqwest::Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent("TwilioProxy/1.1")
        .build()
        .map_err(io::Error::other)
}

/// An address of a text's own, which may lead to what it is about.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("retries", &self.retries).finish_non_exhaustive()
    }
}
