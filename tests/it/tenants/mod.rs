//! Two clinics on one service: neither's rows, times, names nor patients can be reached, seen or
//! disturbed through the other's door.

mod intruders;
mod namesakes;

use serde_json::{Value, json};

use crate::harness::gateway::Gateway;

/// A digest of every row of an organization, table by table: equal before and after, nothing happened.
async fn rows_of(gateway: &Gateway, slug: &str) -> Vec<(String, Value)> {
    let org = gateway.value(&format!("SELECT id FROM organizations WHERE slug = '{slug}'")).await;
    let org = org.as_str().expect("an id");
    let tables = "SELECT c.table_name FROM information_schema.columns c \
                  JOIN information_schema.tables t USING (table_schema, table_name) \
                  WHERE c.column_name = 'org_id' AND t.table_schema = 'public' \
                  AND t.table_type = 'BASE TABLE' ORDER BY c.table_name";
    let mut digests = Vec::new();
    for row in gateway.rows(tables).await {
        let table = row["table_name"].as_str().expect("a name").to_owned();
        let digest = format!(
            "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t WHERE org_id = '{org}'"
        );
        digests.push((table, gateway.value(&digest).await));
    }
    assert!(digests.len() >= 14, "{digests:?}");
    let own = format!("SELECT md5(o::text) FROM organizations o WHERE id = '{org}'");
    digests.push(("organizations".to_owned(), gateway.value(&own).await));
    digests
}

/// A wish for noon on a Monday.
fn noon() -> Value {
    json!({ "patient_name": "Robin Sample", "date": "2026-11-30", "time": "12:00 PM" })
}
