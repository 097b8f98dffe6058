//! `org apply` at a clinic that is open: bookings go on while it runs, it does not wait for theirs, and
//! of two applies none is lost.

use serde_json::json;
use tokio::time::timeout;

use super::{Bench, MAPLE_DENTAL};
use crate::harness::clinics::{self, MAPLE};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::locks::{Held, NO_HURRY, until_waiting};
use crate::harness::patience::PATIENCE;
use crate::harness::rows::rows;
use crate::harness::vapi::book_appointment;

/// Locks are waited for longer than a test has patience.
async fn unhurried() -> Gateway {
    let setup = NO_HURRY.into_iter().fold(Setup::default(), |s, (name, value)| s.set(name, value));
    setup.start().await
}

/// Maple Dental's file with a change in every table whose rows a booking refers to.
fn changed() -> String {
    MAPLE
        .replace("name = \"Maple Dental\"", "name = \"Maple Dental Care\"")
        .replace("minutes = 60", "minutes = 45")
        .replace("[[provider]]\nname = \"Dr. Jonas Weber\"\n", "")
        .replace("date = 2026-12-25", "date = 2026-12-24")
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_go_on_while_a_file_is_applied() {
    let gateway = unhurried().await;
    for file in [MAPLE.to_owned(), changed()] {
        // It comes to the closures last.
        let held = Held::writes_to(&gateway.database.url, "closures").await;
        let file = file.replace("date = 2026-11-26", "date = 2026-11-27");
        let app = gateway.app.clone();
        let applying = tokio::spawn(async move { clinics::apply(&app, &file).await });
        until_waiting(&gateway.database.url, 1).await;
        let time = if gateway.count("appointments").await == 0 { "2:30 PM" } else { "3:30 PM" };
        let wish = json!({
            "patient_name": "Ada Sample", "date": "2026-11-24", "time": time, "provider": "lee",
        });
        let booked = timeout(PATIENCE, gateway.call("demo", &book_appointment(wish))).await;
        assert_eq!(booked.expect("it does not wait for the apply").outcome(), "booked");
        held.release().await;
        applying.await.expect("the file is applied");
        clinics::apply(&gateway.app, MAPLE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_applied_while_bookings_are_under_way() {
    let gateway = unhurried().await;
    // What the foreign keys of an open booking hold.
    let held = Held::take(
        &gateway.database.url,
        "SELECT FROM organizations FOR KEY SHARE; SELECT FROM providers FOR KEY SHARE;
         SELECT FROM services FOR KEY SHARE",
    )
    .await;
    let applied = timeout(PATIENCE, clinics::apply(&gateway.app, &changed())).await;
    applied.expect("it does not wait for bookings");
    assert_eq!(gateway.count("organizations WHERE name = 'Maple Dental Care'").await, 1);
    assert_eq!(gateway.count("services WHERE duration_minutes = 45").await, 1);
    assert_eq!(gateway.count("providers WHERE NOT active").await, 1);
    held.release().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_apply_has_just_changed_is_seen() {
    let bench = Bench::new().await;
    bench.apply(MAPLE_DENTAL).await.unwrap();
    let other = "UPDATE organizations SET name = 'Maple Dental Care'";
    let other = Held::take(&bench.url, other).await;
    let again = async {
        let applied = bench.apply(MAPLE_DENTAL).await.unwrap();
        assert_eq!(applied.changes, ["name changed"]);
    };
    let release = async {
        until_waiting(&bench.url, 1).await;
        other.release().await;
    };
    tokio::join!(again, release);
    let names = rows(&bench.url, "SELECT name FROM organizations").await;
    assert_eq!(names, [json!({ "name": "Maple Dental" })]);
}

/// Two make the same new clinic at once: one does, the other finds it made.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_clinic_is_made_once() {
    let bench = Bench::new().await;
    let (one, other) = tokio::join!(bench.apply(super::VOXANNE), bench.apply(super::VOXANNE));
    let mut changes = [one.unwrap().changes.len(), other.unwrap().changes.len()];
    changes.sort_unstable();
    assert_eq!(changes[0], 0, "{changes:?}");
    assert!(changes[1] > 0, "{changes:?}");
    assert_eq!(bench.count("organizations").await, 1);
    assert_eq!(bench.count("providers").await, 1);
}
