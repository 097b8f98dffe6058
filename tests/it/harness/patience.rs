//! Waiting without sleeping blindly: for a condition that comes in an instant on an idle machine, and
//! some time later on a busy one.

use std::time::{Duration, Instant};

use super::rows::rows;

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// Returns once `is_so`; fails after half a minute.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Returns once a query finds a row.
pub(crate) async fn until_row(url: &str, query: &str) {
    until(query, async || !rows(url, query).await.is_empty()).await;
}
