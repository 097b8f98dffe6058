//! Waiting without sleeping: a test looks until it sees, and gives up long after it should have.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::rows::rows;

/// Far beyond what anything here takes on an idle machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The time-outs of `src/config/defaults.toml`, for tests that are about them.
pub(crate) const PRODUCTION: [(&str, &str); 6] = [
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "250"),
    ("GATEWAY__DATABASE__CONNECT_MS", "1000"),
    ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "1000"),
    ("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", "2000"),
    ("GATEWAY__DATABASE__BUDGET_MS", "2000"),
    ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "3500"),
];

/// Looks until there is something to see, and returns it.
pub(crate) async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < end, "waited in vain until {what}");
        sleep(BETWEEN_LOOKS).await;
    }
}

/// Returns once `count` sessions of this database wait for somebody's lock.
pub(crate) async fn until_waiting_for_locks(url: &str, count: usize) {
    let waiting = "SELECT pid FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let seen = async || (rows(url, waiting).await.len() >= count).then_some(());
    eventually(&format!("{count} sessions wait for a lock"), seen).await;
}

/// Returns once it is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    eventually(what, async || is_so().await.then_some(())).await;
}

/// Returns once a query finds a row.
pub(crate) async fn until_row(url: &str, query: &str) {
    until(query, async || !rows(url, query).await.is_empty()).await;
}
