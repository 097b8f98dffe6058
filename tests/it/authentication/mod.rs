//! Who may speak for a clinic, and what everybody else is told: nothing. Nothing is parsed, and no body
//! is read, before a credential was shown; a signature needs the body, and is checked before parsing.

mod bodies;
mod rotation;
mod secrets;
mod signatures;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup, client};
use crate::harness::vapi::check_availability;

const CLINIC: &str = "night-owl";

fn night_owl() -> Setup {
    Setup::default().clinic(always_open(CLINIC, "Night Owl Clinic", "UTC", "US"))
}

/// A body that is answered with times on offer.
fn body() -> String {
    check_availability(json!({ "date": "2026-11-30" })).body().to_string()
}

fn door(gateway: &Gateway, org: &str) -> RequestBuilder {
    client().post(format!("{}/vapi/{org}", gateway.url))
}

/// Status and body, as text.
async fn answer(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, response.text().await.expect("a body"))
}

async fn status(request: RequestBuilder) -> u16 {
    answer(request).await.0
}

async fn assert_is_let_in(request: RequestBuilder) {
    let (status, text) = answer(request).await;
    assert_eq!(status, 200, "{text}");
    let parsed: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(parsed["results"][0]["metadata"]["outcome"], "offered", "{text}");
}
