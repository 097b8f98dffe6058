//! A number that the caller corrects while the text to the first one is not settled: each number gets
//! what it is owed at the end, and nothing goes to one that was corrected away.

use std::time::Duration;

use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::clinics::TWILIO_NUMBER;
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, Reply};
use crate::texts::{Claim, booking, patient};

const OTHER: &str = "+12125550143";

/// Asks for the same in one and the same call, from this number.
async fn ask(gateway: &Gateway, phone: &str) -> Reply {
    gateway.call("demo", &booking("9:30 AM").in_call("one-call").from(phone)).await
}

/// Status and reason of the text to one number.
async fn state_of(gateway: &Gateway, phone: &str) -> (String, Option<String>) {
    let query =
        format!("SELECT sms_status, sms_reason FROM sms_messages WHERE to_phone = '{phone}'");
    let rows = gateway.rows(&query).await;
    assert_eq!(rows.len(), 1, "{phone}");
    let word = |key: &str| rows[0][key].as_str().map(str::to_owned);
    (word("sms_status").expect("a status"), word("sms_reason"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_corrected_while_its_text_was_held_is_not_tried_again() {
    let gateway = patient().start().await;
    gateway.stand_in.fault_for(CALLER, Fault::RateLimited(None));
    assert_eq!(ask(&gateway, CALLER).await.outcome(), "booked");
    // As if somebody were at it when the correction comes, and it came to nothing.
    let held = "UPDATE sms_messages SET lease_token = gen_random_uuid(), leased_until = now() + interval '1 hour'";
    gateway.execute(held).await;
    assert_eq!(ask(&gateway, OTHER).await.sms(), ("sent", None));
    assert_eq!(state_of(&gateway, CALLER).await.0, "sending", "it was held");
    gateway.execute("UPDATE sms_messages SET lease_token = NULL, leased_until = NULL").await;
    assert_eq!(gateway.step_when_due().await, 1);
    let withdrawn = ("skipped".to_owned(), Some("no_longer_needed".to_owned()));
    assert_eq!(state_of(&gateway, CALLER).await, withdrawn);
    assert_eq!(gateway.stand_in.messages_to(CALLER), []);
    assert_eq!(gateway.stand_in.messages_to(OTHER).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_taken_back_texts_the_first_number_alone() {
    let gateway = patient().start().await;
    for phone in [CALLER, OTHER] {
        gateway.stand_in.fault_for(phone, Fault::RateLimited(Some(Duration::ZERO)));
    }
    assert_eq!(ask(&gateway, CALLER).await.sms(), ("sending", None));
    assert_eq!(ask(&gateway, OTHER).await.sms(), ("sending", None));
    let back = ask(&gateway, CALLER).await;
    assert_eq!(back.sms(), ("sending", None), "{back:?}");
    assert_eq!(Claim::of(&back), Claim::StillTrying);
    assert_eq!(gateway.step_when_due().await, 1);
    assert_eq!(state_of(&gateway, CALLER).await, ("sent".to_owned(), None));
    assert_eq!(state_of(&gateway, OTHER).await.0, "skipped");
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 1);
    assert_eq!(gateway.stand_in.messages_to(OTHER), []);
    // Whoever asks later hears of the patient's own text and number.
    let later = gateway.call("demo", &booking("9:30 AM")).await;
    assert_eq!((later.outcome(), later.sms()), ("already_booked", ("sent", None)));
    assert!(later.spoken().contains("ending in zero one four two"), "{}", later.spoken());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_answered_is_not_the_patients_word() {
    for word in ["N", "C"] {
        let gateway = patient().start().await;
        assert_eq!(ask(&gateway, CALLER).await.sms(), ("sent", None));
        let form = [("MessageSid", "SM1"), ("From", CALLER), ("To", TWILIO_NUMBER), ("Body", word)];
        assert_eq!(gateway.webhook("/twilio/demo/inbound", &form).await.0, 200);
        assert_eq!(gateway.count("appointments WHERE patient_response <> 'none'").await, 1);
        assert_eq!(ask(&gateway, OTHER).await.sms(), ("sent", None));
        let unanswered = "appointments WHERE patient_response = 'none' AND status = 'booked'";
        assert_eq!(gateway.count(unanswered).await, 1, "{word}");
        assert_eq!(gateway.count("reminders WHERE settled_at IS NULL").await, 1);
        // Their own counts.
        let form = [("MessageSid", "SM2"), ("From", OTHER), ("To", TWILIO_NUMBER), ("Body", word)];
        assert_eq!(gateway.webhook("/twilio/demo/inbound", &form).await.0, 200);
        assert_eq!(gateway.count("appointments WHERE patient_response <> 'none'").await, 1);
    }
}
