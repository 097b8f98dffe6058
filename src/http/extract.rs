//! A [`VapiRequest`] in a handler's arguments is the proof: the sender showed a credential of the
//! organization, and only then was anything parsed. Header secrets are checked before the body is read;
//! a body whose signature is yet to be checked is read only where one of the organization's keys can
//! have made it, and only so many large ones at a time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use futures_util::StreamExt;
use ring::hmac;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::app::App;
use crate::clock::wall_now;
use crate::db;
use crate::domain::org_id::OrgId;
use crate::http::access_log::LogFields;
use crate::http::credentials::{CredentialCache, Known};
use crate::vapi::signature::Claim;
use crate::vapi::{NotAServerMessage, ServerMessage};

/// A slug or a UUID is shorter.
pub(super) const LONGEST_ORG: usize = 64;

/// Up to here an unproven body is read at once; a larger one waits until others are done.
const SMALL_BODY: usize = 64 * 1024;
const LARGE_UNPROVEN_BODIES: usize = 16;

/// Turns for large bodies of senders who have proved nothing yet.
pub(super) struct UnprovenBodies(Semaphore);

impl Default for UnprovenBodies {
    fn default() -> Self {
        Self(Semaphore::new(LARGE_UNPROVEN_BODIES))
    }
}

/// A server message of an authenticated sender.
pub(super) struct VapiRequest {
    pub(super) org: OrgId,
    pub(super) message: ServerMessage,
    /// Until when the sender has to have an answer.
    pub(super) deadline: Instant,
}

/// Why a request is not one. None of them says more to the sender than its status.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAVapiRequest {
    #[error("no credential of this organization was shown")]
    Unauthorized,
    #[error("the body is larger than the limit")]
    TooLarge,
    #[error("the body took too long")]
    Slow,
    #[error("the body broke off")]
    Broken,
    #[error("the body is not a server message: {0}")]
    NotAServerMessage(#[from] NotAServerMessage),
    #[error("credentials cannot be read: {0}")]
    Unavailable(#[from] db::Error),
}

impl ResponseError for NotAVapiRequest {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken | Self::NotAServerMessage(_) => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let reason = match self {
            Self::NotAServerMessage(reason) => reason.to_string(),
            other => other.status_code().canonical_reason().unwrap_or_default().to_lowercase(),
        };
        HttpResponse::build(self.status_code()).json(serde_json::json!({ "error": reason }))
    }
}

impl FromRequest for VapiRequest {
    type Error = NotAVapiRequest;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(prove(request, payload))
    }
}

async fn prove(request: HttpRequest, payload: Payload) -> Result<VapiRequest, NotAVapiRequest> {
    let (Some(app), Some(cache), Some(unproven)) = (
        request.app_data::<Data<Arc<App>>>(),
        request.app_data::<Data<CredentialCache>>(),
        request.app_data::<Data<UnprovenBodies>>(),
    ) else {
        return Err(NotAVapiRequest::Unauthorized);
    };
    let name = request.match_info().get("org").unwrap_or_default();
    let is_word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_word || name.len() > LONGEST_ORG {
        return Err(NotAVapiRequest::Unauthorized);
    }
    let deadline = Instant::now() + app.config.vapi.reply_deadline;
    let known = cache.find(app, name).await?.ok_or(NotAVapiRequest::Unauthorized)?;
    let headers = request.headers();
    let shown = shared_secrets(headers).any(|secret| known.has_secret(app, secret));
    let body = if shown {
        read_body(app, headers, payload, None).await?
    } else {
        let signed = Signed::find(app, &known, headers).ok_or(NotAVapiRequest::Unauthorized)?;
        let body = read_body(app, headers, payload, Some(unproven)).await?;
        if !signed.is(&body) {
            return Err(NotAVapiRequest::Unauthorized);
        }
        body
    };
    let fields = LogFields { org: Some(known.org), ..LogFields::default() };
    request.extensions_mut().insert(fields.clone());
    let message = ServerMessage::parse(&body)?;
    let vapi_call_id = message.call().call_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let message_type = match &message {
        ServerMessage::ToolCalls(_) => "tool-calls",
        ServerMessage::FunctionCall(_) => "function-call",
        ServerMessage::Other { .. } => "other",
    };
    request.extensions_mut().insert(LogFields { vapi_call_id, message: message_type, ..fields });
    Ok(VapiRequest { org: known.org, message, deadline })
}

/// What was shown as a shared secret. An empty header is a missing one; a header sent twice is none,
/// because a proxy and we might not take the same one of the two.
fn shared_secrets(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let secret = only(headers, "x-vapi-secret");
    let bearer = only(headers, AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, token) = value.split_at_checked(7)?;
        scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
    });
    [secret, bearer].into_iter().flatten().filter(|secret| !secret.is_empty())
}

/// A signature that one of the organization's keys may have made.
struct Signed {
    claim: Claim,
    keys: Vec<hmac::Key>,
}

impl Signed {
    fn find(app: &App, known: &Known, headers: &HeaderMap) -> Option<Self> {
        let text = |name| std::str::from_utf8(only(headers, name)?).ok();
        let claim = Claim::read(text("x-timestamp")?, text("x-signature")?, wall_now()).ok()?;
        let keys = known.hmac_keys(app);
        (!keys.is_empty()).then_some(Self { claim, keys })
    }

    fn is(&self, body: &[u8]) -> bool {
        self.keys.iter().any(|key| self.claim.verify(key, body).is_ok())
    }
}

fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    values.next().is_none().then(|| first.as_bytes())
}

/// The raw bytes, within the configured size and time: actix bounds neither for a raw payload. What a
/// sender announces takes no memory before it arrives.
async fn read_body(
    app: &App,
    headers: &HeaderMap,
    mut payload: Payload,
    unproven: Option<&UnprovenBodies>,
) -> Result<BytesMut, NotAVapiRequest> {
    let limit = app.config.server.body_limit_bytes;
    let announced = only(headers, "content-length")
        .and_then(|value| std::str::from_utf8(value).ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(NotAVapiRequest::TooLarge);
    }
    let reading = async {
        let mut body = BytesMut::with_capacity(announced.unwrap_or_default().min(SMALL_BODY));
        let mut turn = None;
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_reason| NotAVapiRequest::Broken)?;
            if body.len() + chunk.len() > limit {
                return Err(NotAVapiRequest::TooLarge);
            }
            if let (Some(bodies), None) = (unproven, &turn)
                && body.len() + chunk.len() > SMALL_BODY
            {
                turn = bodies.0.acquire().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    timeout(app.config.server.body_read, reading).await.unwrap_or(Err(NotAVapiRequest::Slow))
}
