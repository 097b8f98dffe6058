//! `vapi_credentials`: what a request must show to speak for an organization.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::schema::vapi_credentials;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// The table's name, as the vault binds it into a seal.
pub const TABLE: &str = "vapi_credentials";

/// The sealed column, likewise.
pub const SEALED_KEY: &str = "sealed_key";
/// The kind that is shown, in `x-vapi-secret` or as a bearer token.
pub const SECRET: &str = "secret";
/// The kind that signs the raw body.
pub const HMAC: &str = "hmac";

/// A row of the table.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = vapi_credentials, check_for_backend(diesel::pg::Pg))]
pub struct VapiCredentialRow {
    pub org_id: Uuid,
    pub id: Uuid,
    /// `secret` or `hmac`.
    pub kind: String,
    /// Keyed digest of a shared secret.
    pub digest: Option<Vec<u8>>,
    /// The sealed HMAC key.
    pub sealed_key: Option<Vec<u8>>,
    pub expires_at: Option<OffsetDateTime>,
}

/// The organization's credentials that are in force by the database's clock, newest first.
pub async fn list(conn: &mut Connection, org: OrgId) -> Result<Vec<VapiCredentialRow>, Error> {
    let in_force = vapi_credentials::expires_at
        .is_null()
        .or(vapi_credentials::expires_at.gt(diesel::dsl::now));
    Ok(vapi_credentials::table
        .filter(vapi_credentials::org_id.eq(org.0))
        .filter(in_force)
        .order((vapi_credentials::created_at.desc(), vapi_credentials::id.desc()))
        .select(VapiCredentialRow::as_select())
        .load(conn)
        .await?)
}

/// The organization's credentials, those that are no longer in force included.
pub async fn list_all(conn: &mut Connection, org: OrgId) -> Result<Vec<VapiCredentialRow>, Error> {
    Ok(vapi_credentials::table
        .filter(vapi_credentials::org_id.eq(org.0))
        .order((vapi_credentials::created_at, vapi_credentials::id))
        .select(VapiCredentialRow::as_select())
        .load(conn)
        .await?)
}

/// Adds a credential.
pub async fn insert(conn: &mut Connection, row: &VapiCredentialRow) -> Result<(), Error> {
    diesel::insert_into(vapi_credentials::table).values(row).execute(conn).await?;
    Ok(())
}

/// Ends a credential at `at`, or at the time it already ends if that is sooner.
pub async fn expire(conn: &mut Connection, org: OrgId, id: Uuid, at: OffsetDateTime) -> Result<(), Error> {
    let later = vapi_credentials::expires_at.is_null().or(vapi_credentials::expires_at.gt(at));
    diesel::update(vapi_credentials::table)
        .filter(vapi_credentials::org_id.eq(org.0).and(vapi_credentials::id.eq(id)))
        .filter(later)
        .set(vapi_credentials::expires_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a credential at once, by the database's clock. Its row stays, so that it can be told from one
/// that was never there.
pub async fn revoke(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::update(vapi_credentials::table)
        .filter(vapi_credentials::org_id.eq(org.0).and(vapi_credentials::id.eq(id)))
        .set(vapi_credentials::expires_at.eq(diesel::dsl::now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a credential away at once.
pub async fn delete(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<(), Error> {
    diesel::delete(vapi_credentials::table)
        .filter(vapi_credentials::org_id.eq(org.0).and(vapi_credentials::id.eq(id)))
        .execute(conn)
        .await?;
    Ok(())
}
