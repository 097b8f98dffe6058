//! What is in the tables, read with plain SQL: tests assert rows, not only replies.

use serde_json::Value;
use tokio_postgres::NoTls;

use super::gateway::Gateway;

impl Gateway {
    /// The rows of a query, each as JSON.
    pub(crate) async fn rows(&self, query: &str) -> Vec<Value> {
        rows(&self.database.url, query).await
    }

    /// The one value of a query that gives one.
    pub(crate) async fn value(&self, query: &str) -> Value {
        let rows = self.rows(query).await;
        assert_eq!(rows.len(), 1, "{query}: {rows:?}");
        rows[0].as_object().and_then(|row| row.values().next()).cloned().expect("a column")
    }

    /// `count(*)` of a table, or of a table with a condition.
    pub(crate) async fn count(&self, of: &str) -> i64 {
        self.value(&format!("SELECT count(*) FROM {of}")).await.as_i64().expect("a count")
    }

    /// Runs statements that return nothing.
    pub(crate) async fn execute(&self, statements: &str) {
        execute(&self.database.url, statements).await;
    }

    /// The same for statements that change a clinic's rules, as whoever changes them must do it.
    pub(crate) async fn change_rules(&self, statements: &str) {
        let raise = "UPDATE organizations SET rules_revision = rules_revision + 1";
        self.execute(&format!("{statements}; {raise}")).await;
    }
}

/// The rows of a query on any database, each as JSON.
pub(crate) async fn rows(url: &str, query: &str) -> Vec<Value> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.expect("the test's database");
    let driver = tokio::spawn(connection);
    let as_json = format!("SELECT to_jsonb(row)::text FROM ({query}) AS row");
    let rows = client.query(&as_json, &[]).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    drop(client);
    driver.await.expect("a driver").expect("a connection");
    rows.iter().map(|row| serde_json::from_str(row.get(0)).expect("JSON")).collect()
}

/// Runs statements on any database.
pub(crate) async fn execute(url: &str, statements: &str) {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.expect("the test's database");
    let driver = tokio::spawn(connection);
    client.batch_execute(statements).await.unwrap_or_else(|error| panic!("{statements}: {error}"));
    drop(client);
    driver.await.expect("a driver").expect("a connection");
}
