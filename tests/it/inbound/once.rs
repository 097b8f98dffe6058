//! Webhooks come twice, at once and at two nodes: each text counts once.

use super::{SILENCE, booked, is, said, sid};
use crate::harness::clinics::TWILIO_NUMBER;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::CALLER;

async fn deliver(gateway: &Gateway, sid: &str, body: &str) -> Option<String> {
    let form = [("MessageSid", sid), ("From", CALLER), ("To", TWILIO_NUMBER), ("Body", body)];
    let (status, twiml) = gateway.webhook("/twilio/demo/inbound", &form).await;
    assert_eq!(status, 200, "{twiml}");
    said(&twiml)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_comes_twice_does_nothing_twice() {
    let gateway = booked().await;
    let (first, second) = (sid(), sid());
    assert!(deliver(&gateway, &first, "C").await.is_some());
    assert!(deliver(&gateway, &second, "NO").await.is_some());
    // An old one once more: the mind stays changed.
    assert_eq!(deliver(&gateway, &first, "C").await, None);
    assert_eq!(deliver(&gateway, &second, "NO").await, None);
    assert!(is(&gateway.responses().await, &[("booked", "declined")]));
    assert_eq!(gateway.meanings().await, ["confirm", "decline"]);
    assert_eq!(gateway.patients_actions().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_once_and_on_two_nodes_there_is_one_answer() {
    let gateway = booked().await;
    let other = Setup::default().unhurried().join(&gateway);
    // One text delivered eight times, and eight texts that say the same.
    let one = sid();
    let sids: Vec<String> = (0..16).map(|n| if n % 2 == 0 { one.clone() } else { sid() }).collect();
    let deliveries = sids.iter().enumerate().map(|(n, sid)| {
        let node = if n % 4 < 2 { &gateway } else { &other };
        deliver(node, sid, "C")
    });
    let answers = futures_util::future::join_all(deliveries).await;
    assert_eq!(answers.iter().flatten().count(), 1, "{answers:?}");
    assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]));
    assert_eq!(gateway.count("inbound_messages").await, 9);
    assert_eq!(gateway.patients_actions().await, ["appointment_confirmed"]);
}

/// Declining locks the day as booking does: neither waits for the other for ever.
#[tokio::test(flavor = "multi_thread")]
async fn giving_up_slots_while_others_book_them_ends() {
    let gateway = booked().await;
    gateway.execute("UPDATE organizations SET decline_cancels = true").await;
    let declining = deliver(&gateway, "SM1", "NO");
    let wishes = (0..6).map(|n| {
        let wish = serde_json::json!({ "patient_name": "Ben Sample", "date": "2026-11-24",
                                       "time": "9:30 AM", "provider": "Lee" });
        let caller = format!("+121255501{:02}", 50 + n);
        let call = crate::harness::vapi::book_appointment(wish).from(&caller);
        let gateway = &gateway;
        async move { gateway.call("demo", &call).await.outcome().to_owned() }
    });
    let (answer, outcomes) =
        futures_util::future::join(declining, futures_util::future::join_all(wishes)).await;
    assert!(answer.expect("an answer").contains("is canceled"));
    let booked = outcomes.iter().filter(|outcome| *outcome == "booked").count();
    assert!(booked <= 1, "{outcomes:?}");
    assert!(
        outcomes.iter().all(|o| ["booked", "slot_taken"].contains(&o.as_str())),
        "{outcomes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_xml_that_twilio_reads_as_silence() {
    let gateway = booked().await;
    let form = [("MessageSid", "SM1"), ("From", CALLER), ("To", TWILIO_NUMBER), ("Body", "hello")];
    let (status, twiml) = gateway.webhook("/twilio/demo/inbound", &form).await;
    assert_eq!((status, twiml.as_str()), (200, SILENCE));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_count_among_the_texts_of_a_day() {
    let gateway = booked().await;
    gateway.execute("UPDATE organizations SET texts_per_number_per_day = 3").await;
    assert!(gateway.text_back("C").await.is_some());
    assert!(gateway.text_back("N").await.is_some());
    // The text of the booking was the first. What is said counts all the same.
    assert_eq!(gateway.text_back("C").await, None);
    assert_eq!(gateway.text_back("N").await, None);
    assert!(is(&gateway.responses().await, &[("booked", "declined")]));
    assert_eq!(gateway.value("SELECT texts FROM sms_numbers_of_day").await, 3);
}
