//! Twilio's other door: what a patient texted. The answer is TwiML, and most often an empty one: a body of
//! any other kind would be sent to the patient as a text.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use twilio_async::twiml::{Response, Twiml};

use crate::app::App;
use crate::db;
use crate::http::access_log::LogFields;
use crate::http::twilio_extract::TwilioRequest;
use crate::messaging::inbound;
use crate::twilio::inbound::InboundMessage;

pub(super) async fn receive(
    app: Data<Arc<App>>,
    http: HttpRequest,
    request: TwilioRequest,
) -> HttpResponse {
    let Some(text) = InboundMessage::read(&request.form) else {
        return HttpResponse::BadRequest().finish();
    };
    let (act, org) = (Arc::clone(&app), request.org);
    // A task of its own: Twilio going away does not undo what the patient has said.
    let acting = app.spawn(async move { inbound::receive(&act, org, &text).await });
    match acting.await.unwrap_or(Err(db::Error::Unavailable)) {
        Ok(received) => {
            if let Some(fields) = http.extensions_mut().get_mut::<LogFields>() {
                received.meaning.clone_into(&mut fields.outcome);
            }
            twiml(received.answer.as_deref())
        }
        Err(error) => {
            tracing::warn!(org = %org, %error, "A patient's text could not be taken in");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

fn twiml(answer: Option<&str>) -> HttpResponse {
    let response = Response::new();
    let response = match answer {
        Some(text) => response.msg(text),
        None => response,
    };
    match response.build() {
        Ok(xml) => HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(xml),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
