//! Whatever shape a message has, the same call gets the same words and leaves the same rows; whatever
//! arguments it carries, it gets 200 and a sentence; and every message that is not about tools gets `{}`.

mod arguments;
mod messages;
mod several;

use serde_json::Value;

use crate::harness::fixtures::{fixture, told};
use crate::harness::gateway::{Gateway, Setup};

/// The shapes of one and the same call, as files.
const SHAPES: [&str; 11] = [
    "shape_a",
    "shape_a_prime",
    "shape_b",
    "shape_c",
    "shape_d",
    "shape_e",
    "shape_e_wrapped",
    "shape_f",
    "shape_f_list",
    "shape_g",
    "keys_in_camel_case",
];
/// The same call without a number on the line.
const NUMBERLESS: [&str; 3] = ["chat", "chat_in_session", "web_call"];
/// The same call in the legacy message.
const LEGACY: [&str; 2] = ["object", "string"];

/// Everything that a booking decides, without ids and times of writing.
const BOOKED: &str = "
    SELECT o.slug, p.name AS patient, p.folded_name, p.phone, p.email, v.name AS provider,
           s.name AS service, a.starts_at, a.ends_at, a.busy_from, a.busy_until, a.local_start,
           a.timezone, a.status, a.notes, m.kind, m.to_phone, m.sms_status, m.sms_reason,
           m.twilio_message_sid IS NOT NULL AS has_sid, m.tries
    FROM appointments a
    JOIN organizations o ON o.id = a.org_id
    JOIN patients p ON (p.org_id, p.id) = (a.org_id, a.patient_id)
    JOIN providers v ON (v.org_id, v.id) = (a.org_id, a.provider_id)
    JOIN services s ON (s.org_id, s.id) = (a.org_id, a.service_id)
    JOIN sms_messages m ON (m.org_id, m.appointment_id) = (a.org_id, a.id)";

fn only_item(answer: &Value) -> &Value {
    let items = answer["results"].as_array().expect("results");
    assert_eq!(items.len(), 1, "{answer}");
    &items[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shape_of_a_search_gets_the_same_words() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let first = gateway.replay("demo", &fixture("check_availability", "shape_a")).await;
    let words = only_item(&first)["result"].as_str().expect("words").to_owned();
    insta::assert_snapshot!(told(only_item(&first)), @r"
      On Tuesday, November twenty-fourth, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?
      offered
        2026-11-24T14:00:00Z Dr. Amara Lee
        2026-11-24T18:30:00Z Dr. Amara Lee
        2026-11-24T21:30:00Z Dr. Amara Lee
    ");
    for name in SHAPES.iter().chain(&NUMBERLESS) {
        let body = fixture("check_availability", name);
        let answer = gateway.replay("demo", &body).await;
        let item = only_item(&answer);
        // With the bracket: an offer has the same names in every shape.
        assert_eq!(item["result"], words.as_str(), "{name}");
        assert_eq!(item["metadata"], only_item(&first)["metadata"], "{name}");
        assert_eq!(item["name"], "check_availability", "{name}");
        let id = item["toolCallId"].as_str().expect("an id");
        assert!(id.starts_with("call_") && contains(&body.body, id), "{name}: {id}");
    }
    for name in LEGACY {
        let body = fixture("function-call", &format!("check_availability_{name}"));
        let answer = gateway.replay("demo", &body).await;
        assert_eq!(answer, serde_json::json!({ "result": words }), "{name}");
    }
    assert_eq!(gateway.traces().await, nothing, "looking leaves nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shape_of_a_booking_gets_the_same_words_and_leaves_the_same_rows() {
    let gateway = Gateway::unhurried().await;
    let first = gateway.replay("demo", &fixture("book_appointment", "shape_a")).await;
    let (words, rows) = (told(only_item(&first)), gateway.rows(BOOKED).await);
    insta::assert_snapshot!(words, @"
      That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?
      booked 2026-11-24T19:30:00Z text sent -
    ");
    insta::assert_json_snapshot!("a_booking", rows);
    for name in SHAPES {
        gateway.forget().await;
        let body = fixture("book_appointment", name);
        let answer = gateway.replay("demo", &body).await;
        let item = only_item(&answer);
        assert_eq!(told(item), words, "{name}");
        assert_eq!(gateway.rows(BOOKED).await, rows, "{name}");
        let id = item["toolCallId"].as_str().expect("an id");
        assert!(contains(&body.body, id), "{name}: {id}");
        assert_eq!(item["name"], "book_appointment", "{name}");
        // A sender's retry is the same call in every shape.
        assert_eq!(gateway.replay("demo", &body).await, answer, "{name}, again");
        assert_eq!(gateway.rows(BOOKED).await, rows, "{name}, again");
    }
    for name in LEGACY {
        gateway.forget().await;
        let body = fixture("function-call", &format!("book_appointment_{name}"));
        let answer = gateway.replay("demo", &body).await;
        let said = answer["result"].as_str().expect("a sentence");
        assert_eq!(answer.as_object().map(serde_json::Map::len), Some(1), "{answer}");
        assert!(words.contains(&format!("  {said}\n")), "{name}: {said}");
        assert_eq!(gateway.rows(BOOKED).await, rows, "{name}");
        assert_eq!(gateway.replay("demo", &body).await, answer, "{name}, again");
        assert_eq!(gateway.rows(BOOKED).await, rows, "{name}, again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_number_a_booking_asks_for_one() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    for name in NUMBERLESS {
        let answer = gateway.replay("demo", &fixture("book_appointment", name)).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(told(only_item(&answer)), @"
              Which phone number shall I put down? Please say it digit by digit, or say none if you want no text.
              question
            ");
        }
    }
    assert_eq!(gateway.traces().await, nothing);
    let answer = gateway.replay("demo", &fixture("book_appointment", "web_call_with_phone")).await;
    assert_eq!(only_item(&answer)["metadata"]["outcome"], "booked");
}

/// A clinic is found by its id as well as by its slug.
#[tokio::test(flavor = "multi_thread")]
async fn the_door_has_two_names() {
    let gateway = Setup::default().unhurried().start().await;
    let body = serde_json::from_slice(&fixture("check_availability", "soonest").body).unwrap();
    let by_slug = gateway.post("voxanne", &body).await;
    let secret = crate::harness::clinics::VOXANNE_SECRET;
    let id = "46cf2995-2bee-44e3-838b-24151486fe4e";
    let by_id = crate::harness::gateway::post(&gateway.url, id, secret, &body).await;
    assert_eq!(by_slug, by_id);
    assert_eq!(by_slug.0, 200);
}

fn contains(body: &[u8], text: &str) -> bool {
    !text.is_empty() && body.windows(text.len()).any(|part| part == text.as_bytes())
}
