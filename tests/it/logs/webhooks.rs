//! Twilio's door: its forms are full of persons, whether they are let in, refused or lost.

use serde_json::Value;
use vapi_gateway::twilio::signature::HEADER;

use crate::harness::twilio::Webhook;
use crate::logs::people::{PEOPLE, Person};
use crate::logs::{PUBLIC_URL, Traffic};

/// A callback that tells all there is to tell about this person.
fn about(person: &Person, path: &str, sid: &str, status: &str, code: &str) -> Webhook {
    let said = format!("{} ({}): {}", person.name, person.phone, person.notes);
    let form = [
        ("MessageSid", sid),
        ("MessageStatus", status),
        ("ErrorCode", code),
        ("ErrorMessage", said.as_str()),
        ("From", person.phone),
        ("To", person.phone),
        ("Body", said.as_str()),
        ("FromCity", person.email),
    ];
    Webhook::new(path, &form).origin(PUBLIC_URL)
}

pub(super) async fn call_back(traffic: &mut Traffic) {
    let person = &PEOPLE[0];
    let url = traffic.url.clone();
    for (status, code) in [
        ("sent", ""),
        ("undelivered", "30003"),
        ("undelivered", "30034"),
        ("failed", "21610"),
        ("delivered", ""),
        (person.phone, person.phone),
    ] {
        let wish = traffic.wish(person);
        assert_eq!(traffic.ask(&wish).await.outcome(), "booked");
        traffic.until_settled().await;
        let query = "SELECT a.id, a.twilio_message_sid FROM sms_attempts a \
             WHERE twilio_message_sid IS NOT NULL ORDER BY started_at DESC LIMIT 1";
        let rows = traffic.gateway.rows(query).await;
        let text = |key: &str| rows[0][key].as_str().map(str::to_owned).expect("a text");
        let path = format!("/twilio/night/status/{}?of={}", text("id"), person.phone);
        let right = about(person, &path, &text("twilio_message_sid"), status, code);
        assert_eq!(right.post(&url).await.0, 204, "{status}");
        // Another sid than the attempt's, and one that is a person.
        assert_eq!(about(person, &path, person.phone, status, code).post(&url).await.0, 204);
        assert_eq!(right.token("another-token").post(&url).await.0, 403);
        traffic.gateway.execute("DELETE FROM sms_opt_outs").await;
        traffic.gateway.execute("UPDATE sms_messages SET due_at = now()").await;
        traffic.until_settled().await;
    }
    for path in ["/twilio/night/status/%2B13025550137", "/twilio/%2B13025550137/status/quuxina"] {
        let lost = about(person, path, "SM1", "sent", "");
        assert!([403, 404].contains(&lost.post(&url).await.0), "{path}");
        assert_eq!(lost.post_as(&url, &[(HEADER, person.email)], lost.body()).await.0, 403);
        assert_eq!(lost.post_as(&url, &[], lost.body()).await.0, 403);
    }
    assert_ne!(
        traffic.gateway.value("SELECT count(*) FROM sms_delivery_events").await,
        Value::from(0)
    );
}
