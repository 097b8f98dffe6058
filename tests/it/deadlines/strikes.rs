//! The deadline strikes while the act is on its way: the sentence asks to try again, is not recorded,
//! and the act goes on.

use super::{CLINIC, assert_is_booked_once, at_noon, in_time, until_answered, warm_up, wired};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::wire::{COMMIT, Then, Wire};

/// Two seconds, and everything that must be less.
fn short() -> Setup {
    let settings = [
        ("GATEWAY__DATABASE__POOL_WAIT_MS", "1000"),
        ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "1500"),
        ("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", "1800"),
        ("GATEWAY__DATABASE__BUDGET_MS", "1900"),
        ("GATEWAY__SMS__REPLY_DEADLINE_MS", "1000"),
        ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "2000"),
    ];
    settings.into_iter().fold(Setup::default(), |setup, (name, value)| setup.set(name, value))
}

/// Nothing comes back from the database from the statement with these words on.
async fn assert_work_goes_on_from(statement: &'static str) {
    let (base, wire, gateway): (Gateway, Wire, Gateway) = wired(short()).await;
    warm_up(&gateway, 1).await;
    wire.trap(statement, Then::HoldStill);
    let call = at_noon();
    let (reply, ()) = tokio::join!(in_time(gateway.call(CLINIC, &call)), wire.until_sprung());
    assert_eq!(reply.outcome(), "pending", "{reply:?}");
    assert_eq!(base.count("tool_calls WHERE words IS NOT NULL").await, 0);
    wire.mend();
    until_answered(&base).await;
    assert_is_booked_once(&base, &call).await;
    assert_eq!(base.stand_in.messages().len(), 1);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_claim() {
    assert_work_goes_on_from("INSERT INTO \"tool_calls\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_lock() {
    assert_work_goes_on_from("FOR UPDATE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_commit() {
    assert_work_goes_on_from(COMMIT).await;
}

/// Twilio takes its time: what is known by then is said, recorded, and stays what was said.
#[tokio::test(flavor = "multi_thread")]
async fn twilio_may_be_slower_than_the_deadline() {
    let base = super::night_owl().start().await;
    let gateway = short().join(&base);
    warm_up(&gateway, 1).await;
    base.stand_in.delay_all(std::time::Duration::from_secs(4));
    let call = at_noon();
    let reply = in_time(gateway.call(CLINIC, &call)).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sending", None)), "{reply:?}");
    // Stopping waits for the text that is on its way.
    gateway.stop().await;
    assert_eq!(base.count("sms_messages WHERE sms_status = 'sent'").await, 1);
    assert_eq!(base.call(CLINIC, &call).await, reply);
    assert_is_booked_once(&base, &call).await;
    assert_eq!(base.stand_in.messages().len(), 1);
    base.stop().await;
}
