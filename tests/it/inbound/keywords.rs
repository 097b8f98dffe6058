//! The words of the networks: kept, never answered by us.

use super::{booked, is};
use crate::harness::clinics::TWILIO_NUMBER;
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, opt_out_of_texts};
use serde_json::{Value, json};

/// Who has opted out of whom, and who told us.
async fn stopped(gateway: &Gateway) -> Vec<Value> {
    gateway.rows("SELECT phone, sender, source FROM sms_opt_outs ORDER BY sender").await
}

const SERVICE: &str = "MG00000000000000000000000000005e57";

#[tokio::test(flavor = "multi_thread")]
async fn stop_is_kept_for_its_sender_and_not_answered() {
    let gateway = booked().await;
    let row = json!({ "phone": CALLER, "sender": TWILIO_NUMBER, "source": "inbound" });
    for word in
        ["STOP", " stop ", "Stop.", "UNSUBSCRIBE", "END", "QUIT", "REVOKE", "OPTOUT", "StopAll"]
    {
        assert_eq!(gateway.text_back(word).await, None, "{word}");
        assert_eq!(stopped(&gateway).await, std::slice::from_ref(&row), "{word}");
    }
    assert_eq!(gateway.patients_actions().await, ["texts_stopped"], "once, however often");
    assert_eq!(gateway.meanings().await, ["stop"; 9]);
    // What is said after it is done, and answered with silence.
    assert_eq!(gateway.text_back("C").await, None);
    assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]));
    assert_eq!(gateway.text_back("START").await, None);
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
    assert_eq!(gateway.text_back("unstop").await, None);
    assert_eq!(
        gateway.patients_actions().await,
        ["texts_stopped", "appointment_confirmed", "texts_resumed"]
    );
    assert!(gateway.text_back("NO").await.is_some(), "answered again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messaging_service_is_one_sender() {
    let gateway = booked().await;
    let stop = [("From", CALLER), ("MessagingServiceSid", SERVICE), ("Body", "stop")];
    assert_eq!(gateway.text_with(&stop).await, None);
    let row = json!({ "phone": CALLER, "sender": SERVICE, "source": "inbound" });
    assert_eq!(stopped(&gateway).await, std::slice::from_ref(&row));
    // START to the number leaves the service stopped; to the service it lifts what was said by phone, too.
    assert_eq!(gateway.text_back("START").await, None);
    assert_eq!(stopped(&gateway).await, [row]);
    gateway
        .execute(&format!("INSERT INTO sms_opt_outs (org_id, phone, sender, source) SELECT org_id, phone, '*', 'assistant' FROM sms_opt_outs WHERE sender = '{SERVICE}'"))
        .await;
    let start = [("From", CALLER), ("MessagingServiceSid", SERVICE), ("Body", "start")];
    assert_eq!(gateway.text_with(&start).await, None);
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_twilio_has_done_by_a_keyword_of_the_clinics_counts() {
    let gateway = booked().await;
    let with = |body, kind| [("From", CALLER), ("Body", body), ("OptOutType", kind)];
    assert_eq!(gateway.text_with(&with("BASTA", "STOP")).await, None);
    assert_eq!(stopped(&gateway).await.len(), 1);
    assert_eq!(gateway.text_with(&with("AYUDA", "HELP")).await, None);
    assert_eq!(gateway.text_with(&with("HOLA", "START")).await, None);
    assert_eq!(stopped(&gateway).await.len(), 0);
    assert_eq!(gateway.meanings().await, ["stop", "help", "start"]);
    assert!(is(&gateway.responses().await, &[("booked", "none")]));
    for word in ["HELP", "info"] {
        assert_eq!(gateway.text_back(word).await, None, "{word}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_from_somebody_who_had_stopped_lifts_it_and_confirms() {
    let gateway = booked().await;
    gateway.text_back("STOP").await;
    let answer = gateway.text_back("Yes").await.expect("an answer");
    assert!(answer.contains("is confirmed"), "{answer}");
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
    assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]));
    assert_eq!(
        gateway.patients_actions().await,
        ["texts_stopped", "texts_resumed", "appointment_confirmed"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_stops_texts_and_shows_staff_which_appointment() {
    let gateway = booked().await;
    assert_eq!(gateway.text_back("CANCEL").await, None);
    assert_eq!(stopped(&gateway).await.len(), 1);
    assert!(is(&gateway.responses().await, &[("booked", "none")]), "staff decide");
    let shown =
        gateway.value("SELECT appointment_id FROM inbound_messages WHERE meaning = 'stop'").await;
    assert_eq!(shown, gateway.value("SELECT id FROM appointments").await);
    assert_eq!(gateway.text_back("STOP").await, None);
    assert_eq!(gateway.count("inbound_messages WHERE appointment_id IS NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn yes_does_not_take_back_what_was_said_on_the_phone() {
    let gateway = booked().await;
    let said = gateway.call("demo", &opt_out_of_texts(json!({}))).await;
    assert_eq!(said.outcome(), "opted_out");
    // An answer to an older text, which counts as one, and no more than that.
    assert_eq!(gateway.text_back("Yes").await, None);
    assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]));
    assert_eq!(stopped(&gateway).await.len(), 1);
    assert_eq!(gateway.text_back("START").await, None);
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
}
