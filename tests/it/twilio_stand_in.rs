//! The stand-in, asked as any HTTP client asks Twilio: its refusals, its numbers that ask for an error,
//! its list, and its scripts. What the client makes of it is in `twilio_client.rs` and `twilio_faults.rs`.

use std::error::Error;
use std::io;
use std::time::Duration;

use serde_json::Value;
use vapi_gateway::twilio::stand_in::{Fault, StandIn};

use crate::twilio_client::{ACCOUNT, CLINIC, LOOPBACK, PATIENT, SERVICE, TOKEN, stand_in};

fn http() -> reqwest::Client {
    let roots = rustls::RootCertStore::empty();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}

pub(crate) fn messages_url(twilio: &StandIn) -> String {
    format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", twilio.base_url())
}

pub(crate) async fn post(twilio: &StandIn, form: &[(&str, &str)]) -> (u16, Value) {
    let request = http().post(messages_url(twilio)).basic_auth(ACCOUNT, Some(TOKEN)).form(form);
    read(request).await
}

pub(crate) async fn get(url: &str) -> (u16, Value) {
    read(http().get(url).basic_auth(ACCOUNT, Some(TOKEN))).await
}

async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_accounts_holder_is_let_in() {
    let twilio = stand_in();
    let url = messages_url(&twilio);
    let form = [("To", PATIENT), ("From", CLINIC), ("Body", "x")];
    let ask = || http().post(&url).form(&form);
    let other = url.replace(ACCOUNT, "AC00000000000000000000000000000000");
    for refused in [
        ask(),
        ask().basic_auth(ACCOUNT, Some("wrong")),
        ask().basic_auth("wrong", Some(TOKEN)),
        ask().basic_auth(ACCOUNT, None::<&str>),
        ask().bearer_auth(TOKEN),
        http().post(&other).form(&form).basic_auth(ACCOUNT, Some(TOKEN)),
    ] {
        let (status, body) = read(refused).await;
        assert_eq!((status, &body["code"], &body["status"]), (401, &20003.into(), &401.into()));
    }
    assert_eq!(twilio.messages(), []);
    assert_eq!(read(ask().basic_auth(ACCOUNT, Some(TOKEN))).await.0, 201);

    let open = StandIn::start(LOOPBACK, vec![]).unwrap();
    let anyone = http().post(messages_url(&open)).form(&form);
    assert_eq!(read(anyone.try_clone().unwrap()).await.0, 401);
    assert_eq!(read(anyone.basic_auth("anyone", Some("anything"))).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_malformed_is_named_by_twilios_code() {
    let twilio = stand_in();
    let long = "x".repeat(1601);
    for (form, code) in [
        (vec![("From", CLINIC), ("Body", "x")], 21604),
        (vec![("To", PATIENT), ("Body", "x")], 21603),
        (vec![("To", PATIENT), ("From", CLINIC)], 21602),
        (vec![("To", PATIENT), ("From", CLINIC), ("Body", &long)], 21617),
        (vec![("To", "2125550142"), ("From", CLINIC), ("Body", "x")], 21211),
    ] {
        let (status, body) = post(&twilio, &form).await;
        assert_eq!((status, &body["code"]), (400, &code.into()));
        assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
    }
    let json = http().post(messages_url(&twilio)).basic_auth(ACCOUNT, Some(TOKEN));
    assert_eq!(read(json.json(&serde_json::json!({ "To": PATIENT }))).await.0, 415);
    assert_eq!(get(&format!("{}/elsewhere", twilio.base_url())).await.0, 404);
    assert_eq!(twilio.messages(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_magic_number_gets_the_error_it_asks_for() {
    let twilio = stand_in();
    for (last, code) in [(1, 21211), (2, 21612), (3, 21408), (4, 21610), (9, 21614)] {
        let to = format!("+1500555000{last}");
        let (status, body) = post(&twilio, &[("To", &to), ("From", CLINIC), ("Body", "x")]).await;
        assert_eq!((status, &body["code"]), (400, &code.into()), "{to}");
    }
    for (last, code) in [(1, 21212), (7, 21606), (8, 21611)] {
        let from = format!("+1500555000{last}");
        let (status, body) =
            post(&twilio, &[("To", PATIENT), ("From", &from), ("Body", "x")]).await;
        assert_eq!((status, &body["code"]), (400, &code.into()), "{from}");
    }
    let fine = [("To", PATIENT), ("From", "+15005550006"), ("Body", "x")];
    assert_eq!(post(&twilio, &fine).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_message_can_be_read_again_and_listed_by_page() {
    let twilio = stand_in();
    let (_, created) = post(&twilio, &[("To", PATIENT), ("From", CLINIC), ("Body", "1")]).await;
    let url = format!("{}{}", twilio.base_url(), created["uri"].as_str().unwrap());
    assert_eq!(get(&url).await, (200, created));
    assert_eq!(get(&url.replace("SM", "SMx")).await.1["code"], 20404);

    for body in ["2", "3"] {
        post(&twilio, &[("To", PATIENT), ("MessagingServiceSid", SERVICE), ("Body", body)]).await;
    }
    let (_, page) = get(&format!("{}?To=%2B12125550142&PageSize=2", messages_url(&twilio))).await;
    assert_eq!(
        (&page["messages"][0]["body"], &page["messages"][1]["body"]),
        (&"3".into(), &"2".into())
    );
    assert_eq!(page["messages"][0]["from"], Value::Null);
    let next = format!("{}{}", twilio.base_url(), page["next_page_uri"].as_str().unwrap());
    let (_, page) = get(&next).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    assert_eq!((&page["messages"][0]["body"], &page["next_page_uri"]), (&"1".into(), &Value::Null));
    // A bare plus sign is a space, here as at Twilio.
    let (_, page) = get(&format!("{}?To=+12125550142", messages_url(&twilio))).await;
    assert_eq!(page["messages"], Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_are_met_in_order_and_by_number() {
    let twilio = stand_in();
    let other = "+12125550143";
    twilio.always_for(PATIENT, Fault::Status(500));
    twilio.script(Fault::Status(501));
    twilio.fault_for(PATIENT, Fault::Status(502));
    twilio.fault_for(PATIENT, Fault::CreatedThen(503));
    let mut statuses = vec![];
    for to in [PATIENT, PATIENT, PATIENT, PATIENT, other] {
        statuses.push(post(&twilio, &[("To", to), ("From", CLINIC), ("Body", "x")]).await.0);
    }
    assert_eq!(statuses, [502, 503, 501, 500, 201]);
    assert_eq!(twilio.messages_to(PATIENT).len(), 1);
    twilio.clear_faults();
    assert_eq!(post(&twilio, &[("To", PATIENT), ("From", CLINIC), ("Body", "x")]).await.0, 201);

    twilio.delay_all(Duration::from_millis(80));
    let started_at = std::time::Instant::now();
    post(&twilio, &[("To", PATIENT), ("From", CLINIC), ("Body", "x")]).await;
    assert!(started_at.elapsed() >= Duration::from_millis(80));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scripted_reset_is_one_on_the_wire() {
    let twilio = stand_in();
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        twilio.script(fault);
        let form = [("To", PATIENT), ("From", CLINIC), ("Body", "x")];
        let asked = http().post(messages_url(&twilio)).basic_auth(ACCOUNT, Some(TOKEN)).form(&form);
        let error = asked.send().await.unwrap_err();
        let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
        let io = causes.find_map(|e| e.downcast_ref::<io::Error>()).unwrap();
        assert_eq!(io.kind(), io::ErrorKind::ConnectionReset, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_listens_on_loopback_only_and_not_after_it_was_stopped() {
    assert!(StandIn::start("0.0.0.0:0".parse().unwrap(), vec![]).is_err());
    for by_drop in [true, false] {
        let twilio = StandIn::start(LOOPBACK, vec![]).unwrap();
        let address = twilio.base_url().replace("http://", "");
        assert!(tokio::net::TcpStream::connect(&address).await.is_ok());
        if by_drop {
            drop(twilio)
        } else {
            twilio.stop().await
        }
        let mut tries = 0;
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tries += 1;
            assert!(tries < 100, "still listening");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
