//! A clinic's Twilio account: which parts of it are used, and that nobody can read it in the database.

use std::net::SocketAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use time::macros::datetime;
use vapi_gateway::cli::org::{self, OrgFile, Secrets};
use vapi_gateway::twilio::stand_in::{Fault, StandIn};
use vapi_gateway::twilio::{ApiKey, Credentials, Sender};

use crate::harness::clinics::{MAPLE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_NUMBER, always_open};
use crate::harness::gateway::{Gateway, VAULT_KEY};
use crate::texts::{Claim, book_into, booking, patient};

const SERVICE: &str = "MG000000000000000000000000000ab1de";
const KEY_SID: &str = "SK0000000000000000000000000000cafe";
const KEY_SECRET: &str = "the-secret-of-the-api-key-0c5d";
const TOKEN: &str = "an-auth-token-of-this-test-77f1";

/// Applies a clinic's file whose references lead where `find` says.
pub(crate) async fn apply(gateway: &Gateway, file: &str, find: &dyn Fn(&str) -> Option<String>) {
    let mut nothing = std::io::empty();
    let file = OrgFile::read(file, &mut Secrets::new(find, &mut nothing)).expect("a clinic's file");
    let app = &gateway.app;
    org::apply(&app.db, &app.vault, &file).await.expect("the clinic's file applies");
}

/// Slug `night`, with these lines instead of the number it sends from, and secrets of this test's own.
async fn apply_night(gateway: &Gateway, sender: &str) {
    let file = always_open("night", "Night Owls", "America/New_York", "US")
        .replace(&format!("phone_number = \"{TWILIO_NUMBER}\""), sender);
    let find = |name: &str| {
        let secret = match name {
            "DEMO_VAPI_SECRET" => MAPLE_SECRET,
            "DEMO_TWILIO_ACCOUNT_SID" => TWILIO_ACCOUNT_SID,
            "DEMO_TWILIO_AUTH_TOKEN" => TOKEN,
            "KEY_SID" => KEY_SID,
            "KEY_SECRET" => KEY_SECRET,
            _ => return None,
        };
        Some(secret.to_owned())
    };
    apply(gateway, &file, &find).await;
}

fn account(token: &str, api_key: Option<&str>, sender: Sender) -> StandIn {
    let api_key = api_key.map(|secret| ApiKey { sid: KEY_SID.to_owned(), secret: secret.into() });
    let account = Credentials::new(TWILIO_ACCOUNT_SID.to_owned(), token.into(), api_key, sender);
    StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), vec![account.expect("an account")])
        .expect("a stand-in")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messaging_service_sends_and_is_searched() {
    let twilio = account(TOKEN, None, Sender::MessagingService(SERVICE.to_owned()));
    let gateway = patient().set("GATEWAY__TWILIO__BASE_URL", twilio.base_url()).start().await;
    apply_night(&gateway, &format!("messaging_service_sid = \"{SERVICE}\"")).await;
    let reply = gateway.call("night", &booking("9:30 AM")).await;
    assert_eq!(reply.sms(), ("sent", None), "{reply:?}");
    let texts = twilio.messages();
    assert_eq!(texts.len(), 1);
    assert_eq!(texts[0].messaging_service_sid.as_deref(), Some(SERVICE));
    assert_eq!(texts[0].from, None, "the service picks its number");
    assert_eq!(gateway.text().await["delivery_status"], "accepted");

    twilio.script(Fault::ResetAfter);
    let reply = gateway.call("night", &booking("1 PM").from("+12125550143")).await;
    assert_eq!(reply.sms(), ("sending", None));
    assert_eq!(gateway.step_when_due().await, 1);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 2);
    assert_eq!(twilio.messages().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_shown_instead_of_the_token() {
    // Twilio does not know the clinic's token here: only the key opens.
    let number = || Sender::PhoneNumber(TWILIO_NUMBER.to_owned());
    let twilio = account("another-token", Some(KEY_SECRET), number());
    let gateway = patient().set("GATEWAY__TWILIO__BASE_URL", twilio.base_url()).start().await;
    let sender = format!(
        "phone_number = \"{TWILIO_NUMBER}\"\napi_key_sid = \"env:KEY_SID\"\napi_key_secret = \"env:KEY_SECRET\""
    );
    apply_night(&gateway, &sender).await;
    let reply = gateway.call("night", &booking("9:30 AM")).await;
    assert_eq!(reply.sms(), ("sent", None));
    assert_eq!(twilio.messages().len(), 1);
    twilio.script(Fault::ResetAfter);
    gateway.call("night", &booking("1 PM").from("+12125550143")).await;
    assert_eq!(gateway.step_when_due().await, 1, "the list is read with the key, too");
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_one_node_cannot_open_wait_for_another() {
    let gateway = patient().start().await;
    let reply = book_into(&gateway, Fault::RateLimited(None)).await;
    assert_eq!(Claim::of(&reply), Claim::StillTrying);
    let other_key = "1:8PHy8/T19vf4+fr7/P3+/wABAgMEBQYHCAkKCwwNDg8=";
    assert_ne!(other_key, VAULT_KEY);
    let stranger = patient().set("GATEWAY__VAULT__KEYS", other_key).join(&gateway);
    assert_eq!(stranger.step_when_due().await, 1);
    assert_eq!(stranger.state().await, ("sending".to_owned(), None));
    assert_eq!(gateway.stand_in.messages(), []);
    assert_eq!(gateway.step_when_due().await, 1);
    gateway.assert_settled("sent", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_tampered_with_open_nothing() {
    for tampering in [
        "auth_token = 'x'",
        "auth_token = account_sid",
        "auth_token = set_byte(auth_token, length(auth_token) - 1, 1 - get_byte(auth_token, length(auth_token) - 1) % 2)",
        "account_sid = ''",
    ] {
        let gateway = patient().start().await;
        gateway.execute(&format!("UPDATE customer_twilio_keys SET {tampering}")).await;
        let reply = gateway.call("demo", &booking("9:30 AM")).await;
        assert_eq!(reply.outcome(), "booked", "{tampering}");
        assert_eq!(reply.sms(), ("sending", None), "{tampering}");
        assert_eq!(Claim::of(&reply), Claim::StillTrying);
        assert_eq!(gateway.stand_in.messages(), []);
        let later = patient().at(datetime!(2026-11-25 12:00 UTC)).join(&gateway);
        assert_eq!(later.step_when_due().await, 1);
        assert_eq!(later.state().await.0, "skipped");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_can_be_read_in_the_database() {
    let gateway = patient().start().await;
    let sender = format!(
        "phone_number = \"{TWILIO_NUMBER}\"\napi_key_sid = \"env:KEY_SID\"\napi_key_secret = \"env:KEY_SECRET\""
    );
    apply_night(&gateway, &sender).await;
    gateway.call("demo", &booking("9:30 AM")).await;
    gateway.call("night", &booking("1 PM")).await;
    let dump = dump(&gateway).await;
    assert!(dump.contains("Night Owls") && dump.contains("+12125550142"), "the dump is whole");
    let mut secrets = vec![TOKEN, KEY_SID, KEY_SECRET];
    secrets.extend(crate::harness::clinics::SECRETS);
    for secret in secrets {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        // From the third byte on, whatever it is written behind.
        let base64 = |skip: usize| BASE64_STANDARD.encode(&secret.as_bytes()[skip..][..15]);
        for form in [secret.to_owned(), hex, base64(0), base64(1), base64(2)] {
            assert!(!dump.contains(&form), "a secret stands in the database as {form}");
        }
    }
    // And no text: bodies are composed when they are sent.
    assert!(!dump.contains("Appointment Confirmation") && !dump.contains("opt out"));
}

/// Every row of every table, as text; bytes in hexadecimal.
async fn dump(gateway: &Gateway) -> String {
    let tables = gateway
        .rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        .await;
    assert!(tables.len() >= 15, "{tables:?}");
    let mut dump = String::new();
    for table in tables {
        let name = table["relname"].as_str().expect("a name");
        let rows = gateway.rows(&format!("SELECT t::text AS line FROM {name} AS t")).await;
        let texts = rows.iter().filter_map(|row| row["line"].as_str());
        texts.for_each(|row| dump.push_str(&format!("{name}: {row}\n")));
    }
    let in_metadata = gateway.rows("SELECT metadata FROM tool_calls").await;
    dump.push_str(&Value::Array(in_metadata).to_string());
    dump
}
