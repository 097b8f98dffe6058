//! Twilio's door: what became of a text.

use actix_web::HttpResponse;

use crate::http::twilio_extract::TwilioRequest;

/// An empty answer: Twilio wants no more than a success, soon.
pub(super) async fn status(request: TwilioRequest) -> HttpResponse {
    let TwilioRequest { org: _, form: _, .. } = request;
    HttpResponse::NoContent().finish()
}
