//! Opening hours, closures and who gives what: replaced as a whole where they differ from the file, and
//! not touched where they do not.

use time::Weekday;
use uuid::Uuid;

use crate::db::{Connection, Error, closures, opening_hours, services};
use crate::domain::clinic::{Closure, ClosureKind, OpeningHours};
use crate::domain::org_id::OrgId;

use super::file::OrgFile;

/// Monday first, as in the file's week.
const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// `providers` and `services` are the ids of those the file lists, in its order.
pub(super) async fn merge(
    conn: &mut Connection,
    org: OrgId,
    file: &OrgFile,
    providers: &[Uuid],
    services: &[Uuid],
    changes: &mut Vec<String>,
) -> Result<(), Error> {
    let mut stored = opening_hours::list(conn, org).await?;
    let mut wanted = hours(file, providers);
    stored.sort_by_key(order_of_hours);
    wanted.sort_by_key(order_of_hours);
    if stored != wanted {
        opening_hours::replace(conn, org, &wanted).await?;
        changes.push("hours changed".to_owned());
    }

    let stored = services::list(conn, org).await?;
    let pairs = stored.iter().flat_map(|s| s.provider_ids.iter().map(move |p| (*p, s.id)));
    let mut stored: Vec<(Uuid, Uuid)> = pairs.collect();
    let mut wanted = given(file, providers, services);
    stored.sort_unstable();
    wanted.sort_unstable();
    if stored != wanted {
        services::replace_given(conn, org, &wanted).await?;
        changes.push("who gives which service changed".to_owned());
    }

    let mut stored = closures::list(conn, org).await?;
    let mut wanted = exceptions(file, providers);
    stored.sort_by_key(order_of_closures);
    wanted.sort_by_key(order_of_closures);
    if stored != wanted {
        closures::replace(conn, org, &wanted).await?;
        changes.push("closures changed".to_owned());
    }
    Ok(())
}

fn hours(file: &OrgFile, providers: &[Uuid]) -> Vec<OpeningHours> {
    let weeks = file.providers.iter().zip(providers);
    let days = weeks.flat_map(|(p, id)| p.week.0.iter().zip(WEEK).map(move |day| (*id, day)));
    days.flat_map(|(provider_id, (stretches, weekday))| {
        stretches.iter().map(move |(opens, closes)| OpeningHours {
            provider_id,
            weekday,
            opens: *opens,
            closes: *closes,
        })
    })
    .collect()
}

fn given(file: &OrgFile, providers: &[Uuid], services: &[Uuid]) -> Vec<(Uuid, Uuid)> {
    let listed = file.services.iter().zip(services);
    listed
        .flat_map(|(s, id)| {
            s.providers.iter().filter_map(|place| Some((*providers.get(*place)?, *id)))
        })
        .collect()
}

fn exceptions(file: &OrgFile, providers: &[Uuid]) -> Vec<Closure> {
    let entries = file.closures.iter();
    entries
        .map(|entry| Closure {
            provider_id: entry.provider.and_then(|place| providers.get(place)).copied(),
            on: entry.on,
            kind: entry.kind,
            from: entry.hours.0,
            until: entry.hours.1,
        })
        .collect()
}

fn order_of_hours(hours: &OpeningHours) -> impl Ord + use<> {
    (hours.provider_id, hours.weekday.number_from_monday(), hours.opens, hours.closes)
}

fn order_of_closures(closure: &Closure) -> impl Ord + use<> {
    let is_open = closure.kind == ClosureKind::Open;
    (closure.on, closure.provider_id, is_open, closure.from, closure.until)
}
