//! Answers in the shape of Twilio's 2010 API: a message, a page of messages, an error.
//! The fields of a message are those of Twilio's API description, all of them, null where it says null.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc2822;

use super::store::{Direction, StoredMessage};
use crate::twilio::DeliveryStatus;

/// Twilio's code for a refusal to let somebody in, and the one for something that is not there.
const NOT_LET_IN: u32 = 20003;
const NOT_FOUND: u32 = 20404;

pub(super) fn message(message: &StoredMessage) -> Value {
    let created = message.created_at.format(&Rfc2822).ok();
    let uri = format!("/2010-04-01/Accounts/{}/Messages/{}", message.account_sid, message.sid);
    let sent = message.sent_at.and_then(|at| at.format(&Rfc2822).ok());
    // A service has not counted segments yet when it accepts a message.
    let segments = if message.status == DeliveryStatus::Accepted { "0" } else { "1" };
    let direction = match message.direction {
        Direction::OutboundApi => "outbound-api",
        Direction::OutboundReply => "outbound-reply",
        Direction::Inbound => "inbound",
    };
    json!({
        "account_sid": message.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": created,
        "date_sent": sent,
        "date_updated": created,
        "direction": direction,
        "error_code": message.error_code,
        "error_message": null,
        "from": message.from,
        "messaging_service_sid": message.messaging_service_sid,
        "num_media": "0",
        "num_segments": segments,
        "price": null,
        "price_unit": null,
        "sid": message.sid,
        "status": message.status.as_str(),
        "subresource_uris": { "media": format!("{uri}/Media.json") },
        "to": message.to,
        "uri": format!("{uri}.json"),
    })
}

/// An error with Twilio's code, where there is one: it is "not available for all errors".
pub(super) fn error(http_status: u16, code: Option<u32>, text: &str) -> HttpResponse {
    let mut body = json!({ "message": text, "status": http_status });
    if let (Some(code), Some(fields)) = (code, body.as_object_mut()) {
        fields.insert("code".to_owned(), json!(code));
        fields.insert(
            "more_info".to_owned(),
            json!(format!("https://www.twilio.com/docs/errors/{code}")),
        );
    }
    with_status(http_status).json(body)
}

/// A failure as Twilio's front has it, without a code.
pub(super) fn failure(http_status: u16) -> HttpResponse {
    error(http_status, None, "An error occurred")
}

/// A success that cannot be read.
pub(super) fn garbage() -> HttpResponse {
    HttpResponse::Created().content_type("application/json").body("{\"sid\": \"SM")
}

pub(super) fn not_let_in() -> HttpResponse {
    let mut refusal = error(401, Some(NOT_LET_IN), "Authenticate");
    let realm = HeaderValue::from_static("Basic realm=\"Twilio API\"");
    refusal.headers_mut().insert(WWW_AUTHENTICATE, realm);
    refusal
}

pub(super) async fn not_found() -> HttpResponse {
    missing()
}

pub(super) fn missing() -> HttpResponse {
    error(404, Some(NOT_FOUND), "The requested resource was not found")
}

pub(super) fn html(http_status: u16) -> HttpResponse {
    with_status(http_status)
        .content_type("text/html")
        .body("<html><head><title>Error</title></head><body><h1>Error</h1></body></html>")
}

/// A status outside HTTP is a script's slip; it is answered as Twilio's own failure.
fn with_status(http_status: u16) -> HttpResponseBuilder {
    HttpResponse::build(
        StatusCode::from_u16(http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    )
}
