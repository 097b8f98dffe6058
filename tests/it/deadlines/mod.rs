//! A sentence by the deadline, whatever holds the database up: a held day, a hang-up, a database that is
//! away or does not answer, a commit whose outcome nobody knows. And whoever asks again finds what was
//! done, once.

mod commits;
mod hang_ups;
mod held_days;
mod outages;
mod strikes;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::patience::{PRODUCTION, eventually};
use crate::harness::vapi::{Reply, ToolCall, book_appointment, check_availability};
use crate::harness::wire::Wire;

const CLINIC: &str = "night-owl";
const DAY: &str = "2026-11-30";
/// The default deadline with as much again for a machine that is busy with other tests.
const WELL_IN_TIME: Duration = Duration::from_secs(7);

fn night_owl() -> Setup {
    Setup::default().clinic(always_open(CLINIC, "Night Owl Clinic", "UTC", "US"))
}

/// With the time-outs that callers meet.
fn in_production(setup: Setup) -> Setup {
    PRODUCTION.into_iter().fold(setup, |setup, (name, value)| setup.set(name, value))
}

/// A second gateway, whose way to the database can be broken. The first one is for looking at rows.
async fn wired(setup: Setup) -> (Gateway, Wire, Gateway) {
    let base = night_owl().start().await;
    let wire = Wire::to(&base.database.url).await;
    let wired = setup.set("DATABASE_URL", &wire.url).join(&base);
    (base, wire, wired)
}

fn at_noon() -> ToolCall {
    book_appointment(json!({ "patient_name": "Robin Sample", "date": DAY, "time": "12:00 PM" }))
}

/// The reply, which came in time.
async fn in_time(asking: impl Future<Output = Reply>) -> Reply {
    timeout(WELL_IN_TIME, asking).await.expect("a reply by the deadline")
}

/// The clinic's credentials are known afterwards, and so many connections have been opened.
async fn warm_up(gateway: &Gateway, at_once: usize) {
    let known = async || {
        let call = check_availability(json!({ "date": "2026-12-01" })).body();
        let asked = (0..at_once).map(|_| gateway.post(CLINIC, &call));
        let offered = |answer: &Value| answer["results"][0]["metadata"]["outcome"] == "offered";
        join_all(asked).await.iter().all(|(_, answer)| offered(answer)).then_some(())
    };
    eventually("the gateway is warm", known).await;
}

async fn assert_nothing_is_booked(gateway: &Gateway) {
    for table in ["appointments", "patients", "sms_messages", "tool_calls"] {
        assert_eq!(gateway.count(table).await, 0, "{table}");
    }
    assert!(gateway.stand_in.messages().is_empty());
}

/// The call has done its work, and what came of it is recorded.
async fn until_answered(gateway: &Gateway) {
    let answered =
        async || (gateway.count("tool_calls WHERE words IS NOT NULL").await == 1).then_some(());
    eventually("the call's words are recorded", answered).await;
}

/// Asked again, the call is answered with what it did, in the same words each time; nothing is done twice.
async fn assert_is_booked_once(gateway: &Gateway, call: &ToolCall) {
    let again = gateway.call(CLINIC, call).await;
    assert_eq!(again.outcome(), "booked", "{again:?}");
    assert_eq!(gateway.call(CLINIC, call).await, again);
    let booked = gateway.rows("SELECT id FROM appointments").await;
    assert_eq!(booked.len(), 1);
    assert_eq!(booked[0]["id"], again.appointment_id());
    assert_eq!(gateway.count("sms_messages").await, 1);
    assert_eq!(gateway.count("tool_calls").await, 1);
}
