//! Vapi's door: tool calls are answered with sentences, everything else with `{}`.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use serde_json::json;

use crate::app::App;
use crate::http::access_log::LogFields;
use crate::http::extract::VapiRequest;
use crate::tools;
use crate::vapi::{ServerMessage, ToolReplies};

pub(super) async fn answer(
    app: Data<Arc<App>>,
    http: HttpRequest,
    request: VapiRequest,
) -> HttpResponse {
    let VapiRequest { org, message, deadline } = request;
    let (calls, is_legacy) = match message {
        ServerMessage::ToolCalls(calls) => (calls, false),
        ServerMessage::FunctionCall(call) => (call, true),
        ServerMessage::Other { .. } => return HttpResponse::Ok().json(json!({})),
    };
    let answered = tools::answer(&app, org, calls, deadline).await;
    if let Some(fields) = http.extensions_mut().get_mut::<LogFields>() {
        fields.tell(&answered);
    }
    let replies = ToolReplies(answered.into_iter().map(|a| a.reply).collect());
    HttpResponse::Ok().json(if is_legacy {
        replies.to_function_call_json()
    } else {
        replies.to_json()
    })
}
