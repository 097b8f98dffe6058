//! What strangers and confused models cannot do: make us hold what they send, crowd out those we know,
//! pass for the caller, or have things done after the answer.

use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use ring::hmac;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::clinics::{MAPLE_SECRET, always_open, one_slot};
use crate::harness::gateway::{Gateway, Setup, client, post, secret_of};
use crate::harness::holding::Holding;
use crate::harness::patience::{PATIENCE, PRODUCTION, eventually, until};
use crate::harness::rows::rows;
use crate::harness::vapi::{CALLER, ToolCall, book_appointment};
use crate::harness::wire::Wire;

const OTHER: &str = "+12125550143";
/// More than is read at once of a sender who has proved nothing yet.
const LARGE: usize = 200_000;

fn in_production() -> Setup {
    PRODUCTION.into_iter().fold(Setup::default(), |setup, (name, value)| setup.set(name, value))
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()
}

/// A message that nobody acts on.
fn hang() -> Value {
    json!({ "message": { "type": "hang" } })
}

/// Sends a head that announces a large body and the first bytes of that; the rest never comes.
async fn begin(gateway: &Gateway, org: &str, headers: &str, sent: usize) -> TcpStream {
    let address = gateway.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        format!("POST /vapi/{org} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; sent]).await.unwrap();
    stream
}

async fn status(mut stream: TcpStream) -> String {
    let mut line = [0; 12];
    let reading = stream.read_exact(&mut line);
    timeout(PATIENCE, reading).await.expect("an answer in time").expect("an answer");
    String::from_utf8_lossy(&line[9..]).into_owned()
}

/// The status of a signed message of this length, unless there is none within `patience`.
async fn signed(gateway: &Gateway, length: usize, patience: Duration) -> Option<u16> {
    let body = format!("{}{}", hang(), " ".repeat(length));
    let timestamp = now().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, MAPLE_SECRET.as_bytes());
    let tag = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
    let signature: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let request = client()
        .post(format!("{}/vapi/demo", gateway.url))
        .header("x-timestamp", timestamp)
        .header("x-signature", signature)
        .body(body);
    Some(timeout(patience, request.send()).await.ok()?.expect("an answer").status().as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_is_read_for_a_signature_that_cannot_count() {
    let setup = Setup::default().clinic(one_slot("keyless"));
    let gateway = setup.set("GATEWAY__SERVER__BODY_READ_MS", 300).start().await;
    let (fresh, old, hex) = (now(), now() - 1000, "0a".repeat(32));
    let table = [
        ("demo", format!("x-signature: {hex}\r\n"), "401"),
        ("demo", format!("x-signature: nonsense\r\nx-timestamp: {fresh}\r\n"), "401"),
        ("demo", format!("x-signature: {hex}\r\nx-timestamp: {old}\r\n"), "401"),
        ("demo", format!("x-signature: {hex}\r\nx-timestamp: soon\r\n"), "401"),
        ("keyless", format!("x-signature: {hex}\r\nx-timestamp: {fresh}\r\n"), "401"),
        // This one can only be told by the body.
        ("demo", format!("x-signature: {hex}\r\nx-timestamp: {fresh}\r\n"), "408"),
    ];
    for (org, headers, expected) in table {
        let stream = begin(&gateway, org, &headers, 10).await;
        assert_eq!(status(stream).await, expected, "{org}: {headers}");
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_large_bodies_of_strangers_are_held_at_once() {
    let gateway = Setup::default().set("GATEWAY__SERVER__BODY_READ_MS", 60_000).start().await;
    assert_eq!(signed(&gateway, LARGE, PATIENCE).await, Some(200));
    let headers = format!("x-signature: {}\r\nx-timestamp: {}\r\n", "0a".repeat(32), now());
    let strangers = join_all((0..16).map(|_| begin(&gateway, "demo", &headers, LARGE))).await;
    until("a large body waits for its turn", async || {
        signed(&gateway, LARGE, Duration::from_secs(1)).await.is_none()
    })
    .await;
    // Whoever shows the secret, or sends as little as Vapi does, is not held up.
    assert_eq!(signed(&gateway, 0, PATIENCE).await, Some(200));
    let (status, _) = gateway.post("demo", &json!([hang(), " ".repeat(LARGE)])).await;
    assert_eq!(status, 400, "read, and not a message");
    drop(strangers);
    assert_eq!(signed(&gateway, LARGE, PATIENCE).await, Some(200));
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_known_however_it_is_spelled() {
    let base = Gateway::start().await;
    let wire = Wire::to(&base.database.url).await;
    let gateway = in_production().set("DATABASE_URL", &wire.url).join(&base);
    let id = base.value("SELECT id FROM organizations WHERE slug = 'demo'").await;
    let id = id.as_str().unwrap();
    let status = async |name: &str| post(&gateway.url, name, MAPLE_SECRET, &hang()).await.0;
    until("the clinic is known", async || status(id).await == 200).await;
    wire.cut().await;
    for spelling in [id.to_uppercase(), id.replace('-', ""), id.replace('-', "").to_uppercase()] {
        assert_eq!(status(&spelling).await, 200, "{spelling}");
    }
    assert_eq!(status("demo").await, 503, "the slug was not asked for before");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_names_take_two_connections_at_most() {
    let gateway = in_production().start().await;
    let url = &gateway.database.url;
    let held = Holding::begin(url, "LOCK TABLE organizations IN ACCESS EXCLUSIVE MODE").await;
    let names: Vec<String> = (0..12).map(|n| format!("made-up-{n}")).collect();
    let mut asking =
        Box::pin(join_all(names.iter().map(|name| post(&gateway.url, name, "x", &Value::Null))));
    let waiting = "SELECT pid FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut most = 0;
    let answers = loop {
        tokio::select! {
            answers = &mut asking => break answers,
            found = rows(url, waiting) => most = most.max(found.len()),
        }
    };
    drop(asking);
    assert!((1..=2).contains(&most), "{most}");
    assert!(answers.iter().all(|(status, _)| *status == 503), "{answers:?}");
    held.release().await;
    let known = async || {
        let answer = post(&gateway.url, "demo", secret_of("demo"), &hang()).await;
        (answer.0 == 200).then_some(())
    };
    eventually("a clinic is answered", known).await;
    gateway.stop().await;
}

fn wish(name: &str, date: &str, time: &str) -> ToolCall {
    book_appointment(json!({ "patient_name": name, "date": date, "time": time }))
}

/// What a model writes is no proof of who calls; the number to text may still come from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_does_not_say_who_calls() {
    let gateway = Gateway::unhurried().await;
    let booked = gateway.call("demo", &wish("Ada Sample", "2026-11-24", "2:30 PM")).await;
    assert_eq!(booked.outcome(), "booked");
    let mut overlapping = wish("Ada Sample", "2026-11-24", "2:45 PM");
    overlapping.arguments["provider"] = json!("Weber");
    overlapping.arguments["caller_number"] = json!(CALLER);
    let by_web = gateway.call("demo", &overlapping.clone().over_the_web()).await;
    assert_eq!(by_web.outcome(), "question", "{by_web:?}");
    assert!(!by_web.spoken().contains("two thirty"), "{by_web:?}");
    let by_phone = gateway.call("demo", &overlapping.from(CALLER)).await;
    assert_eq!(by_phone.outcome(), "already_booked", "{by_phone:?}");
    let mut another = wish("Ben Sample", "2026-11-24", "9 AM").over_the_web();
    another.arguments["caller_number"] = json!(OTHER);
    let reply = gateway.call("demo", &another).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sent", None)));
    assert_eq!(gateway.stand_in.messages_to(OTHER).len(), 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_message_at_the_deadline_is_not_begun() {
    let night_owl = always_open("night-owl", "Night Owl Clinic", "UTC", "US");
    let gateway = in_production().clinic(night_owl).start().await;
    let held = Holding::of_day(&gateway.database.url, "night-owl", "2026-11-30").await;
    // Each of these waits for the held day, together for longer than the deadline allows.
    let mut body = wish("Robin Sample", "2026-11-30", "12:00 PM").body();
    let list = body["message"]["toolCallList"].as_array_mut().unwrap();
    for time in ["1:00 PM", "2:00 PM", "3:00 PM", "4:00 PM"] {
        let call = wish("Robin Sample", "2026-11-30", time);
        list.push(call.body()["message"]["toolCallList"][0].clone());
    }
    let last = wish("Robin Sample", "2026-12-01", "12:00 PM");
    list.push(last.body()["message"]["toolCallList"][0].clone());
    let (status, answer) = gateway.post("night-owl", &body).await;
    assert_eq!(status, 200);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 6);
    for result in results {
        assert_eq!(result["metadata"]["outcome"], "pending", "{result}");
    }
    assert!(gateway.app.drain(PATIENCE).await, "what was begun ends");
    assert_eq!(gateway.count("appointments").await, 0);
    assert_eq!(gateway.call("night-owl", &last).await.outcome(), "booked", "when asked again");
    held.release().await;
    gateway.stop().await;
}
