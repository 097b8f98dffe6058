//! A clinic that tries everything it could know of another: its secret, its URL, its times, its names,
//! its patients, its calls.

use serde_json::{Value, json};

use super::{noon, rows_of};
use crate::harness::clinics::{TWILIO_NUMBER, VOXANNE_SECRET};
use crate::harness::gateway::{Gateway, Setup, client, post};
use crate::harness::vapi::{ToolCall, book_appointment, check_availability};

const AVIARY: &str = "aviary";
const PHONE: &str = "+16465550188";
/// Whatever could tell of the aviary, its people and its patients; a voice says numbers in words.
const MARKERS: [&str; 10] = [
    "peregrine",
    "falcon",
    "quetzal",
    "osprey",
    "kestrel",
    "merlin",
    "harrier",
    "aviary",
    "5550188",
    "one eight eight",
];

fn aviary() -> String {
    format!(
        r#"
[organization]
slug = "{AVIARY}"
name = "Peregrine Falcon Clinic"
timezone = "UTC"
region = "US"
locale = "en-US"

[hours]
mon-sun = ["00:00-24:00"]

[[provider]]
name = "Dr. Quetzal Osprey"

[[service]]
name = "Merlin Check"
minutes = 60
default = true

[[service]]
name = "Kestrel Cure"
minutes = 30

[vapi]
secret = "env:DEMO_VAPI_SECRET"
hmac_key = "env:DEMO_VAPI_SECRET"

[twilio]
account_sid = "env:DEMO_TWILIO_ACCOUNT_SID"
auth_token = "env:DEMO_TWILIO_AUTH_TOKEN"
phone_number = "{TWILIO_NUMBER}"
"#
    )
}

/// The aviary's one patient, in its one call.
fn harriers() -> ToolCall {
    let mut arguments = noon();
    arguments["patient_name"] = json!("Hazel Harrier");
    book_appointment(arguments).from(PHONE).in_call("call-of-both").with_id("call_1")
}

/// The aviary with a booked patient; the intruder is `voxanne`, which has a secret of its own.
async fn start() -> Gateway {
    let gateway = Setup::default().clinic(aviary()).start().await;
    let reply = gateway.call(AVIARY, &harriers()).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sent", None)), "{reply:?}");
    gateway
}

fn assert_tells_nothing(what: &str, answer: &Value) {
    let text = answer.to_string().to_lowercase();
    for marker in MARKERS {
        assert!(!text.contains(marker), "{what}: {marker} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_secret_opens_no_door() {
    let gateway = start().await;
    let before = rows_of(&gateway, AVIARY).await;
    let id = gateway.value("SELECT id FROM organizations WHERE slug = 'aviary'").await;
    let calls = [book_appointment(noon()), check_availability(json!({})), harriers()];
    for door in [AVIARY, id.as_str().expect("an id")] {
        for call in &calls {
            let (status, answer) = post(&gateway.url, door, VOXANNE_SECRET, &call.body()).await;
            assert_eq!(status, 401, "{answer}");
            assert_tells_nothing(door, &answer);
        }
    }
    assert_eq!(rows_of(&gateway, AVIARY).await, before);
    assert_eq!(gateway.count("appointments").await, 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_times_and_names_are_unknown() {
    let gateway = start().await;
    let offered = gateway.call(AVIARY, &check_availability(json!({ "date": "2026-12-01" }))).await;
    let (slot_id, ..) = offered.slots().pop().expect("a slot");
    let before = rows_of(&gateway, AVIARY).await;
    let own = rows_of(&gateway, "voxanne").await;
    for (argument, value) in [
        ("slot_id", slot_id.as_str()),
        ("provider", "Dr. Quetzal Osprey"),
        ("provider", "Osprey"),
        ("service", "Merlin Check"),
        ("service", "Kestrel Cure"),
    ] {
        let mut arguments = noon();
        arguments[argument] = json!(value);
        let booking = book_appointment(arguments.clone());
        // To look for times, a slot's name is no argument.
        let looking = (argument != "slot_id").then(|| check_availability(arguments));
        for call in [Some(booking), looking].into_iter().flatten() {
            let reply = gateway.call("voxanne", &call).await;
            assert_eq!(reply.outcome(), "question", "{argument}: {reply:?}");
            assert_tells_nothing(argument, &reply.0);
        }
    }
    assert_eq!(rows_of(&gateway, AVIARY).await, before);
    assert_eq!(rows_of(&gateway, "voxanne").await, own, "a question changes nothing");
    gateway.stop().await;
}

/// The same call id, tool-call id, arguments, name and number: at another clinic it is another booking.
#[tokio::test(flavor = "multi_thread")]
async fn anothers_call_and_patient_are_unknown() {
    let gateway = start().await;
    let before = rows_of(&gateway, AVIARY).await;
    let theirs = gateway.value("SELECT id FROM appointments").await;
    let reply = gateway.call("voxanne", &harriers()).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_ne!(reply.appointment_id(), theirs);
    assert_eq!(reply.sms(), ("failed_but_booked", Some("not_configured")), "not by their account");
    assert!(reply.spoken().contains("Doctor Elena Marsh"), "{reply:?}");
    let again = gateway.call("voxanne", &harriers().with_id("call_2")).await;
    assert_eq!(
        (again.outcome(), again.appointment_id()),
        ("already_booked", reply.appointment_id())
    );
    // What is theirs is theirs to be told, still.
    assert_eq!(gateway.call(AVIARY, &harriers()).await.appointment_id(), theirs);
    assert_eq!(rows_of(&gateway, AVIARY).await, before);
    assert_eq!(gateway.count("patients").await, 2);
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.step().await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.stop().await;
}

/// What anybody may read says nothing of anybody.
#[tokio::test(flavor = "multi_thread")]
async fn the_operators_pages_name_nobody() {
    let gateway = start().await;
    for page in ["health", "ready", "metrics"] {
        let url = format!("{}/{page}", gateway.url);
        let answer = client().get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert_tells_nothing(page, &json!(answer.text().await.expect("a body")));
    }
    gateway.stop().await;
}
