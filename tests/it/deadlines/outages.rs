//! The database is away, or does not answer: who was known a moment ago hears a sentence in time, who
//! was not is told that the service is unavailable, and all of it ends when the database is back.

use futures_util::future::join_all;
use serde_json::json;

use super::{CLINIC, WELL_IN_TIME, assert_is_booked_once, assert_nothing_is_booked, at_noon};
use super::{in_production, in_time, warm_up, wired};
use crate::harness::gateway::{Gateway, Setup, post, secret_of};
use crate::harness::patience::eventually;
use crate::harness::vapi::{Reply, ToolCall};
use tokio::time::timeout;

/// Credentials are looked up anew for each request, and remembered for a while.
fn forgetful() -> Setup {
    in_production(Setup::default()).set("GATEWAY__VAPI__CREDENTIAL_FRESH_MS", 1)
}

async fn until_it_is_answered(gateway: &Gateway, call: &ToolCall) -> Reply {
    let answered = async || {
        let reply = gateway.call(CLINIC, call).await;
        (!["pending", "unavailable"].contains(&reply.outcome())).then_some(reply)
    };
    eventually("the database is used again", answered).await
}

/// What a clinic hears that has not called before.
async fn status_of_a_stranger(gateway: &Gateway) -> u16 {
    let body = at_noon().body();
    let asked = post(&gateway.url, "voxanne", secret_of("voxanne"), &body);
    timeout(WELL_IN_TIME, asked).await.expect("an answer in time").0
}

#[tokio::test(flavor = "multi_thread")]
async fn away() {
    let (base, wire, gateway) = wired(forgetful()).await;
    warm_up(&gateway, 4).await;
    wire.cut().await;
    let call = at_noon();
    let reply = in_time(gateway.call(CLINIC, &call)).await;
    assert_eq!(reply.outcome(), "unavailable", "{reply:?}");
    assert!(reply.0["error"].is_string() && reply.0["result"].is_null(), "{reply:?}");
    assert!(reply.spoken().contains("cannot confirm anything"), "{reply:?}");
    assert_eq!(status_of_a_stranger(&gateway).await, 503);
    // Still so, also for many at once.
    for reply in join_all((0..8).map(|_| in_time(gateway.call(CLINIC, &call)))).await {
        assert!(["pending", "unavailable"].contains(&reply.outcome()), "{reply:?}");
    }
    wire.mend();
    assert_nothing_is_booked(&base).await;
    assert_eq!(until_it_is_answered(&gateway, &call).await.outcome(), "booked");
    assert_is_booked_once(&base, &call).await;
    let known = async || (status_of_a_stranger(&gateway).await == 200).then_some(());
    eventually("strangers are known again", known).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn away_for_longer_than_credentials_are_remembered() {
    let (_base, wire, gateway) =
        wired(forgetful().set("GATEWAY__VAPI__CREDENTIAL_STALE_MS", 1)).await;
    warm_up(&gateway, 1).await;
    wire.cut().await;
    let body = at_noon().body();
    let asked = post(&gateway.url, CLINIC, secret_of(CLINIC), &body);
    let (status, body) = timeout(WELL_IN_TIME, asked).await.expect("an answer in time");
    assert_eq!((status, body), (503, json!({ "error": "service unavailable" })));
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent() {
    let (base, wire, gateway) = wired(forgetful()).await;
    warm_up(&gateway, 4).await;
    wire.hold_still();
    let calls: Vec<ToolCall> = (0..6).map(|_| at_noon()).collect();
    for reply in join_all(calls.iter().map(|call| in_time(gateway.call(CLINIC, call)))).await {
        assert!(["pending", "unavailable"].contains(&reply.outcome()), "{reply:?}");
    }
    assert_eq!(status_of_a_stranger(&gateway).await, 503);
    wire.mend();
    // The acts went on: one of them booked, and the same patient's others found it booked.
    let told: Vec<Reply> =
        join_all(calls.iter().map(|call| until_it_is_answered(&gateway, call))).await;
    let is = |reply: &Reply, what: &str| reply.outcome() == what;
    assert_eq!(told.iter().filter(|reply| is(reply, "booked")).count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|reply| is(reply, "already_booked")).count(), 5, "{told:?}");
    assert_eq!(base.count("appointments").await, 1);
    gateway.stop().await;
}

/// Connections that died while nobody used them cost nobody an answer.
#[tokio::test(flavor = "multi_thread")]
async fn restarted_in_a_quiet_hour() {
    let (base, wire, gateway) = wired(Setup::default()).await;
    warm_up(&gateway, 8).await;
    wire.cut().await;
    // The gateway shares this runtime: by the time that a query is answered it has seen them go.
    base.count("appointments").await;
    wire.mend();
    let call = at_noon();
    let replies = join_all((0..8).map(|_| gateway.call(CLINIC, &call))).await;
    for reply in replies {
        assert_eq!(reply.outcome(), "booked", "{reply:?}");
    }
    assert_is_booked_once(&base, &call).await;
    gateway.stop().await;
}
