//! `organizations`, and a clinic's whole rules read in one go.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::Duration;
use uuid::Uuid;

use crate::db::schema::organizations;
use crate::db::{Connection, Error, closures, opening_hours, providers, services};
use crate::domain::clinic::Clinic;
use crate::domain::org_id::OrgId;
use crate::domain::zone::Zone;

/// The constraint that keeps a slug from naming two organizations.
pub const NO_TWO_SHARE_A_SLUG: &str = "no_two_organizations_share_a_slug";

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organizations, check_for_backend(diesel::pg::Pg))]
pub struct OrganizationRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub timezone: String,
    pub region: String,
    pub locale: String,
    pub slot_minutes: i16,
    pub min_notice_minutes: i32,
    pub horizon_days: i16,
    pub texts_enabled: bool,
}

/// The organization that a URL names, by slug or id. The one look-up that is not told its organization.
pub async fn find(conn: &Connection, slug_or_id: &str) -> Result<Option<OrganizationRow>, Error> {
    let mut conn = conn;
    let query = organizations::table.select(OrganizationRow::as_select());
    let row = match Uuid::parse_str(slug_or_id) {
        Ok(id) => query.filter(organizations::id.eq(id)).first(&mut conn).await,
        Err(_) => query.filter(organizations::slug.eq(slug_or_id)).first(&mut conn).await,
    };
    Ok(row.optional()?)
}

/// Every organization, by slug.
pub async fn list(conn: &mut Connection) -> Result<Vec<OrganizationRow>, Error> {
    let query = organizations::table.select(OrganizationRow::as_select());
    Ok(query.order(organizations::slug).load(conn).await?)
}

/// Writes the organization, new or changed.
pub async fn upsert(conn: &mut Connection, row: &OrganizationRow) -> Result<(), Error> {
    diesel::insert_into(organizations::table)
        .values(row)
        .on_conflict(organizations::id)
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// The clinic with all its rules; its queries travel together. `None`: there is no such organization.
pub async fn find_clinic(conn: &Connection, org: OrgId) -> Result<Option<Clinic>, Error> {
    let id = org.0.to_string();
    let (row, providers, services, opening_hours, closures) = tokio::try_join!(
        find(conn, &id),
        providers::list(conn, org),
        services::list(conn, org),
        opening_hours::list(conn, org),
        closures::list(conn, org),
    )?;
    let Some(row) = row else { return Ok(None) };
    let zone = Zone::find(&row.timezone).ok_or(Error::Broken("an unknown time zone"))?;
    let count = |n: i16| u16::try_from(n).map_err(|_reason| Error::Broken("a negative count"));
    Ok(Some(Clinic {
        org,
        zone,
        slot_minutes: count(row.slot_minutes)?,
        horizon_days: count(row.horizon_days)?,
        slug: row.slug,
        name: row.name,
        region: row.region,
        locale: row.locale,
        min_notice: Duration::minutes(row.min_notice_minutes.into()),
        texts_enabled: row.texts_enabled,
        providers,
        services,
        opening_hours,
        closures,
    }))
}
