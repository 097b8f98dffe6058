//! What comes before the body, and what the body may be.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{CLINIC, answer, assert_is_let_in, body, door, night_owl};
use crate::harness::clinics::MAPLE_SECRET;
use crate::harness::gateway::Gateway;
use crate::harness::patience::PATIENCE;

const LIMIT: usize = 8 * 1024 * 1024;

/// Sends bytes, and no more, and reads until the head of an answer is there; keeps the connection open
/// meanwhile.
async fn raw(gateway: &Gateway, head: &str, body: &[u8]) -> String {
    let address = gateway.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!("POST /vapi/{CLINIC} HTTP/1.1\r\nhost: {address}\r\n{head}\r\n");
    stream.write_all(head.as_bytes()).await.expect("a head is taken");
    // Who is refused early may find the way closed.
    stream.write_all(body).await.ok();
    let mut told = Vec::new();
    let reading = async {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer).await {
            told.extend_from_slice(&buffer[..length]);
            if told.windows(4).any(|window| window == b"\r\n\r\n") {
                break;
            }
        }
    };
    timeout(PATIENCE, reading).await.expect("an answer in time");
    String::from_utf8_lossy(&told).into_owned()
}

/// The headers of a signature that only the body can prove.
fn claim() -> String {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    format!("x-signature: {}\r\nx-timestamp: {now}\r\n", "0".repeat(64))
}

fn is(told: &str, status: u16) -> bool {
    told.starts_with(&format!("HTTP/1.1 {status} "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_before_the_body_is_read() {
    let gateway = night_owl().start().await;
    for length in ["1000", "99999999999", "0"] {
        for secret in ["", "x-vapi-secret: wrong\r\n", "authorization: Bearer wrong\r\n"] {
            let head = format!("{secret}content-length: {length}\r\n");
            let told = raw(&gateway, &head, b"").await;
            assert!(is(&told, 401), "{head}: {told}");
        }
    }
    let told = raw(&gateway, "transfer-encoding: chunked\r\n", b"").await;
    assert!(is(&told, 401), "{told}");
    // Nor is it parsed.
    for garbage in ["garbage", "", "{", "[]", r#"{"message":{}}"#] {
        let (status, told) = answer(door(&gateway, CLINIC).body(garbage)).await;
        assert_eq!((status, told.as_str()), (401, r#"{"error":"unauthorized"}"#), "{garbage}");
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_have_eight_mebibytes() {
    let gateway = night_owl().start().await;
    let known =
        |body: String| door(&gateway, CLINIC).header("x-vapi-secret", MAPLE_SECRET).body(body);
    let text = body();
    let padded = format!("{text}{}", " ".repeat(LIMIT - text.len()));
    assert_is_let_in(known(padded)).await;

    let head = format!("x-vapi-secret: {MAPLE_SECRET}\r\ncontent-length: {}\r\n", LIMIT + 1);
    let told = raw(&gateway, &head, b"").await;
    assert!(is(&told, 413), "announced: {told}");

    let head = format!("x-vapi-secret: {MAPLE_SECRET}\r\ntransfer-encoding: chunked\r\n");
    let mut chunk = format!("{:x}\r\n", LIMIT + 1).into_bytes();
    chunk.resize(chunk.len() + LIMIT + 1, b' ');
    let told = raw(&gateway, &head, &chunk).await;
    assert!(is(&told, 413), "not announced: {told}");

    // Who must be heard to be known, by a signature, is not heard for longer either.
    let head = format!("{}content-length: {}\r\n", claim(), LIMIT + 1);
    let told = raw(&gateway, &head, b"").await;
    assert!(is(&told, 413), "signed: {told}");
    // What cannot be a signature of now is not worth a body.
    let head = "x-signature: 00\r\nx-timestamp: 0\r\ncontent-length: 1000\r\n";
    let told = raw(&gateway, head, b"").await;
    assert!(is(&told, 401), "no signature: {told}");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_may_not_take_forever() {
    let gateway = night_owl().set("GATEWAY__SERVER__BODY_READ_MS", 300).start().await;
    let head = format!("x-vapi-secret: {MAPLE_SECRET}\r\ncontent-length: 1000\r\n");
    let told = raw(&gateway, &head, b"{\"message\":").await;
    assert!(is(&told, 408), "{told}");
    let head = format!("{}content-length: 1000\r\n", claim());
    let told = raw(&gateway, &head, b"{").await;
    assert!(is(&told, 408), "{told}");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_an_object_with_a_message_of_a_type() {
    let gateway = night_owl().start().await;
    let known = |body: &str| {
        door(&gateway, CLINIC).header("x-vapi-secret", MAPLE_SECRET).body(body.to_owned())
    };
    for wrong in [
        "",
        "garbage",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"message":null}"#,
        r#"{"message":[]}"#,
        r#"{"message":"tool-calls"}"#,
        r#"{"message":{}}"#,
        r#"{"message":{"type":7}}"#,
        r#"{"message":{"type":null}}"#,
        r#"{"message":{"type":"tool-calls"}} garbage"#,
    ] {
        let (status, told) = answer(known(wrong)).await;
        assert_eq!(status, 400, "{wrong}: {told}");
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert!(told["error"].as_str().is_some_and(|text| !text.is_empty()), "{wrong}: {told}");
    }
    // Whatever the type, and whatever it calls itself.
    let other = known(r#"{"message":{"type":"something-new"}}"#);
    assert_eq!(answer(other.header("content-type", "text/plain")).await, (200, "{}".to_owned()));
    assert_is_let_in(known(&body()).header("content-type", "text/plain")).await;
    gateway.stop().await;
}

/// A head that never ends holds no place for long.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_may_not_take_forever() {
    let gateway = night_owl().start().await;
    let address = gateway.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(b"POST /vapi/night-owl HTTP/1.1\r\nhost:").await.expect("a beginning");
    let mut told = Vec::new();
    let closed = timeout(Duration::from_secs(30), stream.read_to_end(&mut told)).await;
    closed.expect("the connection is closed in time").expect("nothing but an end");
    let told = String::from_utf8_lossy(&told);
    assert!(told.is_empty() || is(&told, 408), "{told}");
    assert_eq!(answer(door(&gateway, CLINIC).json(&json!({}))).await.0, 401);
    gateway.stop().await;
}
