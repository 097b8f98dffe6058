//! `opening_hours`: the providers' weeks.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::Weekday;
use uuid::Uuid;

use crate::db::schema::opening_hours;
use crate::db::{Connection, Error};
use crate::domain::clinic::OpeningHours;
use crate::domain::org_id::OrgId;

/// Monday is 1, as in ISO 8601.
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// The weeks of all providers.
pub async fn list(conn: &Connection, org: OrgId) -> Result<Vec<OpeningHours>, Error> {
    let mut conn = conn;
    let rows: Vec<(Uuid, i16, i16, i16)> = opening_hours::table
        .filter(opening_hours::org_id.eq(org.0))
        .order((opening_hours::provider_id, opening_hours::weekday, opening_hours::opens_minute))
        .select((
            opening_hours::provider_id,
            opening_hours::weekday,
            opening_hours::opens_minute,
            opening_hours::closes_minute,
        ))
        .load(&mut conn)
        .await?;
    rows.into_iter().map(read).collect::<Option<_>>().ok_or(Error::Broken("opening hours out of range"))
}

/// Replaces all weeks.
pub async fn replace(conn: &mut Connection, org: OrgId, hours: &[OpeningHours]) -> Result<(), Error> {
    diesel::delete(opening_hours::table.filter(opening_hours::org_id.eq(org.0))).execute(conn).await?;
    let rows: Vec<_> = hours
        .iter()
        .map(|h| {
            (
                opening_hours::org_id.eq(org.0),
                opening_hours::provider_id.eq(h.provider_id),
                opening_hours::weekday.eq(i16::from(h.weekday.number_from_monday())),
                opening_hours::opens_minute.eq(i16::try_from(h.opens).unwrap_or(i16::MAX)),
                opening_hours::closes_minute.eq(i16::try_from(h.closes).unwrap_or(i16::MAX)),
            )
        })
        .collect();
    // A statement takes at most 65,535 parameters.
    for rows in rows.chunks(5_000) {
        diesel::insert_into(opening_hours::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

fn read((provider_id, weekday, opens, closes): (Uuid, i16, i16, i16)) -> Option<OpeningHours> {
    Some(OpeningHours {
        provider_id,
        weekday: *WEEK.get(usize::try_from(weekday.checked_sub(1)?).ok()?)?,
        opens: u16::try_from(opens).ok()?,
        closes: u16::try_from(closes).ok()?,
    })
}
