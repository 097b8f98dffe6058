//! A database that lets nobody in for a while.

use tokio_postgres::Client;

use super::cluster::{TestDatabase, connect};

/// Every gateway's session is ended, and none is opened, until [`Outage::end`].
pub(crate) struct Outage {
    /// Opened before: it stays.
    session: Client,
    name: String,
}

impl Outage {
    pub(crate) async fn begin(database: &TestDatabase) -> Self {
        let outage = Self { session: connect(&database.url).await, name: database.name.clone() };
        outage.allow(false).await;
        let ended = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{}' AND application_name = 'vapi-gateway'",
            database.name
        );
        outage.session.batch_execute(&ended).await.expect("sessions end");
        outage
    }

    pub(crate) async fn end(self) {
        self.allow(true).await;
    }

    async fn allow(&self, is_allowed: bool) {
        let allow = format!(
            "UPDATE pg_database SET datallowconn = {is_allowed} WHERE datname = '{}'",
            self.name
        );
        self.session.batch_execute(&allow).await.expect("a superuser's session");
    }
}
