//! The phone on the desk: what a patient of the demo holds in the hand. It shows the texts, answers them
//! through the gateway's own door, signed as by Twilio, and has switches for what can go wrong on the
//! way. `demo` alone has it: `serve` starts a server without these routes. It is no place for strangers,
//! so it is not there for whoever comes by a tunnel.

mod switch;
mod view;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::guard::{GuardContext, fn_guard};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{self, Data, Form, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use reqwest::Url;
use serde::Deserialize;

use self::switch::{Choice, Switch};
use self::view::{Elsewhere, Page};
use super::CALLED;
use crate::app::App;
use crate::twilio::stand_in::StandIn;

/// Where the page is.
pub const PATH: &str = "/demo/phone";

/// The longest text that Twilio takes, in characters.
const LONGEST_TEXT: usize = 1600;

const STYLE: &str = include_str!("phone.css");

/// Nothing is loaded from elsewhere, no script runs, and nobody frames the page.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// The phones that a stand-in texts; or none, where the texts go to Twilio itself.
#[derive(Clone)]
pub struct Phone {
    twilio: Option<Arc<StandIn>>,
}

/// Which phone, what is half typed, and how the last answer was taken.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    phone: String,
    body: String,
    told: String,
}

#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    phone: String,
    #[serde(default)]
    body: String,
}

impl Phone {
    pub fn of(stand_in: Arc<StandIn>) -> Self {
        Self { twilio: Some(stand_in) }
    }

    pub fn elsewhere() -> Self {
        Self { twilio: None }
    }

    /// What [`crate::http::Server::start_with`] takes.
    pub fn routes(&self, config: &mut ServiceConfig) {
        config.service(
            web::scope(PATH)
                .guard(fn_guard(is_at_the_desk))
                .app_data(Data::new(self.clone()))
                .route("", web::get().to(show))
                .route("/answer", web::post().to(answer))
                .route("/switch", web::post().to(set_switch))
                .route("/phone.css", web::get().to(style)),
        );
    }

    /// The stand-in and the number of the phone with this id, which is its place among the phones.
    fn find(&self, id: &str) -> Option<(&StandIn, usize, String)> {
        let twilio = self.twilio.as_deref()?;
        let id: usize = id.parse().ok()?;
        Some((twilio, id, twilio.phones().into_iter().nth(id.checked_sub(1)?)?))
    }
}

async fn show(shown: Query<Shown>, phone: Data<Phone>) -> HttpResponse {
    let html = match &phone.twilio {
        None => Elsewhere.render(),
        Some(twilio) => {
            let asked = phone.find(&shown.phone).map(|(_, id, _)| id);
            Page::of(twilio, asked, &shown.body, &shown.told).render()
        }
    };
    match html {
        Ok(html) => guarded(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html)),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

async fn style() -> HttpResponse {
    guarded(HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE))
}

/// Texts the clinic, as the phone's owner does.
async fn answer(
    request: HttpRequest,
    typed: Form<Typed>,
    phone: Data<Phone>,
    app: Data<Arc<App>>,
) -> HttpResponse {
    if !is_from_this_page(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let Some((twilio, id, number)) = phone.find(&typed.phone) else { return back(None, "") };
    let body: String = typed.body.chars().take(LONGEST_TEXT).collect();
    if body.trim().is_empty() {
        return back(Some(id), "blank");
    }
    let latest = twilio.conversation(&number).pop();
    let Some(clinic) = latest.map(|message| message.sender().to_owned()) else {
        return back(None, "");
    };
    let gateway = app.config.server.public_url.as_deref().unwrap_or_default();
    let door = format!("{gateway}/twilio/{CALLED}/inbound");
    let inbound = twilio.inbound(&number, &clinic, &body, None, &door).await;
    match inbound.http_status {
        Some(200..=299) => back(Some(id), ""),
        Some(status) => back(Some(id), &status.to_string()),
        None => back(Some(id), "nobody"),
    }
}

async fn set_switch(
    request: HttpRequest,
    choice: Form<Choice>,
    phone: Data<Phone>,
) -> HttpResponse {
    if !is_from_this_page(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let Some((twilio, id, number)) = phone.find(&choice.phone) else { return back(None, "") };
    Switch::of(&choice).set(twilio, &number);
    back(Some(id), "")
}

/// Whether somebody asks by this machine's own address. A tunnel to the demo, for real calls, has a name
/// and says that it forwards: who comes by it must not read other people's texts. A name that somebody
/// made point to this machine is none of ours either.
fn is_at_the_desk(context: &GuardContext<'_>) -> bool {
    let headers = context.head().headers();
    let is_forwarding = |name: &HeaderName| {
        name == header::FORWARDED || name == header::VIA || name.as_str().starts_with("x-forwarded")
    };
    if headers.keys().any(is_forwarding) {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let url = Url::parse(&format!("http://{host}")).ok();
    url.as_ref().and_then(Url::host_str).is_some_and(|host| {
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
    })
}

/// Any page on the web can post a form to an address on this machine; a browser says which did.
fn is_from_this_page(request: &HttpRequest) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return true };
    let authority = Url::parse(origin).ok().map(|url| match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    });
    authority.is_some() && authority.as_deref() == text(header::HOST)
}

/// To the page, so that going back or reloading posts nothing again.
fn back(id: Option<usize>, told: &str) -> HttpResponse {
    let to = match (id, told) {
        (None, _) => PATH.to_owned(),
        (Some(id), "") => format!("{PATH}?phone={id}#latest"),
        (Some(id), told) => format!("{PATH}?phone={id}&told={told}#latest"),
    };
    guarded(HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish())
}

fn guarded(mut response: HttpResponse) -> HttpResponse {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Less would blank the origin of our own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
