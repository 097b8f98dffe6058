//! Whoever has no link, somebody else's, or far too much time.

use serde_json::json;

use super::{browser, invite, invited, page, path_of_link};
use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{CALLER, book_appointment};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_link_of_ours_is_kindly_not_found() {
    let (gateway, path) = invited().await;
    let before = gateway.answered().await;
    let token = path.strip_prefix("/c/").expect("a token");
    assert_eq!(token.len(), 22);
    let mut other: String = token.to_owned();
    let flipped = if other.ends_with('A') { 'B' } else { 'A' };
    other.pop();
    other.push(flipped);
    for strange in [
        other.as_str(),
        token.split_at(21).0,
        &format!("{token}A"),
        &token.to_lowercase(),
        "AAAAAAAAAAAAAAAAAAAAAA",
        "%00AAAAAAAAAAAAAAAAAAAAA",
        "'%20OR%201=1--%20AAAAAAA",
        "..%2F..%2Fetc%2Fpasswd",
        "%F0%9F%A6%B7",
        &"A".repeat(5_000),
    ] {
        for asked in [
            gateway.open(&format!("/c/{strange}")).await,
            gateway.open(&format!("/c/{strange}/appointment.ics")).await,
            gateway.submit(&format!("/c/{strange}"), "answer=confirm").await,
        ] {
            assert_eq!(asked.status, 404, "{strange}");
            assert!(
                asked.says("We can\u{2019}t find that appointment"),
                "{strange}: {}",
                asked.text
            );
            assert!(!asked.says(strange), "{strange} is repeated");
        }
    }
    for path in ["/c", "/c/", &format!("{path}/"), &format!("{path}/other")] {
        assert_eq!(gateway.open(path).await.status, 404, "{path}");
    }
    assert_eq!(gateway.answered().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_not_the_pages_own_changes_nothing() {
    let (gateway, path) = invited().await;
    let before = gateway.answered().await;
    let long = format!("answer=confirm&more={}", "x".repeat(2_000));
    for body in [
        "",
        "answer",
        "answer=",
        "answer=perhaps",
        "answer=Confirm",
        "answer=confirm&answer=decline",
        "answer=confirm&x=1",
        "{\"answer\":\"confirm\"}",
        "%00",
        long.as_str(),
    ] {
        let refused = gateway.submit(&path, body).await;
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.says("Nothing was changed.") && refused.says(&path), "{}", refused.text);
    }
    assert_eq!(gateway.answered().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_its_own_clinic_and_no_other() {
    let (gateway, path) = invited().await;
    // Somebody copies a link's row into another organization: the token is not of its vault.
    clone_links_to_voxanne(&gateway).await;
    let page = gateway.open(&path).await;
    assert!([200, 404].contains(&page.status));
    gateway.execute("DELETE FROM confirmation_links WHERE org_id = (SELECT id FROM organizations WHERE slug = 'demo')").await;
    let before = gateway.answered().await;
    assert_eq!(gateway.open(&path).await.status, 404);
    assert_eq!(gateway.submit(&path, "answer=decline").await.status, 404);
    assert_eq!(gateway.answered().await, before);
}

/// An appointment and a text of Voxanne's own, which the copied row says it belongs to.
async fn clone_links_to_voxanne(gateway: &Gateway) {
    let wish = json!({ "patient_name": "Ben Sample", "date": "2026-11-24", "time": "9:30 AM" });
    let reply = gateway.call("voxanne", &book_appointment(wish)).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    gateway
        .execute(
            "INSERT INTO confirmation_links (org_id, digest, message_id, appointment_id)
             SELECT m.org_id, l.digest, m.id, m.appointment_id FROM confirmation_links l, sms_messages m
             JOIN organizations o ON o.id = m.org_id WHERE o.slug = 'voxanne'",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clinics_answers_do_not_meet() {
    let file = always_open("night", "Night Clinic", "America/New_York", "US");
    let gateway = Setup::default().unhurried().clinic(file).start().await;
    let path = invite(&gateway, CALLER).await;
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "3 PM" });
    assert_eq!(gateway.call("night", &book_appointment(wish)).await.outcome(), "booked");
    let night = path_of_link(&gateway.stand_in.messages_to(CALLER)[1].body);
    assert_ne!(path, night);
    assert_eq!(gateway.submit(&night, "answer=decline").await.status, 303);
    assert!(gateway.open(&night).await.says("Night Clinic"));
    let rows = gateway
        .rows("SELECT slug, patient_response FROM appointments a JOIN organizations o ON o.id = a.org_id ORDER BY slug")
        .await;
    let expected = [
        json!({ "slug": "demo", "patient_response": "none" }),
        json!({ "slug": "night", "patient_response": "declined" }),
    ];
    assert_eq!(rows, expected);
    assert!(gateway.open(&path).await.says("Maple Dental"));
}

/// A wrong number got the link: once it is corrected, a stranger holds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_sent_to_a_number_that_was_corrected_leads_nowhere() {
    let gateway = Setup::default().unhurried().start().await;
    let wish = |phone: &str| {
        let wish = json!({ "patient_name": "Ada Sample", "patient_phone": phone,
                           "date": "2026-11-24", "time": "9:30 AM" });
        book_appointment(wish).in_call("one-call")
    };
    gateway.call("demo", &wish("+12125550188")).await;
    gateway.call("demo", &wish("+12125550142")).await;
    let wrong = path_of_link(&gateway.stand_in.messages_to("+12125550188")[0].body);
    let right = path_of_link(&gateway.stand_in.messages_to("+12125550142")[0].body);
    assert_eq!(gateway.open(&wrong).await.status, 404);
    assert_eq!(gateway.submit(&wrong, "answer=decline").await.status, 404);
    assert_eq!(gateway.open(&right).await.status, 200);
    assert_eq!(gateway.standing().await.1, "none");
}

/// Asks for no page in particular until there is a 429.
async fn exhaust(gateway: &Gateway, from: &str) -> super::Page {
    for _ in 0..300 {
        let asked = browser().get(format!("{}/c/nobody", gateway.url));
        let answer = page(asked.header("x-forwarded-for", from)).await;
        if answer.status != 404 {
            return answer;
        }
    }
    panic!("nobody is ever refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_too_often_waits() {
    let (gateway, path) = invited().await;
    let refused = exhaust(&gateway, "").await;
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.says("One moment, please"), "{}", refused.text);
    // What a client says of itself is not believed.
    assert_eq!(exhaust(&gateway, "203.0.113.9").await.status, 429);
    let before = gateway.answered().await;
    // An allowance comes back by and by; a form that is refused has changed nothing.
    let sent = gateway.submit(&path, "answer=confirm").await;
    assert!(sent.status == 429 && gateway.answered().await == before || sent.status == 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_each_client_is_counted_for_itself() {
    let gateway = Setup::default()
        .unhurried()
        .set("GATEWAY__SERVER__CLIENT_IP_HEADER", "X-Forwarded-For")
        .start()
        .await;
    let from = async |client: &str| {
        let asked = browser().get(format!("{}/c/nobody", gateway.url));
        page(asked.header("x-forwarded-for", client)).await.status
    };
    assert_eq!(exhaust(&gateway, "203.0.113.1").await.status, 429);
    assert_eq!(from("203.0.113.2").await, 404);
    // Only the last entry is the proxy's own.
    assert_eq!(from("203.0.113.1, 203.0.113.3").await, 404);
    assert_eq!(exhaust(&gateway, "198.51.100.7, 203.0.113.1").await.status, 429);
    // A network of IPv6 is one client.
    assert_eq!(exhaust(&gateway, "2001:db8::1").await.status, 429);
    assert_eq!(exhaust(&gateway, "2001:db8::2").await.status, 429);
    assert_eq!(from("2001:db8:0:1::1").await, 404);
}
