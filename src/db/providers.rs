//! `providers`: who or what cannot be booked twice at once.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::providers;
use crate::db::{Connection, Error};
use crate::domain::clinic::Provider;
use crate::domain::org_id::OrgId;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = providers, check_for_backend(diesel::pg::Pg))]
pub struct ProviderRow {
    pub org_id: Uuid,
    pub id: Uuid,
    pub number: i16,
    pub name: String,
    pub active: bool,
}

/// The clinic's present providers, in its order.
pub async fn list(conn: &Connection, org: OrgId) -> Result<Vec<Provider>, Error> {
    let mut conn = conn;
    let rows: Vec<(Uuid, i16, String)> = providers::table
        .filter(providers::org_id.eq(org.0).and(providers::active))
        .order(providers::number)
        .select((providers::id, providers::number, providers::name))
        .load(&mut conn)
        .await?;
    rows.into_iter()
        .map(|(id, number, name)| {
            let number =
                u16::try_from(number).map_err(|_reason| Error::Broken("a negative number"))?;
            Ok(Provider { id, number, name })
        })
        .collect()
}

/// Every provider the clinic ever had.
pub async fn list_rows(conn: &mut Connection, org: OrgId) -> Result<Vec<ProviderRow>, Error> {
    Ok(providers::table
        .filter(providers::org_id.eq(org.0))
        .order(providers::number)
        .select(ProviderRow::as_select())
        .load(conn)
        .await?)
}

/// Writes a new provider.
pub async fn insert(conn: &mut Connection, row: &ProviderRow) -> Result<(), Error> {
    diesel::insert_into(providers::table).values(row).execute(conn).await?;
    Ok(())
}

/// Writes what differs; id and number never do. Naming a key would lock out the foreign keys of
/// bookings, so the name is named only where it is another.
pub async fn update(
    conn: &mut Connection,
    stored: &ProviderRow,
    row: &ProviderRow,
) -> Result<(), Error> {
    let name = (stored.name != row.name).then(|| providers::name.eq(&row.name));
    diesel::update(providers::table.find((stored.org_id, stored.id)))
        .set((name, providers::active.eq(row.active)))
        .execute(conn)
        .await?;
    Ok(())
}
