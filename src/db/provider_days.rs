//! `provider_days`: the rows whose lock decides who books.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date as SqlDate, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use time::Date;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::provider_days;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Locks the days of all these providers until the transaction ends, making the rows that are missing.
/// Everybody locks in the same order, (provider, day), in one statement each: no deadlock.
///
/// Decide in the *next* statement: one that locks and reads sees the rows as they were before it waited.
pub async fn lock(
    conn: &mut Connection,
    org: OrgId,
    providers: &[Uuid],
    days: &[Date],
) -> Result<(), Error> {
    diesel::sql_query(
        "INSERT INTO provider_days (org_id, provider_id, day) \
         SELECT $1, p, d FROM unnest($2) AS p CROSS JOIN unnest($3) AS d ORDER BY p, d \
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(org.0)
    .bind::<Array<SqlUuid>, _>(providers)
    .bind::<Array<SqlDate>, _>(days)
    .cached()
    .execute(conn)
    .await?;
    provider_days::table
        .filter(provider_days::org_id.eq(org.0))
        .filter(provider_days::provider_id.eq_any(providers))
        .filter(provider_days::day.eq_any(days))
        .order((provider_days::provider_id, provider_days::day))
        .select(provider_days::revision)
        .for_update()
        .load::<i64>(conn)
        .await?;
    Ok(())
}

/// Raises the revision of the days of a provider that are about to change.
pub async fn touch(
    conn: &mut Connection,
    org: OrgId,
    provider: Uuid,
    days: &[Date],
) -> Result<(), Error> {
    diesel::update(provider_days::table)
        .filter(provider_days::org_id.eq(org.0))
        .filter(provider_days::provider_id.eq(provider))
        .filter(provider_days::day.eq_any(days))
        .set(provider_days::revision.eq(provider_days::revision + 1))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}
