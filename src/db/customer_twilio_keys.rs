//! `customer_twilio_keys`: the clinics' own Twilio accounts, sealed. What is in a row is bytes; the
//! vault is opened by whoever needs the keys.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::customer_twilio_keys;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// The table's name, as the vault binds it into a seal.
pub const TABLE: &str = "customer_twilio_keys";

/// A row of the table.
#[derive(Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customer_twilio_keys, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct TwilioKeysRow {
    pub org_id: Uuid,
    pub account_sid: Vec<u8>,
    pub auth_token: Vec<u8>,
    pub secondary_auth_token: Option<Vec<u8>>,
    pub api_key_sid: Option<Vec<u8>>,
    pub api_key_secret: Option<Vec<u8>>,
    pub phone_number: Option<String>,
    pub messaging_service_sid: Option<String>,
}

/// The organization's keys, if it has any.
pub async fn find(conn: &mut Connection, org: OrgId) -> Result<Option<TwilioKeysRow>, Error> {
    Ok(customer_twilio_keys::table
        .filter(customer_twilio_keys::org_id.eq(org.0))
        .select(TwilioKeysRow::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Whether the organization has keys.
pub async fn exist(conn: &mut Connection, org: OrgId) -> Result<bool, Error> {
    let keys = customer_twilio_keys::table.filter(customer_twilio_keys::org_id.eq(org.0));
    Ok(diesel::select(diesel::dsl::exists(keys)).get_result(conn).await?)
}

/// Writes the organization's keys, new or changed.
pub async fn upsert(conn: &mut Connection, row: &TwilioKeysRow) -> Result<(), Error> {
    diesel::insert_into(customer_twilio_keys::table)
        .values(row)
        .on_conflict(customer_twilio_keys::org_id)
        .do_update()
        .set((row, customer_twilio_keys::updated_at.eq(diesel::dsl::now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the organization's keys away.
pub async fn delete(conn: &mut Connection, org: OrgId) -> Result<(), Error> {
    diesel::delete(customer_twilio_keys::table.filter(customer_twilio_keys::org_id.eq(org.0)))
        .execute(conn)
        .await?;
    Ok(())
}
