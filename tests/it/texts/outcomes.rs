//! Texts that are settled with the booking: sent, or never owed.

use serde_json::{Value, json};

use crate::harness::clinics::MAPLE;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{CALLER, book_appointment};
use crate::texts::{Claim, book, booking, patient};

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_text_is_sent() {
    let gateway = patient().start().await;
    let reply = book(&gateway).await;
    assert_eq!(reply.sms(), ("sent", None));
    assert_eq!(Claim::of(&reply), Claim::Sent);
    let texts = gateway.stand_in.messages_to(CALLER);
    assert_eq!(texts.len(), 1);
    let row = gateway.text().await;
    assert_eq!(row["twilio_message_sid"], texts[0].sid);
    assert_eq!(row["delivery_status"], "queued", "Twilio's word on it");
    assert_eq!(row["to_phone"], CALLER);
    assert_eq!(row["kind"], "confirmation");
    assert!(row["sent_at"].is_string(), "{row}");
    assert_eq!(gateway.attempts().await, ["accepted"]);
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_call_hears_the_same_and_texts_nobody() {
    let gateway = patient().start().await;
    let call = booking("9:30 AM");
    let first = gateway.call("demo", &call).await;
    assert_eq!(gateway.call("demo", &call).await, first);
    let again = gateway.call("demo", &booking("9:30 AM")).await;
    assert_eq!((again.outcome(), again.sms()), ("already_booked", ("sent", None)));
    assert_eq!(Claim::of(&again), Claim::Sent);
    assert_eq!(gateway.stand_in.messages().len(), 1);
    assert_eq!(gateway.attempts().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keys_none_is_owed_from_the_start() {
    let gateway = Gateway::start().await;
    let arguments = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "9 AM" });
    let reply = gateway.call("voxanne", &book_appointment(arguments)).await;
    assert_eq!(reply.sms(), ("failed_but_booked", Some("not_configured")));
    assert_eq!(Claim::of(&reply), Claim::NoneWillCome);
    let written_together =
        "appointments AS a JOIN sms_messages AS m ON m.created_at = a.created_at";
    assert_eq!(gateway.count(written_together).await, 1);
    assert_eq!(gateway.attempts().await, [Value::Null; 0]);
    gateway.assert_settled("failed_but_booked", Some("not_configured")).await;
    assert_eq!(gateway.stand_in.messages(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_wants_none_gets_none() {
    let gateway = Gateway::start().await;
    let mut call = booking("9:30 AM");
    call.arguments["patient_phone"] = json!("none");
    let reply = gateway.call("demo", &call).await;
    assert_eq!(reply.sms(), ("skipped", Some("no_phone")));
    assert_eq!(Claim::of(&reply), Claim::NoneIsOwed);
    assert_eq!(gateway.text().await["to_phone"], Value::Null);
    gateway.assert_settled("skipped", Some("no_phone")).await;
    assert_eq!(gateway.stand_in.messages(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_that_texts_nobody_texts_nobody() {
    let quiet = MAPLE
        .replace("slug = \"demo\"", "slug = \"quiet\"")
        .replace("texts = true", "texts = false");
    let gateway = Setup::default().clinic(quiet).start().await;
    let reply = gateway.call("quiet", &booking("9:30 AM")).await;
    assert_eq!(reply.sms(), ("skipped", Some("texts_off")));
    assert_eq!(Claim::of(&reply), Claim::NoneIsOwed);
    gateway.assert_settled("skipped", Some("texts_off")).await;
    assert_eq!(gateway.stand_in.messages(), []);
}
