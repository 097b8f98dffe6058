//! HMAC-SHA256 over `{timestamp}.{body}`, the raw bytes, by a key of the clinic.

use reqwest::RequestBuilder;
use ring::hmac;
use serde_json::json;
use vapi_gateway::clock::wall_now;

use super::{CLINIC, answer, assert_is_let_in, body, door, night_owl, status};
use crate::harness::clinics::{MAPLE_SECRET, VOXANNE_SECRET};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::book_appointment;

fn signature(key: &str, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds by the wall clock, so many from now.
fn in_seconds(from_now: i64) -> String {
    (wall_now().unix_timestamp() + from_now).to_string()
}

fn signed(gateway: &Gateway, timestamp: &str, signature: &str, body: &str) -> RequestBuilder {
    door(gateway, CLINIC)
        .header("x-timestamp", timestamp)
        .header("x-signature", signature)
        .body(body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_inside_the_window_opens_the_door() {
    let gateway = night_owl().start().await;
    let milliseconds = (wall_now().unix_timestamp_nanos() / 1_000_000).to_string();
    // A minute's margin for a machine that is busy.
    for timestamp in [in_seconds(0), in_seconds(-240), in_seconds(50), milliseconds] {
        let text = body();
        let right = signature(MAPLE_SECRET, &timestamp, &text);
        assert_is_let_in(signed(&gateway, &timestamp, &right, &text)).await;
        let upper = right.to_uppercase();
        assert_is_let_in(signed(&gateway, &timestamp, &upper, &text)).await;
        let prefixed = format!("sha256={right}");
        assert_is_let_in(signed(&gateway, &timestamp, &prefixed, &text)).await;
        // The bytes count, not what they mean.
        let spaced = format!(" {text}\n");
        let right = signature(MAPLE_SECRET, &timestamp, &spaced);
        assert_is_let_in(signed(&gateway, &timestamp, &right, &spaced)).await;
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_else_is_told_the_same_nothing() {
    let gateway = night_owl().start().await;
    let (now, text) = (in_seconds(0), body());
    let right = signature(MAPLE_SECRET, &now, &text);
    let of = |timestamp: &str| {
        let right = signature(MAPLE_SECRET, timestamp, &text);
        signed(&gateway, timestamp, &right, &text)
    };
    let (old, ahead) = (in_seconds(-310), in_seconds(130));
    let (old_ms, ahead_ms) = (format!("{old}000"), format!("{ahead}000"));
    let others = signature(VOXANNE_SECRET, &now, &text);
    let unbound =
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, MAPLE_SECRET.as_bytes()), text.as_bytes());
    let unbound: String = unbound.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let refused = [
        ("an old one", of(&old)),
        ("an old one in milliseconds", of(&old_ms)),
        ("one ahead", of(&ahead)),
        ("one ahead in milliseconds", of(&ahead_ms)),
        ("no timestamp", door(&gateway, CLINIC).header("x-signature", &right).body(text.clone())),
        ("an empty timestamp", of("")),
        ("a timestamp in words", of("now")),
        ("a negative timestamp", of(&format!("-{now}"))),
        ("another timestamp", signed(&gateway, &in_seconds(1), &right, &text)),
        ("another body", signed(&gateway, &now, &right, &text.replace("11-30", "12-01"))),
        ("one space more", signed(&gateway, &now, &right, &format!("{text} "))),
        ("no signature", door(&gateway, CLINIC).header("x-timestamp", &now).body(text.clone())),
        ("an empty signature", signed(&gateway, &now, "", &text)),
        ("a shortened one", signed(&gateway, &now, right.get(..62).unwrap(), &text)),
        ("not hex", signed(&gateway, &now, &"z".repeat(64), &text)),
        ("by another clinic's key", signed(&gateway, &now, &others, &text)),
        ("without the timestamp in it", signed(&gateway, &now, &unbound, &text)),
        ("twice", signed(&gateway, &now, &right, &text).header("x-signature", &right)),
        ("two timestamps", of(&now).header("x-timestamp", &now)),
        ("at another's door", {
            let at = door(&gateway, "voxanne").header("x-timestamp", &now);
            at.header("x-signature", &right).body(text.clone())
        }),
    ];
    for (what, request) in refused {
        let (status, told) = answer(request).await;
        assert_eq!((status, told.as_str()), (401, r#"{"error":"unauthorized"}"#), "{what}");
    }
    // Garbage is not looked at before its signature is.
    assert_eq!(status(signed(&gateway, &now, &right, "garbage")).await, 401);
    let right = signature(MAPLE_SECRET, &now, "garbage");
    assert_eq!(status(signed(&gateway, &now, &right, "garbage")).await, 400);
    gateway.stop().await;
}

/// A sender's own retry may repeat its signature: it is let in, and acts once.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_inside_the_window_is_answered_once() {
    let gateway = night_owl().start().await;
    let wish = json!({ "patient_name": "Robin Sample", "date": "2026-11-30", "time": "12:00 PM" });
    let (now, text) = (in_seconds(0), book_appointment(wish).body().to_string());
    let right = signature(MAPLE_SECRET, &now, &text);
    let (first, told) = answer(signed(&gateway, &now, &right, &text)).await;
    assert_eq!(first, 200, "{told}");
    assert!(told.contains("That is booked"), "{told}");
    for _ in 0..3 {
        assert_eq!(answer(signed(&gateway, &now, &right, &text)).await, (200, told.clone()));
    }
    assert_eq!(gateway.count("appointments").await, 1);
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.stop().await;
}
