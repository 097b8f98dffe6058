//! A tool call that did something is answered once: the same call gets the same words, at the same
//! moment, over two processes, after a restart and after a crash; the same wish under a new id finds
//! what the patient has. A refusal is not recorded.

mod crowds;
mod leftovers;
mod refusals;
mod strays;
mod wishes;

use serde_json::json;

use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::invariants::assert_invariants;
use crate::harness::vapi::{ToolCall, book_appointment};

const CLINIC: &str = "night-owl";

async fn night_owl() -> Gateway {
    let clinic = always_open(CLINIC, "Night Owl Clinic", "UTC", "US");
    Setup::default().clinic(clinic).start().await
}

/// Noon on a Monday, with whoever is free.
fn at_noon() -> ToolCall {
    book_appointment(
        json!({ "patient_name": "Robin Sample", "date": "2026-11-30", "time": "12:00 PM" }),
    )
}

fn at_noon_with(provider: &str) -> ToolCall {
    let mut call = at_noon();
    call.arguments["provider"] = json!(provider);
    call
}

/// So many appointments, each with one text that went out.
async fn assert_booked(gateway: &Gateway, count: usize) {
    let stored = i64::try_from(count).unwrap();
    for table in ["appointments", "sms_messages WHERE sms_status = 'sent'", "sms_attempts"] {
        assert_eq!(gateway.count(table).await, stored, "{table}");
    }
    assert_eq!(gateway.stand_in.messages().len(), count);
    assert_invariants(&gateway.database.url).await;
}
