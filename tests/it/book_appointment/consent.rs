//! Whether the caller wants to be texted: kept with the booking and its call, and done.

use serde_json::{Value, json};

use super::wish;
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, book_appointment};

async fn book(gateway: &Gateway, may_text: Value, phone: Option<&str>) -> Vec<Value> {
    let mut wish = wish("Ada Sample", "2:30 PM");
    wish["may_text"] = may_text;
    if let Some(phone) = phone {
        wish["patient_phone"] = json!(phone);
    }
    let call = book_appointment(wish).in_call("the-call");
    let reply = gateway.call("demo", &call).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_eq!(gateway.call("demo", &call).await, reply, "asked again");
    let rows = gateway
        .rows("SELECT phone, given, basis, call_key, appointment_id FROM sms_consents")
        .await;
    let appointment = json!(reply.appointment_id());
    assert!(rows.iter().all(|row| row["appointment_id"] == appointment), "{rows:?}");
    let bare = |row: &Value| json!([row["phone"], row["given"], row["basis"], row["call_key"]]);
    rows.iter().map(bare).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_kept_with_its_call() {
    for (may_text, basis) in [
        (json!(true), "said"),
        (json!("yes"), "said"),
        (Value::Null, "booked"),
        (json!("maybe"), "booked"),
    ] {
        let gateway = Gateway::unhurried().await;
        let rows = book(&gateway, may_text.clone(), None).await;
        assert_eq!(rows, [json!([CALLER, true, basis, "call:the-call"])], "{may_text}");
        assert_eq!(gateway.stand_in.messages().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_kept_and_nothing_is_sent() {
    let gateway = Gateway::unhurried().await;
    let mut wish = wish("Ada Sample", "2:30 PM");
    wish["may_text"] = json!(false);
    let reply = gateway.call("demo", &book_appointment(wish)).await;
    assert_eq!(reply.sms(), ("skipped", Some("not_wanted")));
    insta::assert_snapshot!(reply.spoken(), @"That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. You will not get a text, as you wished; your appointment stands. Is there anything else?");
    assert_eq!(gateway.count("sms_consents WHERE NOT given AND basis = 'said'").await, 1);
    assert_eq!(gateway.step().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 0);
    assert_eq!(gateway.count("sms_attempts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_number_there_is_nothing_to_consent_to() {
    let gateway = Gateway::unhurried().await;
    assert_eq!(book(&gateway, json!(true), Some("none")).await, Vec::<Value>::new());
    assert_eq!(gateway.count("sms_messages WHERE sms_reason = 'no_phone'").await, 1);
}
