//! A clinic's rules change while callers ask. Nodes keep rules in memory, and none answers by old ones;
//! a booking that was overtaken while it waited is decided anew.

use serde_json::json;

use crate::harness::clinics::{self, always_open};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::holding::Holding;
use crate::harness::patience::until_waiting_for_locks;
use crate::harness::vapi::{Reply, ToolCall, book_appointment, check_availability};

const CLINIC: &str = "night-owl";
const DAY: &str = "2026-11-30";

fn file() -> String {
    always_open(CLINIC, "Night Owl Clinic", "UTC", "US")
}

fn closed_on(day: &str) -> String {
    format!("{}\n[[closure]]\ndate = {day}\n", file())
}

async fn night_owl() -> Gateway {
    Setup::default().unhurried().clinic(file()).start().await
}

fn at_noon() -> ToolCall {
    book_appointment(json!({ "patient_name": "Robin Sample", "date": DAY, "time": "12:00 PM" }))
}

async fn look(node: &Gateway) -> Reply {
    node.call(CLINIC, &check_availability(json!({ "date": DAY }))).await
}

/// A booking at noon that waits for its day, while this file is applied.
async fn booked_while_applying(gateway: &Gateway, file: &str) -> Reply {
    let url = &gateway.database.url;
    let held = Holding::of_day(url, CLINIC, DAY).await;
    let call = at_noon();
    let (reply, ()) = tokio::join!(gateway.call(CLINIC, &call), async {
        until_waiting_for_locks(url, 1).await;
        clinics::apply(&gateway.app, file).await;
        held.release().await;
    });
    reply
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_comes_while_a_booking_waits_is_heeded() {
    let gateway = night_owl().await;
    let reply = booked_while_applying(&gateway, &closed_on(DAY)).await;
    assert_eq!(reply.outcome(), "closed", "{reply:?}");
    for table in ["appointments", "patients", "sms_messages", "tool_calls"] {
        assert_eq!(gateway.count(table).await, 0, "{table}");
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_waits_is_made_by_the_rules_that_came_meanwhile() {
    let gateway = night_owl().await;
    let longer = file().replace("minutes = 30", "minutes = 50");
    let reply = booked_while_applying(&gateway, &longer).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    let length = "SELECT (extract(epoch FROM ends_at - starts_at) / 60)::int FROM appointments";
    assert_eq!(gateway.value(length).await, 50);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_waits_does_not_mind_a_closure_of_another_day() {
    let gateway = night_owl().await;
    let reply = booked_while_applying(&gateway, &closed_on("2026-12-01")).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    gateway.stop().await;
}

/// Each table of the rules is changed at one node; the other, which has answered by the old rules before,
/// answers by the new ones from then on.
#[tokio::test(flavor = "multi_thread")]
async fn no_node_answers_by_rules_that_it_has_kept() {
    let one = night_owl().await;
    let other = Setup::default().unhurried().join(&one);
    let first = look(&other).await;
    assert_eq!(first.outcome(), "offered", "{first:?}");
    let all = file();
    let without_ada = all.replace("[[provider]]\nname = \"Dr. Ada Night\"\n", "");
    let ben_only = all.replace("minutes = 30", "minutes = 30\nproviders = [\"Dr. Ben Day\"]");
    let changed = [
        ("closures", closed_on(DAY)),
        ("opening hours", all.replace("mon = [\"00:00-24:00\"]", "mon = [\"10:00-12:00\"]")),
        ("the organization", all.replace("slug =", "min_notice_minutes = 10240\nslug =")),
        ("services", all.replace("default = true\n", "")),
        ("who gives what", ben_only),
        ("providers", without_ada),
    ];
    for (what, file) in changed {
        clinics::apply(&one.app, &file).await;
        assert_ne!(look(&other).await.0["result"], first.0["result"], "{what}");
        clinics::apply(&one.app, &all).await;
        assert_eq!(look(&other).await.0["result"], first.0["result"], "{what}");
    }
    other.stop().await;
    one.stop().await;
}
