//! Reminders of an appointment that is moved or called off: by the acts for it, or behind the program's back.

use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;
use vapi_gateway::db::{End, in_org, organizations};
use vapi_gateway::messaging::reminders;

use super::{DAY_BEFORE, TWO_HOURS_BEFORE, book, patient};
use crate::harness::gateway::Gateway;
use crate::harness::invariants::assert_invariants;

/// Moves the appointment to this start, an hour long, as staff's own program does.
async fn move_to(gateway: &Gateway, start: &str) {
    let moved = format!(
        "UPDATE appointments SET starts_at = '{start}', ends_at = timestamptz '{start}' + interval '1 hour', \
         busy_from = '{start}', busy_until = timestamptz '{start}' + interval '1 hour', \
         local_start = timestamptz '{start}' AT TIME ZONE 'America/New_York'"
    );
    gateway.execute(&moved).await;
}

enum Change {
    Moved,
    CalledOff,
}

/// What whoever changes an appointment does about its reminders.
async fn follow(gateway: &Gateway, id: &str, change: Change, now: OffsetDateTime) {
    let id: Uuid = id.parse().expect("an id");
    let conn = gateway.app.db.connection().await.expect("a connection");
    let row = organizations::find(&conn, "demo").await.expect("an answer").expect("a clinic");
    let org = vapi_gateway::domain::org_id::OrgId(row.id);
    let clinic =
        organizations::find_clinic(&conn, org).await.expect("an answer").expect("a clinic");
    drop(conn);
    let done = in_org(&gateway.app.db, org, async |conn| {
        match change {
            Change::Moved => reminders::replan(conn, &clinic, id, now).await?,
            Change::CalledOff => reminders::call_off(conn, org, id, now).await?,
        }
        Ok(End::Commit(()))
    });
    done.await.expect("the reminders follow");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_follow_a_move() {
    let gateway = patient().start().await;
    let id = book(&gateway).await.appointment_id().to_owned();
    let now = gateway.app.clock.now();
    move_to(&gateway, "2026-12-01 15:00Z").await;
    follow(&gateway, &id, Change::Moved, now).await;
    assert_eq!(gateway.reminders().await, ["1440 11-30 15:00 open", "120 12-01 13:00 open"]);
    gateway.work_at(DAY_BEFORE).await;
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    // Tomorrow, when one of them has no time left, and back again.
    move_to(&gateway, "2026-11-24 14:00Z").await;
    follow(&gateway, &id, Change::Moved, now).await;
    assert_eq!(gateway.reminders().await, ["1440 11-30 15:00 dropped", "120 11-24 01:00 open"]);
    move_to(&gateway, "2026-11-27 19:00Z").await;
    follow(&gateway, &id, Change::Moved, now).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 open", "120 11-27 17:00 open"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_not_sent_for_another_day() {
    let gateway = patient().start().await;
    let id = book(&gateway).await.appointment_id().to_owned();
    gateway.work_at(DAY_BEFORE).await;
    assert_eq!(gateway.reminded().len(), 1);
    move_to(&gateway, "2026-12-01 15:00Z").await;
    follow(&gateway, &id, Change::Moved, DAY_BEFORE).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 owed", "120 12-01 13:00 open"]);
    gateway.work_at(datetime!(2026-12-01 13:00 UTC)).await;
    assert_eq!(gateway.reminded().len(), 2);
    assert!(gateway.reminded()[1].contains("December 1, 2026\nTime: 10:00 AM"));
    assert_invariants(&gateway.database.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_dropped_with_it_and_come_back_with_it() {
    let gateway = patient().start().await;
    let id = book(&gateway).await.appointment_id().to_owned();
    let now = gateway.app.clock.now();
    gateway.execute("UPDATE appointments SET status = 'cancelled'").await;
    follow(&gateway, &id, Change::CalledOff, now).await;
    let dropped = ["1440 11-26 19:00 dropped", "120 11-27 17:00 dropped"];
    assert_eq!(gateway.reminders().await, dropped);
    // One that is off is not planned anew, however it is moved.
    follow(&gateway, &id, Change::Moved, now).await;
    assert_eq!(gateway.reminders().await, dropped);
    gateway.execute("UPDATE appointments SET status = 'booked'").await;
    follow(&gateway, &id, Change::Moved, now).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 open", "120 11-27 17:00 open"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_that_staff_moved_is_reminded_of_in_its_time() {
    let gateway = patient().start().await;
    book(&gateway).await;
    move_to(&gateway, "2026-12-01 15:00Z").await;
    gateway.work_at(DAY_BEFORE).await;
    assert_eq!(gateway.reminders().await, ["1440 11-30 15:00 open", "120 11-27 17:00 open"]);
    gateway.work_at(TWO_HOURS_BEFORE).await;
    assert_eq!(gateway.reminders().await, ["1440 11-30 15:00 open", "120 12-01 13:00 open"]);
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    gateway.work_at(datetime!(2026-11-30 15:00 UTC)).await;
    assert!(gateway.reminded()[0].contains("Date: December 1, 2026\nTime: 10:00 AM"));
}
