//! `confirmation_links`: which appointment a link in a text leads to. Only digests of the tokens are here.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::{confirmation_links, sms_messages};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Writes a link, unless it is known: a text that is composed again carries the same one.
pub async fn insert_if_new(
    conn: &mut Connection,
    org: OrgId,
    digest: &[u8],
    message_id: Uuid,
    appointment_id: Uuid,
) -> Result<(), Error> {
    diesel::insert_into(confirmation_links::table)
        .values((
            confirmation_links::org_id.eq(org.0),
            confirmation_links::digest.eq(digest),
            confirmation_links::message_id.eq(message_id),
            confirmation_links::appointment_id.eq(appointment_id),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// A link, as it was sent.
#[derive(Clone, Queryable)]
pub struct LinkRow {
    pub org_id: Uuid,
    pub message_id: Uuid,
    pub appointment_id: Uuid,
    /// The number that it was sent to.
    pub to_phone: Option<String>,
}

/// The link of this digest. The one look-up besides an organization's name that is not told its
/// organization: a token says whose it is, and the caller verifies that it does.
pub async fn find(conn: &mut Connection, digest: &[u8]) -> Result<Option<LinkRow>, Error> {
    let of_the_message = sms_messages::org_id
        .eq(confirmation_links::org_id)
        .and(sms_messages::id.eq(confirmation_links::message_id));
    Ok(confirmation_links::table
        .inner_join(sms_messages::table.on(of_the_message))
        .filter(confirmation_links::digest.eq(digest))
        .select((
            confirmation_links::org_id,
            confirmation_links::message_id,
            confirmation_links::appointment_id,
            sms_messages::to_phone,
        ))
        .first(conn)
        .await
        .optional()?)
}
