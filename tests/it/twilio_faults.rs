//! Everything that can go wrong between us and Twilio, and the one class that each of it has:
//! refused for good, safe to send again, or not known. Not known is never called anything else.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use vapi_gateway::twilio::stand_in::{Fault, StandIn};
use vapi_gateway::twilio::{ListError, RetryKind, SendOutcome, TwilioClient, UnknownKind};

use crate::twilio_client::{LOOPBACK, PATIENT, TEXT, client, from_number, stand_in};

async fn send(twilio_client: &TwilioClient) -> SendOutcome {
    twilio_client.send(&from_number(), PATIENT, TEXT, None).await
}

async fn send_into(fault: Fault) -> (SendOutcome, StandIn) {
    let twilio = stand_in();
    twilio.script(fault);
    (send(&client(twilio.base_url())).await, twilio)
}

fn unknown(kind: UnknownKind) -> SendOutcome {
    SendOutcome::Unknown { kind }
}

fn not_connected() -> SendOutcome {
    SendOutcome::RetryLater { kind: RetryKind::NotConnected, retry_after: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_keeps_its_status_and_twilios_code() {
    let reject = |code, http_status| Fault::Reject { code, http_status };
    for (fault, http_status, code) in [
        (reject(21610, 400), 400, Some(21610)),
        (reject(20003, 403), 403, Some(20003)),
        (Fault::Status(404), 404, None),
        (Fault::Html(400), 400, None),
    ] {
        let (outcome, twilio) = send_into(fault).await;
        assert_eq!(outcome, SendOutcome::Rejected { http_status, code }, "{fault:?}");
        assert_eq!(twilio.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_is_safe_to_send_again_and_says_when() {
    for wait in [None, Some(Duration::from_secs(7))] {
        let (outcome, twilio) = send_into(Fault::RateLimited(wait)).await;
        let kind = RetryKind::RateLimited;
        assert_eq!(outcome, SendOutcome::RetryLater { kind, retry_after: wait });
        assert_eq!(twilio.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_is_unknown_whether_it_created_the_text_or_not() {
    for (fault, status, created) in [
        (Fault::Status(500), 500, 0),
        (Fault::CreatedThen(503), 503, 1),
        (Fault::Html(502), 502, 0),
        (Fault::Status(302), 302, 0),
    ] {
        let (outcome, twilio) = send_into(fault).await;
        assert_eq!(outcome, unknown(UnknownKind::Status(status)), "{fault:?}");
        assert_eq!(twilio.messages().len(), created, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_cannot_be_read_is_unknown() {
    for (fault, created) in [(Fault::Garbage, 1), (Fault::Html(200), 0)] {
        let (outcome, twilio) = send_into(fault).await;
        assert_eq!(outcome, unknown(UnknownKind::Unreadable), "{fault:?}");
        assert_eq!(twilio.messages().len(), created, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_is_unknown_before_and_after() {
    for (fault, created) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1)] {
        let (outcome, twilio) = send_into(fault).await;
        assert_eq!(outcome, unknown(UnknownKind::Disconnected), "{fault:?}");
        // Exactly: a client that tried again by itself would have been let through.
        assert_eq!(twilio.messages().len(), created, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_of_a_connection_already_in_use_is_not_tried_again() {
    let twilio = stand_in();
    let twilio_client = client(twilio.base_url());
    assert!(matches!(send(&twilio_client).await, SendOutcome::Accepted { .. }));
    twilio.script(Fault::ResetAfter);
    assert_eq!(send(&twilio_client).await, unknown(UnknownKind::Disconnected));
    assert_eq!(twilio.messages().len(), 2);
    assert!(matches!(send(&twilio_client).await, SendOutcome::Accepted { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_too_late_is_unknown_and_the_text_exists() {
    for fault in [Fault::Slow(Duration::from_secs(5)), Fault::CreatedThenHang] {
        let started_at = Instant::now();
        let (outcome, twilio) = send_into(fault).await;
        assert_eq!(outcome, unknown(UnknownKind::TimedOut), "{fault:?}");
        assert!(started_at.elapsed() < Duration::from_secs(4), "{:?}", started_at.elapsed());
        assert_eq!(twilio.messages().len(), 1);
        let listed = client(twilio.base_url()).list(&from_number(), PATIENT).await.unwrap();
        assert_eq!(listed[0].body.as_deref(), Some(TEXT));
    }
    let (in_time, _twilio) = send_into(Fault::Slow(Duration::from_millis(50))).await;
    assert!(matches!(in_time, SendOutcome::Accepted { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_the_request_is_written_is_safe_to_send_again() {
    let free = std::net::TcpListener::bind(LOOPBACK).unwrap().local_addr().unwrap();
    assert_eq!(send(&client(&format!("http://{free}"))).await, not_connected(), "a refused port");
    assert_eq!(
        send(&client("http://no-such-host.invalid")).await,
        not_connected(),
        "a name of nobody"
    );

    let twilio = stand_in();
    let plain = twilio.base_url().replace("http://", "https://");
    assert_eq!(send(&client(&plain)).await, not_connected(), "a server without TLS");

    let silent = TcpListener::bind(LOOPBACK).await.unwrap();
    let silent_url = format!("https://{}", silent.local_addr().unwrap());
    assert_eq!(send(&client(&silent_url)).await, not_connected(), "a TLS handshake without an end");
    assert_eq!(
        client(&silent_url).list(&from_number(), PATIENT).await,
        Err(ListError::NotConnected),
        "the list, too",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_end_is_cut_off() {
    let length = 100 * 1024 * 1024;
    let (url, written) = serve(async move |mut peer: TcpStream| {
        let head = format!("HTTP/1.1 201 Created\r\nContent-Length: {length}\r\n\r\n");
        peer.write_all(head.as_bytes()).await.unwrap();
        let mut written = 0;
        while written < length && peer.write_all(&[b' '; 65536]).await.is_ok() {
            written += 65536;
        }
        written
    })
    .await;
    assert_eq!(send(&client(&url)).await, unknown(UnknownKind::TooLarge));
    let written = written.await.unwrap();
    assert!(written < length / 4, "{written} bytes were taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_trickles_ends_with_the_time_out() {
    let (url, _written) = serve(async |mut peer: TcpStream| {
        peer.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n").await.unwrap();
        while peer.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    let started_at = Instant::now();
    assert_eq!(send(&client(&url)).await, unknown(UnknownKind::TimedOut));
    assert!(started_at.elapsed() < Duration::from_secs(3), "{:?}", started_at.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_no_more_than_it_says() {
    let accepted = |sid: &str| SendOutcome::Accepted { sid: sid.to_owned(), status: None };
    let unreadable = || unknown(UnknownKind::Unreadable);
    let long = format!(r#"{{"sid":"{}"}}"#, "S".repeat(65));
    for (status, body, expected) in [
        (201, r#"{"sid":"SM1","status":7,"price_unit":null,"new":{}}"#, accepted("SM1")),
        (202, r#"{"sid":"SM1"}"#, accepted("SM1")),
        (201, r#"{"sid":""}"#, unreadable()),
        (201, r#"{"sid":null}"#, unreadable()),
        (201, r#"{"sid":"SM\u0000"}"#, unreadable()),
        (201, long.as_str(), unreadable()),
        (201, "[]", unreadable()),
        (204, "", unreadable()),
        (400, r#"{"code":"21211"}"#, SendOutcome::Rejected { http_status: 400, code: Some(21211) }),
        (400, r#"{"code":-1}"#, SendOutcome::Rejected { http_status: 400, code: None }),
        (401, "", SendOutcome::Rejected { http_status: 401, code: None }),
    ] {
        assert_eq!(
            send(&client(&answering(status, body).await)).await,
            expected,
            "{status} {body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_as_a_whole_or_not_at_all() {
    let unreadable = Err(ListError::Failed(UnknownKind::Unreadable));
    for body in ["{}", r#"{"messages":null}"#, r#"{"messages":[{"body":"x"}]}"#, "<html>", ""] {
        let listed = client(&answering(200, body).await).list(&from_number(), PATIENT).await;
        assert_eq!(listed, unreadable, "{body}");
    }
    let empty = client(&answering(200, r#"{"messages":[]}"#).await);
    assert_eq!(empty.list(&from_number(), PATIENT).await, Ok(vec![]));

    let twilio = stand_in();
    twilio.fail_list(Some(503));
    let listed = client(twilio.base_url()).list(&from_number(), PATIENT).await;
    assert_eq!(listed, Err(ListError::Failed(UnknownKind::Status(503))));
}

/// A server for one request that gives this answer, whatever it was asked.
pub(crate) async fn answering(status: u16, body: &str) -> String {
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (url, _written) = serve(async move |mut peer: TcpStream| {
        peer.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    url
}

/// A server for one request, answered by `answer` once the head has been read.
async fn serve<T, F, R>(answer: F) -> (String, tokio::task::JoinHandle<T>)
where
    F: FnOnce(TcpStream) -> R + Send + 'static,
    R: Future<Output = T> + Send,
    T: Send + 'static,
{
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut request = [0; 8192];
        assert_ne!(peer.read(&mut request).await.unwrap(), 0);
        answer(peer).await
    });
    (url, served)
}
