//! `org texts`, by the real program: what has to be put right first, then who answered, then the texts.

use serde_json::Value;
use vapi_gateway::domain::org_id::OrgId;
use vapi_gateway::twilio::stand_in::Fault;
use vapi_gateway::vault::Place;

use super::{CLINIC, book, patient};
use crate::harness::gateway::{Gateway, VAULT_KEY};
use crate::harness::run::Run;

async fn texts(gateway: &Gateway, more: &[&str]) -> String {
    let arguments: Vec<&str> = ["org", "texts"].into_iter().chain(more.iter().copied()).collect();
    let ran = Run::new(&arguments)
        .env("DATABASE_URL", &gateway.database.url)
        .env("GATEWAY__VAULT__KEYS", VAULT_KEY)
        .output()
        .await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.out
}

/// A text of the patient's, as the gateway would keep it.
async fn write(gateway: &Gateway, meaning: &str, body: &str) {
    let org = gateway.value(&format!("SELECT id FROM organizations WHERE slug = '{CLINIC}'")).await;
    let org = uuid::Uuid::parse_str(org.as_str().expect("an id")).expect("an id");
    let id = uuid::Uuid::now_v7();
    let place =
        Place { org: OrgId(org), table: "inbound_messages", column: "sealed_body", row: id };
    let sealed = gateway.app.vault.seal(place, body.as_bytes()).expect("a seal");
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    gateway
        .execute(&format!(
            "INSERT INTO inbound_messages (org_id, id, twilio_message_sid, phone, recipient, sealed_body, meaning) \
             VALUES ('{org}', '{id}', 'SM{id}', '+12125550107', '+15005550006', '\\x{hex}', '{meaning}')"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_what_they_have_to_act_on_first() {
    let gateway = patient().start().await;
    assert_eq!(texts(&gateway, &[CLINIC]).await, "No texts yet.\n");
    book(&gateway, 0, None).await;
    gateway.told(0, "undelivered", 30034).await;
    book(&gateway, 1, Some(Fault::Reject { code: 21614, http_status: 400 })).await;
    book(&gateway, 2, None).await;
    gateway
        .execute(
            "UPDATE appointments SET patient_response = 'declined', patient_responded_at = now(), \
             starts_at = starts_at + interval '10 years', ends_at = ends_at + interval '10 years', \
             busy_from = busy_from + interval '10 years', busy_until = busy_until + interval '10 years' \
             WHERE id IN (SELECT appointment_id FROM sms_messages WHERE to_phone = '+12125550102')",
        )
        .await;
    write(&gateway, "other", "Can I come later?\n\u{1b}[31m").await;
    write(&gateway, "confirm", "C").await;
    write(&gateway, "stop", "STOP").await;
    let out = texts(&gateway, &[CLINIC]).await;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 7, "{out}");
    assert!(
        lines[0].starts_with("ALERT since ")
            && lines[0].contains("register it (A2P 10DLC). (30034)"),
        "{out}"
    );
    assert!(lines[1].starts_with("CANNOT COME on ") && lines[1].ends_with("…0102"), "{out}");
    assert!(lines[2].starts_with("WROTE on ") && lines[2].ends_with("…0107: \"STOP\""), "{out}");
    assert!(lines[3].ends_with(r#"…0107: "Can I come later?\n\u{1b}[31m""#), "{out}");
    assert!(lines[4].ends_with("confirmation  …0102  sent, queued"), "{out}");
    assert!(
        lines[5].contains("…0101  failed_but_booked, rejected_21614. This looks like a landline"),
        "{out}"
    );
    assert!(
        lines[6].contains("…0100  sent, undelivered. The clinic's number is not registered"),
        "{out}"
    );
    assert!(!out.contains("212555"), "no whole number: {out}");
    let one = texts(&gateway, &[CLINIC, "--limit", "1"]).await;
    assert_eq!(one.lines().count(), 4, "{one}");
    let ran = Run::new(&["org", "texts", "nobody"])
        .env("DATABASE_URL", &gateway.database.url)
        .env("GATEWAY__VAULT__KEYS", VAULT_KEY)
        .output()
        .await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(gateway.value("SELECT 1").await, Value::from(1));
}
