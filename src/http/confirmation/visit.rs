//! A [`Visit`] in a handler's arguments is the proof: the visitor has not come too often, and holds a link
//! that we sent to the number which the patient still has.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use tokio::time::timeout;

use super::page::Page;
use super::visitors::{Visitors, client_address};
use crate::app::App;
use crate::db;
use crate::db::appointments::answers::{self, ForPatient};
use crate::http::access_log::LogFields;
use crate::messaging::links::{self, Link};

/// A visitor with a link, and what the link is about.
pub(in crate::http) struct Visit {
    pub(super) token: String,
    pub(super) link: Link,
    pub(super) about: ForPatient,
}

/// Why a request is not one. Each is answered with a page.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum NotAVisit {
    #[error("too many requests")]
    TooMany(Duration),
    #[error("no link of ours")]
    Unknown,
    #[error("the link cannot be looked up: {0}")]
    Unavailable(#[from] db::Error),
}

impl NotAVisit {
    fn page(&self) -> Page {
        match self {
            Self::TooMany(_) => Page::too_many(),
            Self::Unknown => Page::unknown(),
            Self::Unavailable(_) => Page::unavailable(),
        }
    }
}

impl ResponseError for NotAVisit {
    fn status_code(&self) -> StatusCode {
        self.page().status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.page().into_response();
        if let Self::TooMany(wait) = self {
            // Whole seconds, and not so early that the next one is refused as well.
            response.headers_mut().insert(RETRY_AFTER, (wait.as_secs() + 1).into());
        }
        response
    }
}

impl FromRequest for Visit {
    type Error = NotAVisit;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { receive(&request).await })
    }
}

async fn receive(request: &HttpRequest) -> Result<Visit, NotAVisit> {
    let (Some(app), Some(visitors)) =
        (request.app_data::<Data<Arc<App>>>(), request.app_data::<Data<Visitors>>())
    else {
        return Err(NotAVisit::Unknown);
    };
    let address = client_address(request, app.config.server.client_ip_header.as_deref());
    visitors.admit(address).map_err(NotAVisit::TooMany)?;
    let token = request.match_info().get("token").unwrap_or_default();
    if !links::is_token(token) {
        return Err(NotAVisit::Unknown);
    }
    let finding = timeout(app.config.database.budget, find(app, token));
    let found = finding.await.unwrap_or(Err(db::Error::Unavailable)).inspect_err(|error| {
        tracing::warn!(%error, "A confirmation link cannot be looked up");
    })?;
    let (link, about) = found.ok_or(NotAVisit::Unknown)?;
    let fields =
        LogFields { org: Some(link.org), message: "confirmation-page", ..LogFields::default() };
    request.extensions_mut().insert(fields);
    Ok(Visit { token: token.to_owned(), link, about })
}

/// A number that was corrected is somebody else's: its link leads nowhere.
async fn find(app: &App, token: &str) -> Result<Option<(Link, ForPatient)>, db::Error> {
    let mut conn = app.db.connection().await?;
    let Some(link) = links::find(app, &mut conn, token).await? else { return Ok(None) };
    let about = answers::get_for_patient(&mut conn, link.org, link.appointment_id).await?;
    let is_theirs = link.to_phone.is_some() && link.to_phone == about.phone;
    Ok(is_theirs.then_some((link, about)))
}
