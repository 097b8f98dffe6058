//! `text_templates`: a clinic's own words for its texts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::schema::text_templates;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::text_kind::TextKind;

/// The clinic's words for a kind of text. `None`: it uses the program's.
pub async fn find(
    conn: &mut Connection,
    org: OrgId,
    kind: TextKind,
) -> Result<Option<String>, Error> {
    Ok(text_templates::table
        .filter(text_templates::org_id.eq(org.0).and(text_templates::kind.eq(kind.as_str())))
        .select(text_templates::body)
        .first(conn)
        .await
        .optional()?)
}

/// All words of the clinic's own, by kind.
pub async fn list(conn: &mut Connection, org: OrgId) -> Result<Vec<(TextKind, String)>, Error> {
    let rows: Vec<(String, String)> = text_templates::table
        .filter(text_templates::org_id.eq(org.0))
        .select((text_templates::kind, text_templates::body))
        .load(conn)
        .await?;
    let read = |(kind, body): (String, String)| Some((TextKind::parse(&kind)?, body));
    let read: Option<Vec<_>> = rows.into_iter().map(read).collect();
    let mut all = read.ok_or(Error::Broken("an unknown kind of text"))?;
    all.sort_unstable();
    Ok(all)
}

/// Replaces all of them.
pub async fn replace(
    conn: &mut Connection,
    org: OrgId,
    all: &[(TextKind, String)],
) -> Result<(), Error> {
    let stored = text_templates::table.filter(text_templates::org_id.eq(org.0));
    diesel::delete(stored).execute(conn).await?;
    let row = |(kind, body): &(TextKind, String)| {
        (
            text_templates::org_id.eq(org.0),
            text_templates::kind.eq(kind.as_str()),
            text_templates::body.eq(body.clone()),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    diesel::insert_into(text_templates::table).values(rows).execute(conn).await?;
    Ok(())
}
