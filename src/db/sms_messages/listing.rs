//! `sms_messages` as staff read them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::schema::sms_messages;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// A text and what became of it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = sms_messages, check_for_backend(diesel::pg::Pg))]
pub struct ListedText {
    pub id: Uuid,
    pub kind: String,
    pub to_phone: Option<String>,
    pub sms_status: String,
    pub sms_reason: Option<String>,
    pub delivery_status: Option<String>,
    pub created_at: OffsetDateTime,
}

/// The latest texts of the organization, newest first.
pub async fn list_latest(
    conn: &mut Connection,
    org: OrgId,
    limit: i64,
) -> Result<Vec<ListedText>, Error> {
    Ok(sms_messages::table
        .filter(sms_messages::org_id.eq(org.0))
        .order((sms_messages::created_at.desc(), sms_messages::id.desc()))
        .limit(limit)
        .select(ListedText::as_select())
        .load(conn)
        .await?)
}
