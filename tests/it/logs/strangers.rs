//! Requests of people who are not let in, or who do not speak HTTP: what they send is not written down.

use ring::hmac;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vapi_gateway::clock::wall_now;

use crate::harness::clinics::{MAPLE_SECRET, VOXANNE_SECRET};
use crate::harness::gateway::client;
use crate::harness::locks::{Held, until_waiting};
use crate::harness::patience::until;
use crate::logs::Traffic;
use crate::logs::people::PEOPLE;

pub(super) async fn knock(traffic: &mut Traffic) {
    let person = &PEOPLE[0];
    let body = traffic.wish(person).body().to_string();
    let plain = |secret: &str| vec![("x-vapi-secret", secret.to_owned())];
    let bearer = |secret: &str| vec![("authorization", format!("Bearer {secret}"))];
    for headers in [
        vec![],
        plain(""),
        plain(person.phone),
        plain(&MAPLE_SECRET.to_uppercase()),
        plain(VOXANNE_SECRET),
        bearer(person.email),
        bearer(&format!("{MAPLE_SECRET}x")),
        vec![("authorization", format!("Basic {MAPLE_SECRET}"))],
        signed("another key", &body),
    ] {
        assert_eq!(send(traffic, "night", &body, &headers).await, 401, "{headers:?}");
    }
    assert_eq!(send(traffic, "night", "not JSON", &signed(MAPLE_SECRET, "not JSON")).await, 400);
    assert_eq!(send(traffic, "night", "not JSON", &bearer(MAPLE_SECRET)).await, 400);
    for org in ["%2B13025550137", "quuxina", "quuxina%0aplaceholder", &"9".repeat(100)] {
        assert_eq!(send(traffic, org, &body, &plain(MAPLE_SECRET)).await, 401, "{org}");
    }
    hang_up(traffic).await;
    ask_for_what_is_not_there(traffic).await;
    speak_something_else(traffic).await;
}

async fn send(traffic: &mut Traffic, org: &str, body: &str, headers: &[(&str, String)]) -> u16 {
    traffic.at_vapis_door += 1;
    let request = client().post(format!("{}/vapi/{org}", traffic.url)).body(body.to_owned());
    let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, value));
    request.send().await.expect("an answer").status().as_u16()
}

fn signed(key: &str, body: &str) -> Vec<(&'static str, String)> {
    let timestamp = wall_now().unix_timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![("x-signature", hex), ("x-timestamp", timestamp)]
}

/// Goes away while the appointment is being booked: it is booked, and the line tells who went.
async fn hang_up(traffic: &mut Traffic) {
    let url = traffic.gateway.database.url.clone();
    let body = traffic.wish(&PEOPLE[1]).body().to_string();
    let count = "appointments WHERE status = 'booked'";
    let before = traffic.gateway.count(count).await;
    let held = Held::writes_to(&url, "provider_days").await;
    let mut peer = connect(traffic).await;
    let head = format!(
        "POST /vapi/night HTTP/1.1\r\nHost: quuxina\r\nx-vapi-secret: {MAPLE_SECRET}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    peer.write_all(format!("{head}{body}").as_bytes()).await.expect("a request");
    until_waiting(&url, 1).await;
    peer.set_zero_linger().expect("a socket of ours");
    drop(peer);
    let process = traffic.process.as_ref().expect("a running process");
    until("it is told", async || process.has_logged("A client went away")).await;
    held.release().await;
    until("it is booked", async || traffic.gateway.count(count).await == before + 1).await;
}

async fn connect(traffic: &Traffic) -> TcpStream {
    TcpStream::connect(traffic.url.trim_start_matches("http://")).await.expect("a connection")
}

async fn ask_for_what_is_not_there(traffic: &mut Traffic) {
    let url = traffic.url.clone();
    for path in [
        "/quuxina",
        "/health?phone=+13025550137",
        "/ready/placeholder",
        "/metrics",
        "/health",
        "/ready",
        "/vapi",
    ] {
        client()
            .get(format!("{url}{path}"))
            .header("x-name", "Quuxina")
            .send()
            .await
            .expect("an answer");
    }
    for method in ["QUUXINA", "+13025550137", "DELETE", "OPTIONS"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let asked = client().request(method, format!("{url}/placeholder"));
        asked.send().await.expect("an answer");
    }
    let form = client().post(format!("{url}/health")).json(&json!({ "name": "Quuxina" }));
    form.send().await.expect("an answer");
}

/// Bytes that are no request, requests that never end, and clients that go away.
async fn speak_something_else(traffic: &mut Traffic) {
    let head = "POST /vapi/night HTTP/1.1\r\nHost: quuxina\r\n";
    for said in [
        "Quuxina Placeholder +13025550137\r\n\r\n".to_owned(),
        "GET /quuxina HTTP/9.9\r\n\r\n".to_owned(),
        format!("{head}Quuxina Placeholder: a header with a blank\r\n\r\n"),
        format!("{head}Content-Length: quuxina\r\n\r\n"),
        format!("{head}Transfer-Encoding: quuxina\r\n\r\n"),
        format!("{head}X: {}\r\n\r\n", "quuxina".repeat(40_000)),
    ] {
        let mut peer = connect(traffic).await;
        // It may hang up while we are still speaking, and whatever it answers is its own business.
        peer.write_all(said.as_bytes()).await.unwrap_or_default();
        peer.shutdown().await.unwrap_or_default();
        peer.read_to_end(&mut Vec::new()).await.unwrap_or_default();
    }
    let broken_off = format!(
        "{head}x-vapi-secret: {MAPLE_SECRET}\r\nContent-Length: 500\r\n\r\n{{\"message\": \"Quuxina"
    );
    // This one gets as far as being let in.
    traffic.at_vapis_door += 1;
    let mut peer = connect(traffic).await;
    peer.write_all(broken_off.as_bytes()).await.expect("half a body");
    peer.shutdown().await.expect("no more");
    peer.read_to_end(&mut Vec::new()).await.unwrap_or_default();
    drop(peer);
}
