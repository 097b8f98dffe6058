//! The same tool call twenty times at once, over two processes, and again after both were restarted.

use futures_util::future::join_all;
use serde_json::json;

use super::assert_booked;
use crate::harness::fleet::{CLINIC, Fleet, a_week_and};
use crate::harness::gateway::{client, secret_of};
use crate::harness::vapi::{ToolCall, book_appointment};

const TIMES: usize = 20;

/// The answer's bytes, as they came.
async fn bytes(fleet: &Fleet, node: usize, call: &ToolCall) -> String {
    let request = client()
        .post(format!("{}/vapi/{CLINIC}", fleet.url(node)))
        .header("x-vapi-secret", secret_of(CLINIC))
        .json(&call.body());
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.text().await.expect("a body")
}

async fn all_at_once(fleet: &Fleet, call: &ToolCall) -> String {
    let mut answers = join_all((0..TIMES).map(|node| bytes(fleet, node, call))).await;
    assert!(answers[0].contains("That is booked"), "{}", answers[0]);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    answers.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_at_once_and_after_a_restart_are_one() {
    let mut fleet = Fleet::start(&[], "").await;
    let call = book_appointment(json!({
        "patient_name": "Robin Sample",
        "date": a_week_and(0).to_string(),
        "time": "12:00 PM",
    }));
    let first = all_at_once(&fleet, &call).await;
    assert_booked(&fleet.gateway, 1).await;
    fleet.restart().await;
    assert_eq!(all_at_once(&fleet, &call).await, first);
    assert_booked(&fleet.gateway, 1).await;
    assert_eq!(fleet.gateway.count("tool_calls").await, 1);
    fleet.stop().await;
}

/// Whoever has to wait for the first one's text does not hold the connection that it needs.
#[tokio::test(flavor = "multi_thread")]
async fn more_twins_than_connections_wait_for_a_slow_text() {
    let few = [
        ("GATEWAY__DATABASE__POOL_SIZE", "2"),
        ("GATEWAY__SMS__BATCH", "2"),
        ("GATEWAY__SMS__REPLY_DEADLINE_MS", "8000"),
    ];
    let mut fleet = Fleet::start(&few, "").await;
    fleet.gateway.stand_in.delay_all(std::time::Duration::from_secs(2));
    let call = book_appointment(json!({
        "patient_name": "Robin Sample",
        "date": a_week_and(0).to_string(),
        "time": "12:00 PM",
    }));
    let words = all_at_once(&fleet, &call).await;
    assert!(words.contains("\"sms_status\":\"sent\""), "{words}");
    assert_booked(&fleet.gateway, 1).await;
    fleet.stop().await;
}
