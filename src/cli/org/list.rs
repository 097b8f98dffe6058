//! `org list`: every organization on a line.

use std::fmt;

use crate::db::{Db, Error, organizations, providers, services};
use crate::domain::org_id::OrgId;

/// An organization as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub slug: String,
    pub org: OrgId,
    pub name: String,
    /// In use.
    pub providers: usize,
    /// In use.
    pub services: usize,
}

/// Every organization, by slug.
pub async fn list(db: &Db) -> Result<Vec<Listed>, Error> {
    let mut conn = db.connection().await?;
    let mut listed = Vec::new();
    for row in organizations::list(&mut conn).await? {
        let org = OrgId(row.id);
        let (providers, services) =
            tokio::try_join!(providers::list(&conn, org), services::list(&conn, org))?;
        listed.push(Listed {
            slug: row.slug,
            org,
            name: row.name,
            providers: providers.len(),
            services: services.len(),
        });
    }
    Ok(listed)
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize, what: &str| {
            if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
        };
        let (providers, services) =
            (count(self.providers, "provider"), count(self.services, "service"));
        write!(f, "{}  {}  {}  {providers}, {services}", self.slug, self.org, self.name)
    }
}
