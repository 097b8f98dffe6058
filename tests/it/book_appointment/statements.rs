//! What a booking costs the database: every statement is parsed and planned once for each connection,
//! not once for each booking.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::harness::gateway::Setup;
use crate::harness::vapi::book_appointment;

const BOOKINGS: i64 = 3;
/// The writes of a booking and of its text, by how they begin.
const WRITES: [&str; 12] = [
    "INSERT INTO \"tool_calls\"",
    "INSERT INTO provider_days",
    "INSERT INTO \"patients\"",
    "INSERT INTO \"appointments\"",
    "UPDATE \"provider_days\"",
    "INSERT INTO \"sms_messages\"",
    "INSERT INTO \"audit_log\"",
    "UPDATE \"tool_calls\"",
    "INSERT INTO \"sms_attempts\"",
    "UPDATE \"sms_attempts\"",
    "UPDATE \"sms_messages\"",
    "DELETE FROM \"tool_calls\"",
];

#[derive(Debug, QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = BigInt)]
    runs: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_prepares_each_statement_of_a_booking_once() {
    // One connection, which tells afterwards what it keeps.
    let setup = Setup::default()
        .unhurried()
        .set("GATEWAY__DATABASE__POOL_SIZE", 1)
        .set("GATEWAY__SMS__BATCH", 1);
    let gateway = setup.start().await;
    for hour in 1..=BOOKINGS {
        let wish = json!({
            "patient_name": "Robin Sample", "date": "2026-11-24", "time": format!("{hour} PM"),
        });
        let reply = gateway.call("demo", &book_appointment(wish)).await;
        assert_eq!((reply.outcome(), reply.sms().0), ("booked", "sent"), "{reply:?}");
    }
    let mut conn = gateway.app.db.connection().await.unwrap();
    let kept = "SELECT statement, generic_plans + custom_plans AS runs FROM pg_prepared_statements";
    let kept: Vec<Prepared> = sql_query(kept).load(&mut *conn).await.unwrap();
    for write in WRITES {
        let found: Vec<_> = kept.iter().filter(|kept| kept.statement.starts_with(write)).collect();
        assert!(!found.is_empty(), "{write} is prepared anew each time: {kept:#?}");
        assert!(found.iter().all(|kept| kept.runs >= BOOKINGS), "{found:#?}");
    }
    drop(conn);
    gateway.stop().await;
}
