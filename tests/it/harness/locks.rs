//! Another session that holds something the gateway needs, so that a test finds it in the middle of
//! what it does.

use tokio_postgres::Client;

use super::cluster::connect;
use super::patience::until_row;

/// Settings under which nobody gives up waiting for a lock while a test holds it.
pub(crate) const NO_HURRY: [(&str, &str); 6] = [
    ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "40000"),
    ("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", "45000"),
    ("GATEWAY__DATABASE__BUDGET_MS", "45000"),
    ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "50000"),
    ("GATEWAY__SMS__REPLY_DEADLINE_MS", "25000"),
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "20000"),
];

/// A transaction that holds a lock until it is released or dropped.
pub(crate) struct Held(Client);

impl Held {
    /// Runs `statement` in a transaction that stays open.
    pub(crate) async fn take(url: &str, statement: &str) -> Self {
        let client = connect(url).await;
        client.batch_execute(&format!("BEGIN; {statement}")).await.expect("the lock is free");
        Self(client)
    }

    /// Lets nobody else write to a table; reading goes on.
    pub(crate) async fn writes_to(url: &str, table: &str) -> Self {
        Self::take(url, &format!("LOCK TABLE {table} IN EXCLUSIVE MODE")).await
    }

    pub(crate) async fn release(self) {
        self.0.batch_execute("COMMIT").await.expect("the lock is released");
    }
}

/// Returns once this many of the gateway's sessions wait for a lock.
pub(crate) async fn until_waiting(url: &str, sessions: usize) {
    let waiting = format!(
        "SELECT 1 FROM (SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'vapi-gateway' AND wait_event_type = 'Lock') AS w WHERE n >= {sessions}"
    );
    until_row(url, &waiting).await;
}

/// Returns once no session of a gateway is left, as after its process was killed.
pub(crate) async fn until_gone(url: &str) {
    let gone = "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity \
                WHERE datname = current_database() AND application_name = 'vapi-gateway')";
    until_row(url, gone).await;
}
