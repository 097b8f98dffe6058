//! A client that hangs up in the middle of its request loses nothing and doubles nothing.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{CLINIC, DAY, assert_is_booked_once, at_noon, night_owl, until_answered};
use crate::harness::gateway::{Gateway, client, secret_of};
use crate::harness::holding::Holding;
use crate::harness::patience::{eventually, until_waiting_for_locks};
use crate::harness::vapi::ToolCall;

/// Sends the call and leaves the answer unread.
async fn send(gateway: &Gateway, call: &ToolCall) -> TcpStream {
    let address = gateway.url.trim_start_matches("http://");
    let body = call.body().to_string();
    let request = format!(
        "POST /vapi/{CLINIC} HTTP/1.1\r\nhost: {address}\r\nx-vapi-secret: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        secret_of(CLINIC),
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("a request");
    stream
}

/// Breaks the connection, and returns once the server has noticed: it has one thread, which takes what
/// happened in order.
async fn hang_up(gateway: &Gateway, stream: TcpStream) {
    stream.set_zero_linger().expect("a reset instead of a goodbye");
    drop(stream);
    let health = client().get(format!("{}/health", gateway.url)).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_booking_waits_for_a_lock() {
    let gateway = night_owl().start().await;
    let url = &gateway.database.url;
    let held = Holding::of_day(url, CLINIC, DAY).await;
    let call = at_noon();
    let stream = send(&gateway, &call).await;
    until_waiting_for_locks(url, 1).await;
    hang_up(&gateway, stream).await;
    held.release().await;
    until_answered(&gateway).await;
    assert_is_booked_once(&gateway, &call).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_twilio_is_being_asked() {
    let gateway = night_owl().start().await;
    gateway.stand_in.delay_all(Duration::from_secs(1));
    let call = at_noon();
    let stream = send(&gateway, &call).await;
    let begun = async || (gateway.count("sms_attempts").await == 1).then_some(());
    eventually("the text is being sent", begun).await;
    hang_up(&gateway, stream).await;
    until_answered(&gateway).await;
    assert_is_booked_once(&gateway, &call).await;
    let sent =
        async || (gateway.count("sms_messages WHERE sms_status = 'sent'").await == 1).then_some(());
    eventually("the text is sent", sent).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.stop().await;
}

/// Asked again before the first one is done: the second waits for the first, and both do one thing.
#[tokio::test(flavor = "multi_thread")]
async fn and_asks_again_at_once() {
    let gateway = night_owl().start().await;
    let url = &gateway.database.url;
    let held = Holding::of_day(url, CLINIC, DAY).await;
    let call = at_noon();
    let stream = send(&gateway, &call).await;
    until_waiting_for_locks(url, 1).await;
    hang_up(&gateway, stream).await;
    let (reply, ()) = tokio::join!(gateway.call(CLINIC, &call), async {
        until_waiting_for_locks(url, 2).await;
        held.release().await;
    });
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_is_booked_once(&gateway, &call).await;
    assert_eq!(gateway.stand_in.messages().len(), 1);
    gateway.stop().await;
}
