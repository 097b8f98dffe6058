//! `book_appointment` through the front door: what is said, and what is in the tables.

mod choosing;
mod consent;
mod fixtures;
mod patients;
mod slot_ids;
mod stale_slots;
mod statements;
mod taken;
mod texts;
mod turns;

use serde_json::{Value, json};
use time::macros::datetime;

use crate::harness::fixtures::{fixture, told};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{Reply, book_appointment};

/// Books at `demo` in a new phone call.
async fn book(gateway: &Gateway, wish: Value) -> Reply {
    gateway.call("demo", &book_appointment(wish)).await
}

/// Tuesday the 24th at `time` for `name`.
fn wish(name: &str, time: &str) -> Value {
    json!({ "patient_name": name, "date": "2026-11-24", "time": time })
}

/// All that a booking writes, without ids and times of writing.
const ROWS: &str = "
    SELECT o.id AS org_id, o.slug, p.name AS patient, p.phone, p.email, v.name AS provider,
           s.name AS service, a.starts_at, a.ends_at, a.local_start, a.timezone, a.status, a.notes,
           m.kind, m.to_phone, m.sms_status, m.sms_reason, m.twilio_message_sid, m.delivery_status,
           m.sent_at, m.tries, t.tool, t.outcome, t.words, t.call_key LIKE 'call:%' AS of_a_call,
           l.actor, l.action
    FROM appointments a
    JOIN organizations o ON o.id = a.org_id
    JOIN patients p ON (p.org_id, p.id) = (a.org_id, a.patient_id)
    JOIN providers v ON (v.org_id, v.id) = (a.org_id, a.provider_id)
    JOIN services s ON (s.org_id, s.id) = (a.org_id, a.service_id)
    JOIN sms_messages m ON (m.org_id, m.appointment_id) = (a.org_id, a.id)
    JOIN tool_calls t ON (t.org_id, t.appointment_id, t.sms_message_id) = (a.org_id, a.id, m.id)
    JOIN audit_log l ON (l.org_id, l.subject_id) = (a.org_id, a.id)";

#[tokio::test(flavor = "multi_thread")]
async fn a_free_time_is_booked_and_the_text_is_sent() {
    let gateway = Gateway::unhurried().await;
    let reply = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!(reply.outcome(), "booked");
    insta::assert_snapshot!(reply.spoken(), @"That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
    assert_eq!(reply.sms(), ("sent", None));
    assert_eq!(reply.starts_at(), "2026-11-24T19:30:00Z");
    let id = gateway.value("SELECT id FROM appointments").await;
    assert_eq!(id, reply.appointment_id());
    assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 1);
    assert_eq!(
        gateway.count("sms_messages WHERE sms_status = 'sent' AND sent_at IS NOT NULL").await,
        1
    );
    assert_eq!(gateway.count("sms_attempts WHERE outcome = 'accepted'").await, 1);
    assert_eq!(gateway.count("audit_log WHERE action = 'appointment_booked'").await, 1);
    assert_eq!(gateway.count("provider_days WHERE day = '2026-11-24' AND revision = 1").await, 1);
    let texts = gateway.stand_in.messages();
    assert_eq!(texts.len(), 1);
    assert_eq!(gateway.value("SELECT twilio_message_sid FROM sms_messages").await, texts[0].sid);
    let body = &texts[0].body;
    let token = body.split("/c/").nth(1).and_then(|rest| rest.lines().next()).expect("a link");
    assert_eq!(token.len(), 22, "128 bits");
    insta::assert_snapshot!(body.replace(token, "[token]").replace(&gateway.url, "[url]"), @r"
    Appointment Confirmation: Maple Dental
    Date: November 24, 2026
    Time: 2:30 PM
    Confirm: [url]/c/[token]
    Reply C to confirm, STOP to opt out.
    ");
}

/// The booking of the system that went before, at its clock and with its words.
#[tokio::test(flavor = "multi_thread")]
async fn the_live_sms_test_is_booked_without_a_text() {
    let now = datetime!(2026-01-19 15:54:16 UTC);
    let gateway = Setup::default().unhurried().at(now).start().await;
    let body = fixture("book_appointment", "live_sms_test");
    let answer = gateway.replay("voxanne", &body).await;
    insta::assert_snapshot!(told(&answer["results"][0]), @r"
      That is booked: Saturday, August twenty-second at four thirty PM with Doctor Elena Marsh. The confirmation text could not be sent, so none will come, but your appointment stands. Is there anything else?
      booked 2026-08-22T16:30:00Z text failed_but_booked not_configured
    ");
    insta::assert_json_snapshot!("the_live_sms_test", gateway.rows(ROWS).await);
    assert_eq!(gateway.stand_in.messages().len(), 0);
    assert_eq!(gateway.count("sms_attempts").await, 0);
    // Nothing is left for the worker, and asking again changes nothing.
    let before = gateway.traces().await;
    assert_eq!(gateway.step().await, 0);
    assert_eq!(gateway.replay("voxanne", &body).await, answer);
    assert_eq!(gateway.traces().await, before);
    assert_eq!(gateway.rows(ROWS).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_e_mail_are_kept_and_never_said() {
    let gateway = Gateway::unhurried().await;
    let note = "Afraid of needles; prefers the chair by the window.";
    let mut wish = wish("Ada Sample", "2:30 PM");
    wish["notes"] = json!(note);
    wish["patient_email"] = json!("ada dot sample at example dot com");
    let reply = book(&gateway, wish).await;
    assert_eq!(reply.outcome(), "booked");
    assert!(!reply.0.to_string().contains("needles"), "{reply:?}");
    assert!(!reply.0.to_string().contains("example"), "{reply:?}");
    assert_eq!(gateway.value("SELECT notes FROM appointments").await, note);
    assert_eq!(gateway.value("SELECT email FROM patients").await, "ada.sample@example.com");
    let text = &gateway.stand_in.messages()[0].body;
    assert!(
        ["needles", "example", "Ada", "Consultation"].iter().all(|w| !text.contains(w)),
        "{text}"
    );
    let elsewhere = "SELECT (SELECT json_agg(t) FROM tool_calls t)::text || (SELECT json_agg(a) FROM audit_log a)::text";
    let elsewhere = gateway.value(elsewhere).await.to_string();
    assert!(["needles", "example", "Sample"].iter().all(|w| !elsewhere.contains(w)), "{elsewhere}");
    // A rambling note is cut, and one of control characters is none.
    let mut long = self::wish("Ben Sample", "3 PM");
    long["notes"] = json!("so ".repeat(400));
    assert_eq!(book(&gateway, long).await.outcome(), "booked");
    let length = gateway.value("SELECT max(length(notes)) FROM appointments").await;
    assert!(length.as_i64().is_some_and(|n| (100..=500).contains(&n)), "{length}");
    let mut empty = self::wish("Cleo Sample", "4 PM");
    empty["notes"] = json!("\u{7}\n\u{0}");
    assert_eq!(book(&gateway, empty).await.outcome(), "booked");
    assert_eq!(gateway.count("appointments WHERE notes IS NULL").await, 1);
}
