//! Replaying recorded bodies against a server that stands in for the gateway.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use vapi_gateway::cli::conversation::{Conversation, Speaker, turns};
use vapi_gateway::cli::replay::{ReplayError, replay};

use super::root;

type Received = Arc<Mutex<Vec<Value>>>;

/// Offers a slot to whoever asks for times, and knows one secret.
async fn answer(request: HttpRequest, body: web::Bytes, seen: web::Data<Received>) -> HttpResponse {
    let secret = request.headers().get("x-vapi-secret").and_then(|v| v.to_str().ok());
    if secret != Some("right") {
        return HttpResponse::Unauthorized().finish();
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    seen.lock().unwrap().push(body.clone());
    match body.pointer("/message/toolCallList/0/function/name").and_then(Value::as_str) {
        Some("check_availability") => HttpResponse::Ok().json(json!({ "results": [{
            "result": "Tomorrow at two PM. [slot_id abc]",
            "metadata": { "slots": [{ "slot_id": "abc" }, { "slot_id": "def" }] },
        }] })),
        Some(_) => {
            HttpResponse::Ok().json(json!({ "results": [{ "error": "Once more, please." }] }))
        }
        None => HttpResponse::Ok().json(json!({})),
    }
}

fn gateway() -> (String, Received) {
    let seen = Received::default();
    let data = web::Data::new(seen.clone());
    let app = move || App::new().app_data(data.clone()).default_service(web::to(answer));
    let server = HttpServer::new(app).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/vapi/demo", server.addrs()[0]);
    tokio::spawn(server.disable_signals().run());
    (url, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_call_is_one_conversation() {
    let (url, seen) = gateway();
    let folder = root().join("fixtures/demo-call");
    let mut printed = Vec::new();
    assert!(replay(&folder, &url, "right", true, &mut printed).await.unwrap());
    let printed = String::from_utf8(printed).unwrap();
    insta::assert_snapshot!(printed, @r"
    1-assistant-started.json  200
    2-check-availability.json  200 Tomorrow at two PM. [slot_id abc]
    3-book-appointment.json  200 Once more, please.
    4-status-update.json  200
    5-end-of-call-report.json  200
    ");
    let seen = seen.lock().unwrap();
    let id = seen[0].pointer("/message/call/id").unwrap().as_str().unwrap();
    assert!(id.starts_with("replay-"));
    assert!(seen.iter().all(|body| body.pointer("/message/call/id").unwrap() == id));
    let booking = seen[2].pointer("/message/toolCallList/0").unwrap();
    assert_eq!(booking.pointer("/function/arguments/slot_id").unwrap(), "abc");
    assert!(booking["id"].as_str().unwrap().starts_with("replay-"));
    assert_eq!(Some(booking), seen[2].pointer("/message/toolWithToolCallList/0/toolCall"));
    let said = turns(&seen[4]);
    assert_eq!(said[2], (Speaker::Assistant, "Tomorrow at two PM."));
    assert_eq!(said[8], (Speaker::Assistant, "Once more, please."));
    assert!(said.iter().all(|(_, words)| !words.starts_with('$')));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_answered_with_200_fails() {
    let (url, seen) = gateway();
    let file = root().join("fixtures/vapi/hang/plain.json");
    let mut printed = Vec::new();
    assert!(!replay(&file, &url, "wrong", false, &mut printed).await.unwrap());
    assert!(!replay(&file, "http://127.0.0.1:9/", "right", false, &mut printed).await.unwrap());
    assert!(replay(&file, &url, "right", false, &mut printed).await.unwrap());
    let recorded: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(*seen.lock().unwrap(), [recorded]);
    let printed = String::from_utf8(printed).unwrap();
    let lines: Vec<&str> =
        printed.lines().filter_map(|l| l.split_once("plain.json  ")).map(|(_, l)| l).collect();
    assert_eq!(lines, ["401", "--- not reachable", "200"]);
}

#[tokio::test]
async fn what_cannot_be_replayed_is_said() {
    async fn fail(path: &std::path::Path, secret: &str) -> ReplayError {
        replay(path, "http://127.0.0.1:9/", secret, false, &mut Vec::new()).await.unwrap_err()
    }
    assert!(matches!(fail(&root().join("nowhere"), "s").await, ReplayError::Read { .. }));
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(fail(empty.path(), "s").await, ReplayError::Nothing(_)));
    let file = root().join("fixtures/vapi/hang/plain.json");
    assert!(matches!(fail(&file, "a\nb").await, ReplayError::Secret));
}

#[test]
fn without_fresh_ids_a_body_is_sent_byte_for_byte() {
    let recorded = std::fs::read(root().join("fixtures/vapi/tool-calls/large.json")).unwrap();
    assert_eq!(Conversation::new(false).rewrite(recorded.clone()), recorded);
    let garbage = b"{ not JSON".to_vec();
    assert_eq!(Conversation::new(true).rewrite(garbage.clone()), garbage);
}
