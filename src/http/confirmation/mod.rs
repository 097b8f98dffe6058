//! The page behind the link in a text: it shows when and where, and takes a yes or a no. Looking changes
//! nothing, whoever looks, because programs that check links open every one; only a form that is sent does.

mod calendar;
mod page;
mod visit;
mod visitors;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{Data, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use tokio::time::timeout;

use self::page::{Page, guarded};
use self::visit::Visit;
use crate::app::App;
use crate::db;
use crate::http::access_log::LogFields;
use crate::messaging::answering::{self, Answer, Answered};
use crate::twilio::signature::read_form;

pub(super) use self::visitors::Visitors;

const STYLE: &str = include_str!("style.css");

/// A form with one word in it is smaller by far.
const LARGEST_FORM: usize = 1024;

/// How the style sheet may be kept: long enough for a visit and its return.
const KEEP_STYLE: &str = "public, max-age=3600";

/// The style sheet, the same for everybody.
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, KEEP_STYLE))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .content_type("text/css; charset=utf-8")
        .body(STYLE)
}

/// The page.
pub(super) async fn show(app: Data<Arc<App>>, visit: Visit) -> HttpResponse {
    Page::of(&visit.about, &visit.token, app.clock.now()).into_response()
}

/// The appointment for a calendar, as long as it lies ahead.
pub(super) async fn calendar(app: Data<Arc<App>>, visit: Visit) -> HttpResponse {
    let now = app.clock.now();
    if !visit.about.can_be_answered(now) {
        return Page::of(&visit.about, &visit.token, now).gone().into_response();
    }
    calendar::file(&visit.about, now)
}

/// What the form says, done once however often it is sent, and answered with the way to the page.
pub(super) async fn answer(
    app: Data<Arc<App>>,
    http: HttpRequest,
    visit: Visit,
    body: Payload,
) -> HttpResponse {
    let Some(answer) = read(&app, body).await else {
        return Page::nonsense(&visit.token).into_response();
    };
    let Visit { token, link, .. } = visit;
    let act = Arc::clone(&app);
    // A task of its own: whoever closes the page does not undo what they have sent.
    let acting = app.spawn(async move { answering::by_link(&act, &link, answer).await });
    let answered = acting.await.unwrap_or(Err(db::Error::Unavailable));
    if let Some(fields) = http.extensions_mut().get_mut::<LogFields>() {
        fields.outcome = answered.as_ref().map_or("failed", |(done, _)| done.as_str()).to_owned();
    }
    match answered {
        Ok((Answered::TooLate, about)) => {
            Page::of(&about, &token, app.clock.now()).gone().into_response()
        }
        Ok(_) => {
            guarded(StatusCode::SEE_OTHER).insert_header((LOCATION, format!("/c/{token}"))).finish()
        }
        Err(error) => {
            tracing::warn!(%error, "A patient's answer could not be written");
            Page::unavailable().into_response()
        }
    }
}

/// The one word of the page's own form; `None` for anything else.
async fn read(app: &App, body: Payload) -> Option<Answer> {
    let reading = timeout(app.config.server.body_read, body.to_bytes_limited(LARGEST_FORM));
    let bytes = reading.await.ok()?.ok()?.ok()?;
    match read_form(&bytes).as_slice() {
        [(name, word)] if name == "answer" => match word.as_str() {
            "confirm" => Some(Answer::Confirm),
            "decline" => Some(Answer::Decline),
            _ => None,
        },
        _ => None,
    }
}
