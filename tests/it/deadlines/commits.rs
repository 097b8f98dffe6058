//! The connection breaks around the COMMIT of a booking: whether it happened is unknown, and found out
//! before anything else is done.

use super::{CLINIC, assert_is_booked_once, at_noon, wired};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::patience::eventually;
use crate::harness::wire::{COMMIT, Then};

/// Leases and waits that a test can outlast.
fn brief() -> Setup {
    Setup::default()
        .set("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", 900)
        .set("GATEWAY__TWILIO__TIMEOUT_MS", 1000)
        .set("GATEWAY__SMS__LEASE_MS", 1600)
        .set("GATEWAY__SMS__RECONCILE_AFTER_MS", 200)
        .set("GATEWAY__SMS__REPLY_DEADLINE_MS", 500)
}

/// The text of the one appointment goes out once, whoever held its lease.
async fn assert_one_text_goes_out(gateway: &Gateway) {
    let sent = async || {
        gateway.step().await;
        (gateway.count("sms_messages WHERE sms_status = 'sent'").await == 1).then_some(())
    };
    eventually("the text is sent", sent).await;
    assert_eq!(gateway.step().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

async fn assert_is_found_out(then: Then) {
    let (base, wire, gateway) = wired(brief()).await;
    wire.trap(COMMIT, then);
    let call = at_noon();
    let reply = gateway.call(CLINIC, &call).await;
    wire.until_sprung().await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_eq!(base.call(CLINIC, &call).await, reply);
    assert_is_booked_once(&base, &call).await;
    assert_one_text_goes_out(&gateway).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_did_not_happen_is_made() {
    assert_is_found_out(Then::BreakBefore).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_happened_is_not_made_again() {
    assert_is_found_out(Then::BreakAfter).await;
}

/// The database stays away: nothing can be found out before it is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_before_an_outage_is_found_when_asked_again() {
    let (base, wire, gateway) = wired(brief()).await;
    let call = at_noon();
    wire.trap(COMMIT, Then::BreakAfter);
    let (reply, ()) = tokio::join!(gateway.call(CLINIC, &call), async {
        wire.until_sprung().await;
        wire.cut().await;
    });
    assert_eq!(reply.outcome(), "unavailable", "{reply:?}");
    assert_eq!(base.count("appointments").await, 1);
    wire.mend();
    let booked = async || {
        let reply = gateway.call(CLINIC, &call).await;
        (reply.outcome() == "booked").then_some(())
    };
    eventually("the appointment is found", booked).await;
    assert_is_booked_once(&base, &call).await;
    assert_one_text_goes_out(&base).await;
    gateway.stop().await;
}
