//! `services` and `provider_services`: what is offered, and by whom.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::Duration;
use uuid::Uuid;

use crate::db::schema::{provider_services, services};
use crate::db::{Connection, Error};
use crate::domain::clinic::Service;
use crate::domain::org_id::OrgId;

/// A row of `services`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = services, check_for_backend(diesel::pg::Pg))]
pub struct ServiceRow {
    pub org_id: Uuid,
    pub id: Uuid,
    pub number: i16,
    pub name: String,
    pub duration_minutes: i16,
    pub buffer_before_minutes: i16,
    pub buffer_after_minutes: i16,
    pub is_default: bool,
    pub active: bool,
}

/// The clinic's present services, in its order, each with the providers who give it.
pub async fn list(conn: &Connection, org: OrgId) -> Result<Vec<Service>, Error> {
    let (mut first, mut second) = (conn, conn);
    let (rows, given): (Vec<ServiceRow>, Vec<(Uuid, Uuid)>) = tokio::try_join!(
        services::table
            .filter(services::org_id.eq(org.0).and(services::active))
            .order(services::number)
            .select(ServiceRow::as_select())
            .load(&mut first),
        provider_services::table
            .filter(provider_services::org_id.eq(org.0))
            .select((provider_services::service_id, provider_services::provider_id))
            .load(&mut second),
    )?;
    rows.into_iter()
        .map(|row| {
            Ok(Service {
                number: u16::try_from(row.number)
                    .map_err(|_reason| Error::Broken("a negative number"))?,
                duration: Duration::minutes(row.duration_minutes.into()),
                buffer_before: Duration::minutes(row.buffer_before_minutes.into()),
                buffer_after: Duration::minutes(row.buffer_after_minutes.into()),
                is_default: row.is_default,
                provider_ids: given.iter().filter(|(s, _)| *s == row.id).map(|(_, p)| *p).collect(),
                id: row.id,
                name: row.name,
            })
        })
        .collect()
}

/// Every service the clinic ever had.
pub async fn list_rows(conn: &mut Connection, org: OrgId) -> Result<Vec<ServiceRow>, Error> {
    Ok(services::table
        .filter(services::org_id.eq(org.0))
        .order(services::number)
        .select(ServiceRow::as_select())
        .load(conn)
        .await?)
}

/// Writes a new service.
pub async fn insert(conn: &mut Connection, row: &ServiceRow) -> Result<(), Error> {
    diesel::insert_into(services::table).values(row).execute(conn).await?;
    Ok(())
}

/// Writes what differs; id and number never do. Naming a key would lock out the foreign keys of
/// bookings, so the name is named only where it is another.
pub async fn update(
    conn: &mut Connection,
    stored: &ServiceRow,
    row: &ServiceRow,
) -> Result<(), Error> {
    let name = (stored.name != row.name).then(|| services::name.eq(&row.name));
    diesel::update(services::table.find((stored.org_id, stored.id)))
        .set((
            name,
            services::duration_minutes.eq(row.duration_minutes),
            services::buffer_before_minutes.eq(row.buffer_before_minutes),
            services::buffer_after_minutes.eq(row.buffer_after_minutes),
            services::is_default.eq(row.is_default),
            services::active.eq(row.active),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Replaces who gives what, as pairs of provider and service.
pub async fn replace_given(
    conn: &mut Connection,
    org: OrgId,
    given: &[(Uuid, Uuid)],
) -> Result<(), Error> {
    diesel::delete(provider_services::table.filter(provider_services::org_id.eq(org.0)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = given
        .iter()
        .map(|(provider, service)| {
            (
                provider_services::org_id.eq(org.0),
                provider_services::provider_id.eq(*provider),
                provider_services::service_id.eq(*service),
            )
        })
        .collect();
    // A statement takes at most 65,535 parameters.
    for rows in rows.chunks(5_000) {
        diesel::insert_into(provider_services::table).values(rows).execute(conn).await?;
    }
    Ok(())
}
