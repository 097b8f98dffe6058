//! The words that our texts ask for, and what they are answered with.

use super::{booked, is};
use crate::harness::clinics::{always_open, apply};
use crate::harness::gateway::Setup;
use crate::harness::vapi::{CALLER, book_appointment};
use serde_json::json;
use time::macros::datetime;

#[tokio::test(flavor = "multi_thread")]
async fn a_word_confirms_and_is_answered_once() {
    for word in ["C", " c. ", "confirm", "Yes!", "Y", "ok", "1"] {
        let gateway = booked().await;
        let answer = gateway.text_back(word).await;
        assert_eq!(
            answer.as_deref(),
            Some(
                "Thank you. Your appointment at Maple Dental on November 24, 2026 at 9:30 AM is confirmed."
            ),
            "{word}"
        );
        assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]), "{word}");
        assert_eq!(gateway.text_back(word).await, None, "{word} again changes nothing");
        assert_eq!(gateway.meanings().await, ["confirm", "confirm"]);
        let entry =
            &gateway.rows("SELECT action, details FROM audit_log WHERE actor = 'patient'").await;
        let first = gateway.value("SELECT id FROM inbound_messages ORDER BY id LIMIT 1").await;
        let details = json!({ "channel": "text", "message": first });
        assert_eq!(*entry, [json!({ "action": "appointment_confirmed", "details": details })]);
        let at = gateway.value("SELECT patient_responded_at FROM appointments").await;
        assert_eq!(at, "2026-11-23T15:00:00+00:00");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_leaves_the_appointment_to_staff_and_can_be_taken_back() {
    for word in ["n", "No.", "2"] {
        let gateway = booked().await;
        gateway.execute("UPDATE organizations SET phone = '+12125550100'").await;
        let answer = gateway.text_back(word).await.expect("an answer");
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer, @"Thank you for telling us that you can't come on November 24, 2026 at 9:30 AM. Maple Dental has been told. For another time, please call +12125550100.");
        }
        assert!(is(&gateway.responses().await, &[("booked", "declined")]));
        assert!(gateway.text_back("C").await.expect("an answer").contains("is confirmed"));
        assert!(is(&gateway.responses().await, &[("confirmed", "confirmed")]));
        assert!(gateway.text_back(word).await.is_some());
        assert!(is(&gateway.responses().await, &[("booked", "declined")]), "after a yes");
        assert_eq!(
            gateway.patients_actions().await,
            ["appointment_declined", "appointment_confirmed", "appointment_declined"]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_declining_cancels_it_says_so() {
    let gateway = booked().await;
    gateway.execute("UPDATE organizations SET decline_cancels = true, phone = NULL").await;
    assert_eq!(gateway.count("reminders WHERE outcome IS NULL").await, 1);
    let answer = gateway.text_back("NO").await.expect("an answer");
    insta::assert_snapshot!(answer, @"Your appointment at Maple Dental on November 24, 2026 at 9:30 AM is canceled. Thank you for telling us.");
    assert!(is(&gateway.responses().await, &[("cancelled", "declined")]));
    assert_eq!(gateway.count("reminders WHERE outcome IS NULL").await, 0);
    // Whoever writes again is read by a person: the slot may be somebody else's.
    assert_eq!(gateway.text_back("C").await, None);
    assert_eq!(gateway.meanings().await, ["decline", "other"]);
    gateway.book_for("+12125550143", "Ben Sample", "2026-11-24", "9:30 AM").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_ahead_is_nothing_to_answer() {
    let gateway = booked().await;
    let begun = Setup::default().unhurried().at(datetime!(2026-11-24 14:30 UTC)).join(&gateway);
    for word in ["C", "NO", "1"] {
        assert_eq!(begun.text_back(word).await, None);
    }
    for status in ["cancelled", "completed", "no_show"] {
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        assert_eq!(gateway.text_back("C").await, None, "{status}");
        assert!(is(&gateway.responses().await, &[(status, "none")]));
    }
    assert_eq!(gateway.text_from("+13025550177", "C").await, None, "somebody without one");
    assert_eq!(gateway.meanings().await, ["other"; 7]);
    assert_eq!(gateway.patients_actions().await, Vec::<String>::new());
}

/// A number that was corrected is somebody else's, though our latest text went there.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_corrected_answers_for_nobody() {
    let gateway = Setup::default().unhurried().start().await;
    for phone in ["+12125550188", CALLER] {
        let wish = json!({ "patient_name": "Ada Sample", "patient_phone": phone,
                           "date": "2026-11-24", "time": "9:30 AM" });
        gateway.call("demo", &book_appointment(wish).in_call("one-call")).await;
    }
    assert_eq!(gateway.text_from("+12125550188", "NO").await, None);
    assert!(is(&gateway.responses().await, &[("booked", "none")]));
}

/// Within two segments of GSM-7, whatever the clinic is called.
#[tokio::test(flavor = "multi_thread")]
async fn the_longest_answer_is_two_segments() {
    let name = "Clínica Óptima für Zähne & Söhne \u{2014} "
        .repeat(10)
        .chars()
        .take(80)
        .collect::<String>();
    let file = always_open("demo", "x", "America/New_York", "US");
    let file = file.replace("name = \"x\"", &format!("name = \"{name}\""));
    let gateway = Setup::default().unhurried().start().await;
    apply(&gateway.app, &file).await;
    gateway.execute("UPDATE organizations SET phone = '+123456789012345'").await;
    gateway.book_at("2027-09-30", "12:30 PM").await;
    for word in ["NO", "C"] {
        let answer = gateway.text_back(word).await.expect("an answer");
        assert!(answer.chars().count() <= 306, "{answer}");
        assert!(answer.chars().all(|c| c.is_ascii() || "äöüßÄÖÜ".contains(c)), "{answer}");
        assert!(answer.contains("September 30, 2027 at 12:30 PM"), "{answer}");
    }
}
