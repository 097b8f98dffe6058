//! A [`TwilioRequest`] in a handler's arguments is the proof: the clinic's own Twilio account signed this
//! URL and this form. Whatever is wrong is answered alike, so that a stranger learns neither what was
//! wrong nor who our clinics are. No time is signed: a handler must bear the same request twice.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::app::App;
use crate::db::{self, organizations};
use crate::domain::org_id::OrgId;
use crate::http::access_log::LogFields;
use crate::http::extract::LONGEST_ORG;
use crate::messaging::credentials::{self, Signers};
use crate::twilio::callback::Form;
use crate::twilio::signature::{self, Content, HEADER};

/// Twilio's largest form, an inbound message with ten media, takes some 10 KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// A signature has 28 characters.
const LONGEST_SIGNATURE: usize = 64;

/// So many of Twilio's requests, proven or not, use the database at once: the rest of the pool is for calls.
const AT_ONCE: usize = 4;

/// Twilio gives up after 15 s; whoever has not had a turn by then is told to come again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Turns at the database for Twilio's requests.
pub(super) struct TwilioTurns(Arc<Semaphore>);

impl Default for TwilioTurns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A form that Twilio posted for an organization.
pub(super) struct TwilioRequest {
    pub(super) org: OrgId,
    pub(super) form: Form,
    /// Held until the answer is made.
    _turn: OwnedSemaphorePermit,
}

/// Why a request is not one. The sender hears no more than the status.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotATwilioRequest {
    #[error("not signed by the clinic's account: {0}")]
    Forbidden(&'static str),
    #[error("the body is larger than the limit")]
    TooLarge,
    #[error("the body took too long or broke off")]
    Broken,
    #[error("the keys cannot be read")]
    Unavailable,
}

impl ResponseError for NotATwilioRequest {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::REQUEST_TIMEOUT,
            // Twilio tries again after a 5xx, because its URLs ask for that.
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).finish()
    }
}

impl FromRequest for TwilioRequest {
    type Error = NotATwilioRequest;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let fields = LogFields { message: kind_of(&request), ..LogFields::default() };
            request.extensions_mut().insert(fields);
            let proven = prove(&request, payload).await;
            // For whoever runs the service: the sender hears none of it.
            if let (Err(NotATwilioRequest::Forbidden(reason)), Some(fields)) =
                (&proven, request.extensions_mut().get_mut::<LogFields>())
            {
                (*reason).clone_into(&mut fields.outcome);
            }
            proven
        })
    }
}

async fn prove(
    request: &HttpRequest,
    payload: Payload,
) -> Result<TwilioRequest, NotATwilioRequest> {
    let forbidden = NotATwilioRequest::Forbidden;
    let (Some(app), Some(turns)) =
        (request.app_data::<Data<Arc<App>>>(), request.app_data::<Data<TwilioTurns>>())
    else {
        return Err(forbidden("not_set_up"));
    };
    let shown = signature_of(request.headers()).ok_or(forbidden("no_signature"))?;
    let public_url = app.config.server.public_url.as_deref().ok_or(forbidden("no_public_url"))?;
    let name = request.match_info().get("org").unwrap_or_default();
    let is_word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_word || name.len() > LONGEST_ORG {
        return Err(forbidden("no_organization"));
    }
    // As it came: what is decoded and written anew is not what was signed.
    let path_and_query = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let url = format!("{public_url}{path_and_query}");
    let body = read_body(app, request.headers(), payload).await?;
    let form = signature::read_form(&body);

    let turn = timeout(LONGEST_WAIT, Arc::clone(&turns.0).acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(NotATwilioRequest::Unavailable) };
    let finding = timeout(app.config.database.budget, find(app, name)).await;
    let found = finding.unwrap_or(Err(db::Error::Busy)).map_err(|error| {
        tracing::warn!(%error, "The keys for one of Twilio's requests cannot be read");
        NotATwilioRequest::Unavailable
    })?;
    let (org, signers) = found.ok_or(forbidden("no_organization"))?;
    if let Some(fields) = request.extensions_mut().get_mut::<LogFields>() {
        fields.org = Some(org);
    }
    let signers = signers.ok_or(forbidden("no_account"))?;
    signature::verify(&signers.auth_tokens, &url, Content::Form(&form), shown)
        .map_err(|_reason| forbidden("wrong_signature"))?;
    let form = Form(form);
    if form.get("AccountSid") != Some(signers.account_sid.as_str()) {
        return Err(forbidden("another_account"));
    }
    Ok(TwilioRequest { org, form, _turn: turn })
}

/// A header sent twice is none: a proxy and we might not take the same one of the two.
fn signature_of(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(HEADER);
    let first = values.next().filter(|_| values.next().is_none())?.to_str().ok()?.trim();
    (1..=LONGEST_SIGNATURE).contains(&first.len()).then_some(first)
}

async fn find(app: &App, name: &str) -> Result<Option<(OrgId, Option<Signers>)>, db::Error> {
    let mut conn = app.db.connection().await?;
    let Some(row) = organizations::find(&conn, name).await? else { return Ok(None) };
    let org = OrgId(row.id);
    Ok(Some((org, credentials::find_signers(app, &mut conn, org).await?)))
}

async fn read_body(
    app: &App,
    headers: &HeaderMap,
    mut payload: Payload,
) -> Result<BytesMut, NotATwilioRequest> {
    let announced =
        headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_LIMIT) {
        return Err(NotATwilioRequest::TooLarge);
    }
    let reading = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_reason| NotATwilioRequest::Broken)?;
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(NotATwilioRequest::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    timeout(app.config.server.body_read, reading).await.unwrap_or(Err(NotATwilioRequest::Broken))
}

/// What the access log calls it.
fn kind_of(request: &HttpRequest) -> &'static str {
    match request.match_pattern() {
        Some(route) if route.contains("/status/") => "twilio-status",
        _ => "twilio-inbound",
    }
}
