//! `closures`: dated exceptions to the opening hours.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::Date;
use uuid::Uuid;

use crate::db::schema::closures;
use crate::db::{Connection, Error};
use crate::domain::clinic::{Closure, ClosureKind};
use crate::domain::org_id::OrgId;

/// All exceptions, by date.
pub async fn list(conn: &Connection, org: OrgId) -> Result<Vec<Closure>, Error> {
    let mut conn = conn;
    let rows: Vec<(Option<Uuid>, Date, String, i16, i16)> = closures::table
        .filter(closures::org_id.eq(org.0))
        .order((closures::on_date, closures::from_minute, closures::provider_id))
        .select((
            closures::provider_id,
            closures::on_date,
            closures::kind,
            closures::from_minute,
            closures::until_minute,
        ))
        .load(&mut conn)
        .await?;
    rows.into_iter().map(read).collect::<Option<_>>().ok_or(Error::Broken("a closure out of range"))
}

/// Replaces all exceptions.
pub async fn replace(conn: &mut Connection, org: OrgId, all: &[Closure]) -> Result<(), Error> {
    diesel::delete(closures::table.filter(closures::org_id.eq(org.0))).execute(conn).await?;
    let rows: Vec<_> = all
        .iter()
        .map(|c| {
            (
                closures::org_id.eq(org.0),
                closures::id.eq(Uuid::now_v7()),
                closures::provider_id.eq(c.provider_id),
                closures::on_date.eq(c.on),
                closures::kind.eq(match c.kind {
                    ClosureKind::Closed => "closed",
                    ClosureKind::Open => "open",
                }),
                closures::from_minute.eq(i16::try_from(c.from).unwrap_or(i16::MAX)),
                closures::until_minute.eq(i16::try_from(c.until).unwrap_or(i16::MAX)),
            )
        })
        .collect();
    // A statement takes at most 65,535 parameters.
    for rows in rows.chunks(5_000) {
        diesel::insert_into(closures::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

fn read((provider_id, on, kind, from, until): (Option<Uuid>, Date, String, i16, i16)) -> Option<Closure> {
    Some(Closure {
        provider_id,
        on,
        kind: match kind.as_str() {
            "closed" => ClosureKind::Closed,
            "open" => ClosureKind::Open,
            _ => return None,
        },
        from: u16::try_from(from).ok()?,
        until: u16::try_from(until).ok()?,
    })
}
