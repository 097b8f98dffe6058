//! Twilio's own API description as the judge of both sides: every example of a created message that it
//! shows is accepted with all its fields, and the stand-in shows the fields that it names, no more and
//! no fewer. Where the description is not at hand, these tests say so and pass.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vapi_gateway::twilio::SendOutcome;

use crate::twilio_client::{ACCOUNT, CLINIC, PATIENT, TEXT, TOKEN, client, from_number, stand_in};
use crate::twilio_faults::answering;

const DESCRIPTION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/reference/twilio-openapi.json");

#[expect(clippy::print_stderr, reason = "a test that could not look says so")]
fn description() -> Option<Value> {
    let Ok(text) = std::fs::read(DESCRIPTION) else {
        eprintln!("skipped: there is no {DESCRIPTION}");
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

fn messages_path(description: &Value) -> &Value {
    &description["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_created_message_is_accepted_with_its_fields() {
    let Some(description) = description() else { return };
    let content =
        &messages_path(&description)["post"]["responses"]["201"]["content"]["application/json"];
    let examples = content["examples"].as_object().unwrap();
    assert!(examples.len() >= 7, "the examples are not where they were");
    for (name, example) in examples {
        let message = &example["value"];
        let text = |field: &str| message[field].as_str();

        let url = answering(201, &message.to_string()).await;
        let SendOutcome::Accepted { sid, status } =
            client(&url).send(&from_number(), PATIENT, TEXT, None).await
        else {
            panic!("{name} is not accepted")
        };
        assert_eq!(Some(sid.as_str()), text("sid"), "{name}");
        assert_eq!(status.as_ref().map(|s| s.as_str()), text("status"), "{name}");

        let url = answering(200, &json!({ "messages": [message] }).to_string()).await;
        let listed = client(&url).list(&from_number(), PATIENT).await.unwrap();
        assert_eq!(Some(listed[0].sid.as_str()), text("sid"), "{name}");
        assert_eq!(listed[0].body.as_deref(), text("body"), "{name}");
        assert_eq!(listed[0].to.as_deref(), text("to"), "{name}");
        assert_eq!(listed[0].from.as_deref(), text("from"), "{name}");
        assert_eq!(listed[0].status.as_ref().map(|s| s.as_str()), text("status"), "{name}");
        let created_at = OffsetDateTime::parse(text("date_created").unwrap(), &Rfc2822).unwrap();
        assert_eq!(listed[0].created_at, Some(created_at), "{name}");
        assert_eq!(listed[0].error_code, None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_list_is_read() {
    let Some(description) = description() else { return };
    let content =
        &messages_path(&description)["get"]["responses"]["200"]["content"]["application/json"];
    for (name, example) in content["examples"].as_object().unwrap() {
        let page = &example["value"];
        let listed =
            client(&answering(200, &page.to_string()).await).list(&from_number(), PATIENT).await;
        let entries = page["messages"].as_array().unwrap();
        let listed = listed.unwrap();
        assert_eq!(listed.len(), entries.len(), "{name}");
        for (message, entry) in listed.iter().zip(entries) {
            let code = entry["error_code"].as_u64();
            assert_eq!(message.error_code.map(u64::from), code, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stand_in_shows_the_fields_of_the_description() {
    let Some(description) = description() else { return };
    let schema = &description["components"]["schemas"]["api.v2010.account.message"]["properties"];
    let list =
        &messages_path(&description)["get"]["responses"]["200"]["content"]["application/json"];

    let twilio = stand_in();
    let form = format!("To={PATIENT}&From={CLINIC}&Body=x").replace('+', "%2B");
    let created = ask(twilio.base_url(), "POST", &form).await;
    assert_eq!(keys(&created), keys(schema));
    let page = ask(twilio.base_url(), "GET", "").await;
    assert_eq!(keys(&page), keys(&list["schema"]["properties"]));

    for (field, shown) in created.as_object().unwrap() {
        let as_described = match schema[field]["type"].as_str() {
            Some("integer") => shown.is_i64() || shown.is_null(),
            Some("object") => shown.is_object(),
            _ => shown.is_string() || shown.is_null(),
        };
        assert!(as_described, "{field}: {shown}");
    }
}

/// One exchange on the wire itself, so that no client of ours is between the judge and the judged.
async fn ask(base_url: &str, method: &str, form: &str) -> Value {
    let login = BASE64_STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
    let request = format!(
        "{method} /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Basic {login}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len(),
    );
    let mut peer = TcpStream::connect(base_url.trim_start_matches("http://")).await.unwrap();
    peer.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    peer.read_to_string(&mut answer).await.unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}
