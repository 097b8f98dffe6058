//! What the form changes, and when it no longer can.

use serde_json::{Value, json};

use super::{BEFORE, END, START, at, invited};
use crate::harness::gateway::Gateway;

/// The audit log's entries about the patient's answers, oldest first.
async fn entries(gateway: &Gateway) -> Vec<Value> {
    gateway
        .rows("SELECT actor, action, subject_id, details FROM audit_log WHERE actor = 'patient' ORDER BY id")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_is_written_once_and_shown_ever_after() {
    let (gateway, path) = invited().await;
    assert_eq!(gateway.open(&path).await.offers(), ["confirm", "decline"]);
    let sent = gateway.submit(&path, "answer=confirm").await;
    assert_eq!((sent.status, sent.header("location")), (303, path.as_str()));
    assert_eq!(gateway.standing().await, ("confirmed".to_owned(), "confirmed".to_owned()));
    let at = gateway.value("SELECT patient_responded_at FROM appointments").await;
    assert_eq!(at, "2026-11-23T15:00:00+00:00", "business time");
    let page = gateway.open(&path).await;
    assert!(page.says("Thank you, it is confirmed."), "{}", page.text);
    assert_eq!((page.status, page.offers()), (200, vec!["decline"]));

    let before = gateway.answered().await;
    assert_eq!(gateway.submit(&path, "answer=confirm").await.status, 303);
    assert_eq!(gateway.answered().await, before, "said twice is said once");
    let message = gateway.value("SELECT id FROM sms_messages").await;
    let appointment = gateway.value("SELECT id FROM appointments").await;
    let details = json!({ "channel": "link", "message": message });
    let entry = json!({ "actor": "patient", "action": "appointment_confirmed",
                        "subject_id": appointment, "details": details });
    assert_eq!(entries(&gateway).await, [entry]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mind_can_be_changed_until_the_start() {
    let (gateway, path) = invited().await;
    let late = at(&gateway, BEFORE);
    for (answer, node, standing, offers, says) in [
        ("decline", &gateway, ("booked", "declined"), "confirm", "The clinic knows."),
        ("confirm", &gateway, ("confirmed", "confirmed"), "decline", "it is confirmed"),
        ("decline", &late, ("booked", "declined"), "confirm", "The clinic knows."),
        ("confirm", &late, ("confirmed", "confirmed"), "decline", "it is confirmed"),
    ] {
        assert_eq!(node.submit(&path, &format!("answer={answer}")).await.status, 303);
        let (status, response) = gateway.standing().await;
        assert_eq!((status.as_str(), response.as_str()), standing);
        let page = node.open(&path).await;
        assert!(page.says(says), "{}", page.text);
        assert_eq!(page.offers(), [offers]);
    }
    assert_eq!(entries(&gateway).await.len(), 4);
    // The slot was nobody else's in between.
    assert_eq!(gateway.value("SELECT max(revision) FROM provider_days").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_start_nothing_is_changed_and_after_the_end_the_link_is_gone() {
    let (gateway, path) = invited().await;
    let before = gateway.answered().await;
    let begun = at(&gateway, START);
    let page = begun.open(&path).await;
    assert_eq!((page.status, page.offers().len()), (200, 0));
    assert!(page.says("It has begun") && page.says("Call the clinic"), "{}", page.text);
    let over = at(&gateway, END);
    let page = over.open(&path).await;
    assert_eq!((page.status, page.offers().len()), (410, 0));
    assert!(page.says("This appointment is over") && !page.says("9:30"), "{}", page.text);
    for node in [&begun, &over] {
        for answer in ["confirm", "decline"] {
            let sent = node.submit(&path, &format!("answer={answer}")).await;
            assert_eq!((sent.status, sent.offers().len()), (410, 0), "{}", sent.text);
        }
        assert_eq!(node.open(&format!("{path}/appointment.ics")).await.status, 410);
    }
    assert_eq!(gateway.answered().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_wrote_is_never_overwritten() {
    let (gateway, path) = invited().await;
    for (status, says) in [
        ("cancelled", "This appointment is canceled"),
        ("no_show", "This appointment is over"),
        ("completed", "This appointment is over"),
    ] {
        gateway.execute(&format!("UPDATE appointments SET status = '{status}'")).await;
        let before = gateway.answered().await;
        let page = gateway.open(&path).await;
        assert_eq!((page.status, page.offers().len()), (410, 0));
        assert!(page.says(says) && page.says("href=\"tel:+12125550100\""), "{}", page.text);
        for answer in ["answer=confirm", "answer=decline"] {
            assert_eq!(gateway.submit(&path, answer).await.status, 410);
        }
        assert_eq!(gateway.answered().await, before, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_declining_cancels_the_slot_is_free_again() {
    let (gateway, path) = invited().await;
    gateway.execute("UPDATE organizations SET decline_cancels = true").await;
    assert_eq!(gateway.submit(&path, "answer=decline").await.status, 303);
    assert_eq!(gateway.standing().await, ("cancelled".to_owned(), "declined".to_owned()));
    assert_eq!(gateway.value("SELECT max(revision) FROM provider_days").await, 2);
    let page = gateway.open(&path).await;
    assert_eq!(page.status, 410);
    assert!(page.says("You told us that you can\u{2019}t come."), "{}", page.text);
    let before = gateway.answered().await;
    assert_eq!(gateway.submit(&path, "answer=decline").await.status, 303, "said again");
    assert_eq!(gateway.submit(&path, "answer=confirm").await.status, 410, "somebody may have it");
    assert_eq!(gateway.answered().await, before);
    // It can be booked by somebody else.
    super::invite(&gateway, "+12125550143").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_taps_on_two_nodes_are_one_answer() {
    let (gateway, path) = invited().await;
    let other = at(&gateway, BEFORE);
    let taps = (0..20).map(|n| {
        let node = if n % 2 == 0 { &gateway } else { &other };
        node.submit(&path, "answer=confirm")
    });
    for sent in futures_util::future::join_all(taps).await {
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    assert_eq!(entries(&gateway).await.len(), 1);
}
