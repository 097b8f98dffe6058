//! Somebody else's open transaction: locks that a booking has to wait for.

use tokio_postgres::Client;

use super::cluster::connect;

/// Holds what its statements locked until it is ended or dropped.
pub(crate) struct Holding(Client);

impl Holding {
    /// Opens a transaction and runs `statements` in it.
    pub(crate) async fn begin(url: &str, statements: &str) -> Self {
        let client = connect(url).await;
        client.batch_execute(&format!("BEGIN; {statements}")).await.expect("locks to be had");
        Self(client)
    }

    /// Holds the rows that bookings of this UTC date lock, of every provider of an organization.
    pub(crate) async fn of_day(url: &str, slug: &str, day: &str) -> Self {
        let rows = format!(
            "INSERT INTO provider_days (org_id, provider_id, day) \
             SELECT p.org_id, p.id, '{day}' FROM providers p \
             JOIN organizations o ON o.id = p.org_id WHERE o.slug = '{slug}' \
             ON CONFLICT DO NOTHING"
        );
        connect(url).await.batch_execute(&rows).await.expect("the days' rows");
        let held = format!(
            "SELECT FROM provider_days d JOIN organizations o ON o.id = d.org_id \
             WHERE o.slug = '{slug}' AND d.day = '{day}' FOR UPDATE OF d"
        );
        Self::begin(url, &held).await
    }

    /// Lets go, without having changed anything.
    pub(crate) async fn release(self) {
        self.0.batch_execute("ROLLBACK").await.expect("a rollback");
    }
}
