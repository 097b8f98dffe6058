//! What the tables refuse, by the name of the constraint that refuses it, and what they let through:
//! the last line of defense, tried with plain SQL and nothing in front of it.

mod appointments;
mod clinics;
mod texts;

use tokio_postgres::Client;

use super::kept_rows::{FIRST, ROWS, SERVICE};
use crate::harness::cluster::{TestDatabase, connect};
use crate::harness::gateway::migrated_database;

/// A database with the rows of two clinics, and a connection to it.
async fn two_clinics() -> (TestDatabase, Client) {
    let database = migrated_database().await;
    let client = connect(&database.url).await;
    for (migration, rows) in ROWS {
        client.batch_execute(rows).await.unwrap_or_else(|e| panic!("{migration}: {e}"));
    }
    (database, client)
}

/// The constraint that refuses a statement, which then changed nothing; `done` where it is let through.
async fn refused_by(client: &Client, statement: &str) -> String {
    match client.batch_execute(statement).await {
        Ok(()) => "done".to_owned(),
        Err(error) => {
            let told = error.as_db_error().unwrap_or_else(|| panic!("{statement}: {error}"));
            told.constraint().unwrap_or_else(|| panic!("{statement}: {told}")).to_owned()
        }
    }
}

async fn refuse(client: &Client, cases: &[(&str, String)]) {
    for (constraint, statement) in cases {
        assert_eq!(refused_by(client, statement).await, *constraint, "{statement}");
    }
}

/// An appointment of the first clinic on 2026-11-24, `from` and `until` as UTC, with buffers.
fn appointment(provider: &str, patient: &str, times: [&str; 4], status: &str) -> String {
    of(FIRST, provider, patient, SERVICE, times, status)
}

fn of(org: &str, provider: &str, patient: &str, service: &str, t: [&str; 4], s: &str) -> String {
    let [busy_from, starts_at, ends_at, busy_until] = t.map(|time| format!("'2026-11-24 {time}Z'"));
    format!(
        "INSERT INTO appointments (org_id, id, provider_id, patient_id, service_id, busy_from, \
         starts_at, ends_at, busy_until, local_start, timezone, status) VALUES ('{org}', \
         gen_random_uuid(), '{provider}', '{patient}', '{service}', {busy_from}, {starts_at}, \
         {ends_at}, {busy_until}, '2026-11-24 10:00', 'UTC', '{s}')"
    )
}

/// A text for an appointment of the first clinic: its number and status, then what else is given.
fn message(appointment: &str, number_and_status: &str) -> String {
    message_with(appointment, "", number_and_status)
}

fn message_with(appointment: &str, more_columns: &str, values: &str) -> String {
    format!(
        "INSERT INTO sms_messages (org_id, id, appointment_id, kind, to_phone, sms_status{more_columns}) \
         VALUES ('{FIRST}', gen_random_uuid(), '{appointment}', 'confirmation', {values})"
    )
}
