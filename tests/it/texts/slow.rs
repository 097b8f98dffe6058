//! Twilio takes its time: the caller hears what is known when the caller has to hear something, and the
//! row says afterwards what became of it.

use std::time::{Duration, Instant};

use tokio::join;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::patience::until_row;
use crate::texts::{Claim, book_into, booking, number, patient};

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_callers_patience_the_text_goes_on_being_sent() {
    let gateway = patient().set("GATEWAY__SMS__REPLY_DEADLINE_MS", 200).start().await;
    let began = Instant::now();
    let reply = book_into(&gateway, Fault::Slow(Duration::from_secs(3))).await;
    assert!(began.elapsed() < Duration::from_secs(3), "the caller waited for Twilio");
    assert_eq!(reply.sms(), ("sending", None));
    assert_eq!(Claim::of(&reply), Claim::StillTrying);
    until_row(&gateway.database.url, "SELECT 1 FROM sms_messages WHERE sms_status = 'sent'").await;
    gateway.assert_settled("sent", None).await;
    assert_eq!(gateway.attempts().await, ["accepted"]);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn within_the_callers_patience_the_text_is_waited_for() {
    let gateway = patient().start().await;
    let reply = book_into(&gateway, Fault::Slow(Duration::from_millis(700))).await;
    assert_eq!(reply.sms(), ("sent", None));
    assert_eq!(Claim::of(&reply), Claim::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_clients_time_out_nobody_knows() {
    let setup = patient()
        .set("GATEWAY__TWILIO__TIMEOUT_MS", 2000)
        .set("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", 1900)
        .set("GATEWAY__SMS__LEASE_MS", 20_000);
    let gateway = setup.start().await;
    let slow = [Fault::Slow(Duration::from_secs(60)), Fault::CreatedThenHang, Fault::Hang];
    for (n, fault) in slow.into_iter().enumerate() {
        gateway.stand_in.fault_for(&number(n), fault);
    }
    let calls = [0, 1, 2].map(|n| booking(["9 AM", "10 AM", "11 AM"][n]).from(&number(n)));
    let [a, b, c] = [0, 1, 2].map(|n| gateway.call("demo", &calls[n]));
    let replies: [_; 3] = join!(a, b, c).into();
    for reply in replies {
        assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sending", None)));
        assert_eq!(Claim::of(&reply), Claim::StillTrying);
    }
    assert_eq!(gateway.attempts().await, ["unknown"; 3]);
    assert_eq!(gateway.step_when_due().await, 3);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 2, "two are found");
    assert_eq!(gateway.step_when_due().await, 1);
    assert_eq!(gateway.step().await, 1, "the third is sent once more");
    for n in 0..3 {
        assert_eq!(gateway.stand_in.messages_to(&number(n)).len(), 1);
    }
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 3);
}
