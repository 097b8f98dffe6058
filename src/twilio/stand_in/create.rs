//! `POST …/Messages.json`: who is let in, what is refused, what is created, and what goes wrong between
//! creating and answering where a test scripted it.

use std::future;
use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};

use super::draft::{Draft, Refusal};
use super::fault::Fault;
use super::inbound::BLOCKED;
use super::store::{Direction, Store, StoredMessage};
use super::{answer, course, cut, is_let_in};
use crate::twilio::DeliveryStatus;

/// A delay of nothing: how a text is answered when no fault was scripted for it.
const AT_ONCE: Fault = Fault::Slow(Duration::ZERO);

pub(super) async fn create(
    request: HttpRequest,
    account: web::Path<String>,
    form: web::Bytes,
    store: web::Data<Store>,
) -> HttpResponse {
    if !is_let_in(&request, &store, &account) {
        return answer::not_let_in();
    }
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !content_type.starts_with("application/x-www-form-urlencoded") {
        return answer::error(415, None, "Unsupported Media Type");
    }
    let draft = Draft::read(&form);
    let (fault, delay) = store.with(|s| (s.faults.take(&draft.to), s.faults.delay));
    let create = || {
        let refusal = draft.refusal().or_else(|| {
            let is_blocked = store.with(|s| s.is_blocked(draft.sender(), &draft.to));
            is_blocked.then_some((BLOCKED, "The recipient has unsubscribed"))
        });
        match refusal {
            Some(refusal) => Err(refusal),
            None => Ok(create_now(&store, &account, draft)),
        }
    };
    let answer = meet(&request, fault.unwrap_or(AT_ONCE), create).await;
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
    answer.unwrap_or_else(|(code, text)| answer::error(400, Some(code), text))
}

fn create_now(store: &web::Data<Store>, account: &str, draft: Draft) -> StoredMessage {
    let callback = draft.callback();
    // A service has not chosen its sender when it accepts a message.
    let status = match draft.messaging_service_sid {
        Some(_) => DeliveryStatus::Accepted,
        None => DeliveryStatus::Queued,
    };
    let message = store.keep(StoredMessage {
        from: draft.from,
        messaging_service_sid: draft.messaging_service_sid,
        status,
        callback,
        ..StoredMessage::new(account, Direction::OutboundApi, &draft.to, &draft.body)
    });
    if let Some(pause) = store.with(|s| s.pause) {
        let (store, sid) = (store.clone(), message.sid.clone());
        // It ends with the server.
        drop(actix_web::rt::spawn(async move { course::play(&store, &sid, pause).await }));
    }
    message
}

/// What the sender gets to see. A message that is refused is refused, whatever was to happen after it.
async fn meet(
    request: &HttpRequest,
    fault: Fault,
    create: impl FnOnce() -> Result<StoredMessage, Refusal>,
) -> Result<HttpResponse, Refusal> {
    Ok(match fault {
        Fault::RateLimited(retry_after) => rate_limited(retry_after),
        Fault::Status(http_status) => answer::failure(http_status),
        Fault::Reject { code, http_status } => answer::error(http_status, Some(code), "Refused"),
        Fault::Html(http_status) => answer::html(http_status),
        Fault::ResetBefore => cut::reset(request),
        Fault::ResetAfter => {
            create()?;
            cut::reset(request)
        }
        Fault::CreatedThen(http_status) => {
            create()?;
            answer::failure(http_status)
        }
        Fault::CreatedThenHang => {
            create()?;
            future::pending().await
        }
        Fault::Hang => future::pending().await,
        Fault::Garbage => {
            create()?;
            answer::garbage()
        }
        Fault::Slow(delay) => {
            let message = create()?;
            if delay > Duration::ZERO {
                tokio::time::sleep(delay).await;
            }
            HttpResponse::Created().json(answer::message(&message))
        }
    })
}

fn rate_limited(retry_after: Option<Duration>) -> HttpResponse {
    let mut refusal = answer::error(429, Some(20429), "Too many requests");
    if let Some(wait) = retry_after {
        refusal.headers_mut().insert(RETRY_AFTER, wait.as_secs().into());
    }
    refusal
}
