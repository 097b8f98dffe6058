//! Thousands of reminders due at once, and two nodes' workers: each patient is texted once.

use super::{DAY_BEFORE, book, patient};
use crate::harness::gateway::Gateway;
use crate::harness::invariants::assert_invariants;

/// Appointments that have one reminder due.
const MANY: usize = 5_000;

/// Appointments of as many patients, each with a reminder that is due, as if they had been booked.
async fn crowd(gateway: &Gateway) {
    book(gateway).await;
    // A day has room for all of them.
    gateway
        .execute("DELETE FROM reminders; UPDATE organizations SET numbers_per_day = 10000")
        .await;
    let crowd = format!(
        "INSERT INTO patients (org_id, id, name, folded_name, phone) \
         SELECT org_id, gen_random_uuid(), 'Crowd ' || n, 'crowd ' || n, '+1302' || (5550000 + n) \
         FROM patients, generate_series(1, {MANY}) n; \
         INSERT INTO appointments (org_id, id, provider_id, patient_id, service_id, starts_at, ends_at, \
             busy_from, busy_until, local_start, timezone, call_key) \
         SELECT a.org_id, gen_random_uuid(), a.provider_id, p.id, a.service_id, t, t + interval '1 minute', \
             t, t + interval '1 minute', '2026-12-01 12:00', a.timezone, 'crowd' \
         FROM appointments a, LATERAL (SELECT id, timestamptz '2026-11-28 12:00Z' + row_number() OVER () * interval '1 minute' AS t \
             FROM patients WHERE name LIKE 'Crowd %') p; \
         INSERT INTO reminders (org_id, appointment_id, lead_minutes, due_at) \
         SELECT org_id, id, 20160, '{DAY_BEFORE}' FROM appointments WHERE call_key = 'crowd'"
    );
    gateway.execute(&crowd).await;
    assert_eq!(gateway.value("SELECT count(*) FROM reminders").await, MANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_remind_each_of_thousands_once() {
    let node = || patient().at(DAY_BEFORE);
    let booked = patient().start().await;
    crowd(&booked).await;
    let (one, two) = (node().join(&booked), node().join(&booked));
    let drain = async |node: &Gateway| {
        let mut worked = 0;
        loop {
            match node.step().await {
                0 if node.count("reminders WHERE settled_at IS NULL").await == 0 => return worked,
                texts => worked += texts,
            }
        }
    };
    let (by_one, by_two) = tokio::join!(drain(&one), drain(&two));
    assert_eq!(by_one + by_two, MANY, "each is worked on once");
    assert!(by_one > 0 && by_two > 0);
    let texts = booked.stand_in.messages();
    let mut reminded: Vec<&str> = texts
        .iter()
        .filter(|text| text.body.starts_with("Reminder"))
        .map(|text| text.to.as_str())
        .collect();
    reminded.sort_unstable();
    let all = reminded.len();
    reminded.dedup();
    assert_eq!((all, reminded.len()), (MANY, MANY), "each patient once");
    let once = "SELECT count(*) FROM reminders r JOIN sms_messages m \
                ON m.org_id = r.org_id AND m.appointment_id = r.appointment_id \
                WHERE r.outcome = 'owed' AND m.kind = 'reminder' AND m.sms_status = 'sent' AND m.tries = 1";
    assert_eq!(booked.value(once).await, MANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_saw_the_same_one_due_owe_it_once() {
    let booked = patient().start().await;
    book(&booked).await;
    let (one, two) =
        (patient().at(DAY_BEFORE).join(&booked), patient().at(DAY_BEFORE).join(&booked));
    // Both have read that it is due when they come to settle it.
    let held = crate::harness::locks::Held::writes_to(&booked.database.url, "reminders").await;
    let release = async {
        crate::harness::locks::until_waiting(&booked.database.url, 2).await;
        held.release().await;
    };
    let (by_one, by_two, ()) = tokio::join!(one.step(), two.step(), release);
    assert_eq!(by_one + by_two, 1);
    assert_eq!(booked.reminded().len(), 1);
    assert_invariants(&booked.database.url).await;
}
