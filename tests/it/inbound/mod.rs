//! What patients text back, through Twilio's door: the answer, the rows, and what stays as it was.

mod choices;
mod keywords;
mod once;
mod words;

use serde_json::{Value, json};
use uuid::Uuid;
use vapi_gateway::db::inbound_messages::TABLE;
use vapi_gateway::domain::org_id::OrgId;
use vapi_gateway::vault::Place;

use crate::harness::clinics::TWILIO_NUMBER;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{CALLER, book_appointment};

const SILENCE: &str = "<Response />";

/// A text's name at Twilio, another each time.
fn sid() -> String {
    format!("SM{}", Uuid::new_v4().simple())
}

impl Gateway {
    /// A text from a number to Maple Dental; returns what the patient is answered.
    async fn text_from(&self, phone: &str, body: &str) -> Option<String> {
        self.text_with(&[("From", phone), ("Body", body)]).await
    }

    /// The caller's text.
    async fn text_back(&self, body: &str) -> Option<String> {
        self.text_from(CALLER, body).await
    }

    /// A text with these parameters; `MessageSid` and `To` where they are not among them.
    async fn text_with(&self, form: &[(&str, &str)]) -> Option<String> {
        let sid = sid();
        let mut all = form.to_vec();
        for (name, value) in [("MessageSid", sid.as_str()), ("To", TWILIO_NUMBER)] {
            if !form.iter().any(|(given, _)| *given == name) {
                all.push((name, value));
            }
        }
        let (status, twiml) = self.webhook("/twilio/demo/inbound", &all).await;
        assert_eq!(status, 200, "{twiml}");
        said(&twiml)
    }

    /// `(status, patient_response)` of the appointments, the next first.
    async fn responses(&self) -> Vec<(String, String)> {
        let rows =
            self.rows("SELECT status, patient_response FROM appointments ORDER BY starts_at").await;
        let word = |row: &Value, key: &str| row[key].as_str().expect("a word").to_owned();
        rows.iter().map(|row| (word(row, "status"), word(row, "patient_response"))).collect()
    }

    /// What each text meant, the first first.
    async fn meanings(&self) -> Vec<String> {
        let rows = self.rows("SELECT meaning FROM inbound_messages ORDER BY id").await;
        rows.iter().map(|row| row["meaning"].as_str().expect("a word").to_owned()).collect()
    }

    /// Actions of patients in the audit log, the first first.
    async fn patients_actions(&self) -> Vec<String> {
        let rows =
            self.rows("SELECT action FROM audit_log WHERE actor = 'patient' ORDER BY id").await;
        rows.iter().map(|row| row["action"].as_str().expect("a word").to_owned()).collect()
    }

    /// Books for the caller at Maple Dental.
    async fn book_at(&self, date: &str, time: &str) {
        self.book_for(CALLER, "Ada Sample", date, time).await;
    }

    async fn book_for(&self, phone: &str, name: &str, date: &str, time: &str) {
        let wish = json!({ "patient_name": name, "date": date, "time": time });
        let reply = self.call("demo", &book_appointment(wish).from(phone)).await;
        assert_eq!((reply.outcome(), reply.sms().0), ("booked", "sent"), "{reply:?}");
    }
}

/// The text in a TwiML answer, which is nothing else.
fn said(twiml: &str) -> Option<String> {
    if twiml == SILENCE {
        return None;
    }
    let text = twiml.strip_prefix("<Response><Message><Body>");
    let text = text.and_then(|t| t.strip_suffix("</Body></Message></Response>")).expect(twiml);
    Some(
        text.replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"),
    )
}

fn is(responses: &[(String, String)], expected: &[(&str, &str)]) -> bool {
    let shown: Vec<(&str, &str)> =
        responses.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    shown == expected
}

/// A gateway with one appointment of the caller's, tomorrow at half past nine.
async fn booked() -> Gateway {
    let gateway = Setup::default().unhurried().start().await;
    gateway.book_at("2026-11-24", "9:30 AM").await;
    gateway
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_kept_sealed_for_staff() {
    let gateway = booked().await;
    let words = "Can I bring my dog? \u{1f415} He's called Rex";
    assert_eq!(gateway.text_back(words).await, None);
    let row = &gateway.rows("SELECT * FROM inbound_messages").await[0];
    assert_eq!((&row["meaning"], &row["phone"]), (&json!("other"), &json!(CALLER)));
    assert_eq!(row["recipient"], json!(TWILIO_NUMBER));
    let id = |key: &str| Uuid::parse_str(row[key].as_str().expect("an id")).expect("a UUID");
    let hex = row["sealed_body"].as_str().expect("bytes").trim_start_matches("\\x").to_owned();
    let sealed: Vec<u8> = (0..hex.len() / 2)
        .map(|n| {
            u8::from_str_radix(hex.get(n * 2..n * 2 + 2).expect("two digits"), 16).expect("hex")
        })
        .collect();
    let place =
        Place { org: OrgId(id("org_id")), table: TABLE, column: "sealed_body", row: id("id") };
    let opened = gateway.app.vault.open_text(place, &sealed).expect("it opens");
    assert_eq!(secrecy::ExposeSecret::expose_secret(&opened), words);
    let elsewhere = "SELECT (SELECT json_agg(i) FROM inbound_messages i)::text || (SELECT json_agg(a) FROM audit_log a)::text";
    assert!(!gateway.value(elsewhere).await.to_string().contains("Rex"));
    assert!(is(&gateway.responses().await, &[("booked", "none")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clinics_patients_are_not_reached() {
    let gateway = booked().await;
    // The same caller has an appointment at Voxanne, which has the same Twilio account for once.
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-25", "time": "10 AM" });
    assert_eq!(gateway.call("voxanne", &book_appointment(wish)).await.outcome(), "booked");
    assert!(gateway.text_back("C").await.is_some());
    let rows = gateway
        .rows("SELECT slug, patient_response FROM appointments a JOIN organizations o ON o.id = a.org_id ORDER BY slug")
        .await;
    let expected = [
        json!({ "slug": "demo", "patient_response": "confirmed" }),
        json!({ "slug": "voxanne", "patient_response": "none" }),
    ];
    assert_eq!(rows, expected);
    // Nor are they by a text to a clinic that has no account of its own, or that does not exist.
    for org in ["voxanne", "nobody"] {
        let form = [("MessageSid", "SM1"), ("From", CALLER), ("To", TWILIO_NUMBER), ("Body", "C")];
        let (status, _) = gateway.webhook(&format!("/twilio/{org}/inbound"), &form).await;
        assert_eq!(status, 403, "{org}");
    }
    assert_eq!(gateway.count("inbound_messages").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_forms_do_no_harm() {
    let gateway = booked().await;
    for (form, expected) in [
        (vec![], 400),
        (vec![("From", CALLER), ("To", TWILIO_NUMBER), ("Body", "C")], 400),
        (vec![("MessageSid", "SM1"), ("To", TWILIO_NUMBER), ("Body", "C")], 400),
        (vec![("MessageSid", "SM2"), ("From", CALLER), ("Body", "C")], 400),
        (vec![("MessageSid", "SM3\0"), ("From", CALLER), ("To", "x"), ("Body", "C")], 400),
        (vec![("MessageSid", "SM4"), ("From", "a\0b"), ("To", "x"), ("Body", "C")], 400),
        // A picture has no words, and a short code no appointment.
        (vec![("MessageSid", "SM5"), ("From", CALLER), ("To", TWILIO_NUMBER)], 200),
        (vec![("MessageSid", "SM6"), ("From", "72975"), ("To", "x"), ("Body", "C")], 200),
        (vec![("MessageSid", "SM7"), ("From", CALLER), ("To", "x"), ("Body", "\0\0C\0")], 200),
    ] {
        let (status, twiml) = gateway.webhook("/twilio/demo/inbound", &form).await;
        assert_eq!(status, expected, "{form:?}: {twiml}");
        assert!(status != 200 || twiml == SILENCE, "{form:?}: {twiml}");
    }
    assert_eq!(gateway.meanings().await, ["other", "other", "other"]);
    assert!(is(&gateway.responses().await, &[("booked", "none")]));
}
