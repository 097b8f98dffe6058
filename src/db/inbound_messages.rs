//! `inbound_messages`: what patients texted to the clinic, sealed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::schema::inbound_messages;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// The table's name and the sealed column's, as the vault binds them into a seal.
pub const TABLE: &str = "inbound_messages";
pub const SEALED_BODY: &str = "sealed_body";

/// A text that is for staff to read.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = inbound_messages, check_for_backend(diesel::pg::Pg))]
pub struct ForStaff {
    pub id: Uuid,
    pub phone: String,
    pub sealed_body: Vec<u8>,
    pub received_at: OffsetDateTime,
}

/// The latest texts that were no answer, or asked us to stop; newest first.
pub async fn list_for_staff(
    conn: &mut Connection,
    org: OrgId,
    limit: i64,
) -> Result<Vec<ForStaff>, Error> {
    Ok(inbound_messages::table
        .filter(inbound_messages::org_id.eq(org.0))
        .filter(inbound_messages::meaning.eq_any(["other", "stop"]))
        .order(inbound_messages::received_at.desc())
        .limit(limit)
        .select(ForStaff::as_select())
        .load(conn)
        .await?)
}
