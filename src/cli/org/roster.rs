//! Providers and services as the file lists them, merged onto the rows that are there. A row is known by
//! its name, however spelled; who is no longer listed stays, inactive, for the appointments of the past;
//! a number is never given twice, because a `slot_id` carries it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::db::Connection;
use crate::db::providers::{self, ProviderRow};
use crate::db::services::{self, ServiceRow};
use crate::domain::org_id::OrgId;
use crate::domain::patient::fold_name;
use crate::domain::slot_id::MAX_NUMBER;

use super::OrgError;
use super::file::{ProviderEntry, ServiceEntry};

/// The ids of the listed providers, in the file's order.
pub(super) async fn merge_providers(
    conn: &mut Connection,
    org: OrgId,
    listed: &[ProviderEntry],
    changes: &mut Vec<String>,
) -> Result<Vec<Uuid>, OrgError> {
    let rows = providers::list_rows(conn, org).await?;
    let mut numbers = Numbers::after(&rows);
    let by_name = ByName::new(&rows);
    let mut wanted = Vec::new();
    for entry in listed {
        let (id, number) = match by_name.find(&entry.name) {
            Some(row) => (row.id, row.number),
            None => (Uuid::now_v7(), numbers.next()?),
        };
        wanted.push(ProviderRow {
            org_id: org.0,
            id,
            number,
            name: entry.name.clone(),
            active: true,
        });
    }
    let ids = wanted.iter().map(Row::id).collect();
    for row in differing(&rows, wanted, changes) {
        match rows.iter().find(|stored| stored.id == row.id) {
            Some(stored) => providers::update(conn, stored, &row).await?,
            None => providers::insert(conn, &row).await?,
        }
    }
    Ok(ids)
}

/// The ids of the listed services, in the file's order.
pub(super) async fn merge_services(
    conn: &mut Connection,
    org: OrgId,
    listed: &[ServiceEntry],
    changes: &mut Vec<String>,
) -> Result<Vec<Uuid>, OrgError> {
    let rows = services::list_rows(conn, org).await?;
    let mut numbers = Numbers::after(&rows);
    let by_name = ByName::new(&rows);
    let mut wanted = Vec::new();
    for entry in listed {
        let (id, number) = match by_name.find(&entry.name) {
            Some(row) => (row.id, row.number),
            None => (Uuid::now_v7(), numbers.next()?),
        };
        wanted.push(ServiceRow {
            org_id: org.0,
            id,
            number,
            name: entry.name.clone(),
            duration_minutes: entry.minutes,
            buffer_before_minutes: entry.buffer_before,
            buffer_after_minutes: entry.buffer_after,
            is_default: entry.is_default,
            active: true,
        });
    }
    let ids = wanted.iter().map(Row::id).collect();
    let mut changed = differing(&rows, wanted, changes);
    // There is one default at any moment: the old one goes before the new one comes.
    changed.sort_by_key(|row| row.is_default && row.active);
    for row in changed {
        match rows.iter().find(|stored| stored.id == row.id) {
            Some(stored) => services::update(conn, stored, &row).await?,
            None => services::insert(conn, &row).await?,
        }
    }
    Ok(ids)
}

/// What providers and services have in common.
trait Row: Clone + PartialEq {
    const ONE: &'static str;
    const MANY: &'static str;
    fn id(&self) -> Uuid;
    fn number(&self) -> i16;
    fn name(&self) -> &str;
    fn is_active(&self) -> bool;
    fn retired(&self) -> Self;
}

impl Row for ProviderRow {
    const ONE: &'static str = "provider";
    const MANY: &'static str = "providers";
    fn id(&self) -> Uuid {
        self.id
    }
    fn number(&self) -> i16 {
        self.number
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn is_active(&self) -> bool {
        self.active
    }
    fn retired(&self) -> Self {
        Self { active: false, ..self.clone() }
    }
}

impl Row for ServiceRow {
    const ONE: &'static str = "service";
    const MANY: &'static str = "services";
    fn id(&self) -> Uuid {
        self.id
    }
    fn number(&self) -> i16 {
        self.number
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn is_active(&self) -> bool {
        self.active
    }
    fn retired(&self) -> Self {
        Self { active: false, ..self.clone() }
    }
}

/// Rows by how they sound.
struct ByName<'r, R>(BTreeMap<String, Vec<&'r R>>);

impl<'r, R: Row> ByName<'r, R> {
    fn new(rows: &'r [R]) -> Self {
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows {
            by_name.entry(fold_name(row.name())).or_default().push(row);
        }
        Self(by_name)
    }

    /// The row that a name means: of several that sound alike, the one spelled so, then one in use.
    fn find(&self, name: &str) -> Option<&'r R> {
        let alike = self.0.get(&fold_name(name))?.iter().copied();
        alike.min_by_key(|row| (row.name() != name, !row.is_active(), row.number()))
    }
}

/// The rows to write so that exactly `wanted` are in use, and the words for it.
fn differing<R: Row>(rows: &[R], wanted: Vec<R>, changes: &mut Vec<String>) -> Vec<R> {
    let listed: BTreeSet<Uuid> = wanted.iter().map(Row::id).collect();
    let stored: BTreeMap<Uuid, &R> = rows.iter().map(|row| (row.id(), row)).collect();
    let retired: Vec<R> = rows
        .iter()
        .filter(|row| row.is_active() && !listed.contains(&row.id()))
        .map(Row::retired)
        .collect();
    let (known, added): (Vec<R>, Vec<R>) =
        wanted.into_iter().partition(|row| stored.contains_key(&row.id()));
    let is_changed = |row: &R| stored.get(&row.id()).is_none_or(|stored| *stored != row);
    let changed: Vec<R> = known.into_iter().filter(is_changed).collect();
    for (these, what) in [(&added, "added"), (&changed, "changed"), (&retired, "no longer listed")]
    {
        match these.len() {
            0 => {}
            1 => changes.push(format!("1 {} {what}", R::ONE)),
            n => changes.push(format!("{n} {} {what}", R::MANY)),
        }
    }
    retired.into_iter().chain(changed).chain(added).collect()
}

/// Numbers that no row ever had.
struct Numbers {
    last: i16,
    of_what: &'static str,
}

impl Numbers {
    fn after<R: Row>(rows: &[R]) -> Self {
        Self { last: rows.iter().map(Row::number).max().unwrap_or(0), of_what: R::MANY }
    }

    fn next(&mut self) -> Result<i16, OrgError> {
        self.last = self.last.saturating_add(1);
        let fits = u16::try_from(self.last).is_ok_and(|number| number <= MAX_NUMBER);
        if fits { Ok(self.last) } else { Err(OrgError::OutOfNumbers(self.of_what)) }
    }
}
