//! One line per request: a sentence and fields, all of them ids or words of the program. A body, a
//! header, a query or a path that somebody made up never gets here.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use uuid::Uuid;

use crate::domain::org_id::OrgId;
use crate::telemetry::REQUEST_SECONDS;
use crate::tools::Answered;

/// What a handler knows that the line should say.
#[derive(Default, Clone)]
pub(super) struct LogFields {
    pub(super) org: Option<OrgId>,
    pub(super) message: &'static str,
    /// Only where it is a UUID: anything else could be a phone number.
    pub(super) vapi_call_id: Option<Uuid>,
    pub(super) tool: String,
    pub(super) outcome: String,
    pub(super) sms_status: String,
}

impl LogFields {
    /// Several tool calls of one message are listed in order.
    pub(super) fn tell(&mut self, answered: &[Answered]) {
        let list =
            |f: &dyn Fn(&Answered) -> String| answered.iter().map(f).collect::<Vec<_>>().join(",");
        self.tool = list(&|a| a.tool.map_or("unknown", |tool| tool.name()).to_owned());
        self.outcome = list(&|a| a.outcome.clone());
        self.sms_status = list(&|a| a.sms_status.clone().unwrap_or_else(|| "-".to_owned()));
    }
}

pub(super) async fn log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut line =
        Owed { started: Instant::now(), method: known(request.method()), is_paid: false };
    let method = line.method;
    let response = next.call(request).await?;
    line.is_paid = true;
    let took = line.started.elapsed();
    let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status().as_u16();
    let fields = response.request().extensions().get::<LogFields>().cloned().unwrap_or_default();
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // The token of a link is no part of its route.
    let is_told = ["/vapi/", "/twilio/", "/c/{token}"].iter().any(|start| route.starts_with(start));
    if is_told || status >= 400 {
        tracing::info!(
            method,
            route,
            status,
            ms,
            org = fields.org.map(tracing::field::display),
            message_type = fields.message,
            vapi_call_id = fields.vapi_call_id.map(tracing::field::display),
            tool = fields.tool,
            outcome = fields.outcome,
            sms_status = fields.sms_status,
            "A request was answered"
        );
    } else {
        tracing::debug!(method, route, status, ms, "A request was answered");
    }
    metrics::histogram!(REQUEST_SECONDS, "route" => route, "status" => status.to_string())
        .record(took.as_secs_f64());
    Ok(response)
}

/// The line that every request gets, also one whose client does not wait for the answer: its handler is
/// dropped, while what it set going comes to its end.
struct Owed {
    started: Instant,
    method: &'static str,
    is_paid: bool,
}

impl Drop for Owed {
    fn drop(&mut self) {
        if !self.is_paid {
            let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(method = self.method, ms, "A client went away before it was answered");
        }
    }
}

/// A method of HTTP's own; a sender may make up any word for one.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
