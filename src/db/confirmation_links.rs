//! `confirmation_links`: which appointment a link in a text leads to. Only digests of the tokens are here.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::schema::confirmation_links;
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

/// The text that carries the link of this digest, whichever organization's: a token says whose it is.
pub async fn find_message(
    conn: &mut Connection,
    digest: &[u8],
) -> Result<Option<(OrgId, Uuid)>, Error> {
    let found: Option<(Uuid, Uuid)> = confirmation_links::table
        .filter(confirmation_links::digest.eq(digest))
        .select((confirmation_links::org_id, confirmation_links::message_id))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(org, message_id)| (OrgId(org), message_id)))
}
