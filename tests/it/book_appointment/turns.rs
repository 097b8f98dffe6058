//! One booking where no phone tells that two patients are the same: by the tool call alone, on both
//! sides of a window's edge, and by the call they were made in, at the same moment.

use serde_json::{Value, json};
use vapi_gateway::clock::wall_now;

use crate::harness::gateway::{Gateway, Setup};
use crate::harness::locks::{Held, NO_HURRY, until_waiting};
use crate::harness::vapi::{ToolCall, book_appointment};

/// Locks are waited for longer than a test has patience.
async fn unhurried() -> Gateway {
    let setup = NO_HURRY.into_iter().fold(Setup::default(), |s, (name, value)| s.set(name, value));
    setup.start().await
}

fn wish(phone: &str, provider: &str) -> ToolCall {
    let wish: Value = json!({
        "patient_name": "Ada Sample", "patient_phone": phone, "date": "2026-11-24",
        "time": "2:30 PM", "provider": provider,
    });
    book_appointment(wish)
}

/// Ten minutes in which a repetition without any id is recognized as one.
fn window() -> i64 {
    wall_now().unix_timestamp().div_euclid(600)
}

/// As if the recorded call had been made so many windows later.
fn moved(windows: i64) -> String {
    let key = format!("'stray:' || split_part(call_key, ':', 2) || ':{}'", window() + windows);
    format!("UPDATE tool_calls SET call_key = {key}; UPDATE appointments SET call_key = {key}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_across_a_windows_edge_is_one() {
    let gateway = unhurried().await;
    let mut call = wish("none", "");
    call.call_id = None;
    let began = window();
    let first = gateway.call("demo", &call).await;
    assert_eq!(first.outcome(), "booked", "{first:?}");
    for windows in [-1, 1] {
        gateway.execute(&moved(windows)).await;
        let again = gateway.call("demo", &call).await;
        if began == window() {
            assert_eq!(again, first, "{windows}");
            assert_eq!(gateway.count("appointments").await, 1, "{windows}");
        }
    }
    // Long after, it is another wish.
    gateway.execute(&moved(-3)).await;
    let later = gateway.call("demo", &call).await;
    assert_eq!(later.outcome(), "booked", "{later:?}");
    assert_ne!(later.appointment_id(), first.appointment_id());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_waits_for_the_one_before_the_edge() {
    let gateway = unhurried().await;
    let mut call = wish("none", "");
    call.call_id = None;
    let began = window();
    let first = gateway.call("demo", &call).await;
    assert_eq!(first.outcome(), "booked", "{first:?}");
    // The row of the window before is there, but its transaction is still open.
    let held = Held::take(&gateway.database.url, &moved(-1)).await;
    let release = async {
        until_waiting(&gateway.database.url, 1).await;
        held.release().await;
    };
    let (again, ()) = tokio::join!(gateway.call("demo", &call), release);
    if began == window() {
        assert_eq!(again, first);
        assert_eq!(gateway.count("appointments").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_wishes_of_one_call_at_once_are_one_booking() {
    for phones in [["none", "none"], ["+12125550142", "+12125550156"], ["+12125550142", "none"]] {
        let gateway = unhurried().await;
        // Whoever has decided to book stops before writing.
        let held = Held::writes_to(&gateway.database.url, "patients").await;
        let one = wish(phones[0], "lee").in_call("one-call");
        let other = wish(phones[1], "weber").in_call("one-call");
        let release = async {
            until_waiting(&gateway.database.url, 2).await;
            held.release().await;
        };
        let (one, other, ()) =
            tokio::join!(gateway.call("demo", &one), gateway.call("demo", &other), release);
        let mut outcomes = [one.outcome(), other.outcome()];
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["already_booked", "booked"], "{phones:?}: {one:?} {other:?}");
        assert_eq!(one.appointment_id(), other.appointment_id(), "{phones:?}");
        assert_eq!(gateway.count("appointments").await, 1, "{phones:?}");
        assert_eq!(gateway.count("tool_calls WHERE outcome IS NULL").await, 0, "{phones:?}");
    }
}
