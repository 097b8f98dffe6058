//! What is asked for each text, each callback and each reminder is found by an index, however long a
//! clinic's history is.

use crate::harness::cluster::connect;
use crate::harness::gateway::migrated_database;

/// A table, and the columns that one of its rows is asked for by, the organization's besides.
const ASKED: [(&str, &str, &str); 7] = [
    ("sms_attempts", "twilio_message_sid", "twilio_message_sid = 'SM1'"),
    (
        "sms_attempts",
        "message_id",
        "message_id = '00000000-0000-4000-8000-0000000004aa' AND outcome = 'accepted'",
    ),
    ("sms_messages", "to_phone", "to_phone = '+12125550142' AND sms_status = 'sent'"),
    ("sms_messages", "appointment_id", "appointment_id = '00000000-0000-4000-8000-0000000004aa'"),
    ("sms_consents", "appointment_id", "appointment_id = '00000000-0000-4000-8000-0000000004aa'"),
    ("inbound_messages", "phone", "phone = '+12125550142' AND options IS NOT NULL"),
    ("patients", "phone", "phone = '+12125550142'"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_found_without_reading_the_clinics_others() {
    let database = migrated_database().await;
    let client = connect(&database.url).await;
    // Empty tables are read whole, unless that is forbidden.
    client.batch_execute("SET enable_seqscan = off; SET enable_bitmapscan = off").await.unwrap();
    for (table, column, condition) in ASKED {
        let query = format!(
            "EXPLAIN SELECT 1 FROM {table} WHERE org_id = '00000000-0000-4000-8000-00000000000a' AND {condition}"
        );
        let plan = client.query(&query, &[]).await.expect("a plan");
        let lines: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let is_found = |line: &String| line.contains("Index Cond") && line.contains(column);
        assert!(lines.iter().any(is_found), "{table} by {column}: {lines:#?}");
    }
}
