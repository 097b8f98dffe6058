//! `org apply`: one transaction that makes the database say what the file says. Nothing is written where
//! both agree already: applied twice, the second time leaves every row as it was, ids and times included.

use std::fmt;

use serde_json::json;
use uuid::Uuid;

use crate::db::audit_log::{self, Actor};
use crate::db::organizations::{self, OrganizationRow};
use crate::db::{self, Connection, Db, End, vapi_credentials};
use crate::domain::org_id::OrgId;
use crate::vault::Vault;

use super::file::{OrgFile, Organization};
use super::{OrgError, keys, roster, rules, text_settings};

/// What applying a file did, in words that name nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub org: OrgId,
    /// The clinic's.
    pub name: String,
    /// Empty: the database said all that already.
    pub changes: Vec<String>,
    /// Whether no agent can speak for the clinic: `org rotate-secret` makes a secret.
    pub is_shut_out: bool,
}

/// Makes the database say what the file says, or changes nothing.
pub async fn apply(db: &Db, vault: &Vault, file: &OrgFile) -> Result<Applied, OrgError> {
    let org = find_org(db, &file.organization).await?;
    let merged = db::in_org(db, org, async |conn| match merge(conn, vault, org, file).await {
        Ok(applied) if applied.changes.is_empty() => Ok(End::RollBack(Ok(applied))),
        Ok(applied) => {
            let details = json!({ "changes": applied.changes });
            audit_log::insert(conn, org, Actor::Operator, "organization_applied", org.0, details)
                .await?;
            Ok(End::Commit(Ok(applied)))
        }
        Err(OrgError::Database(error)) => Err(error),
        Err(refused) => Ok(End::RollBack(Err(refused))),
    });
    merged.await.map_err(slug_taken)?
}

async fn merge(
    conn: &mut Connection,
    vault: &Vault,
    org: OrgId,
    file: &OrgFile,
) -> Result<Applied, OrgError> {
    let mut changes = Vec::new();
    let row = row(org, file);
    // First of all, and also where it changes nothing: the row's lock makes two applies take turns, and
    // only what is read behind it is what the other one left.
    let stored = match organizations::lock(conn, org).await? {
        None if !organizations::insert_if_new(conn, &row).await? => {
            let stored = organizations::lock(conn, org).await?;
            Some(stored.ok_or(OrgError::SlugTaken)?)
        }
        stored => stored,
    };
    changes.extend(differences(stored.as_ref(), &row));
    if let Some(stored) = stored.filter(|stored| *stored != row) {
        organizations::update(conn, &stored, &row).await?;
    }

    let providers = roster::merge_providers(conn, org, &file.providers, &mut changes).await?;
    let services = roster::merge_services(conn, org, &file.services, &mut changes).await?;
    rules::merge(conn, org, file, &providers, &services, &mut changes).await?;
    if !changes.is_empty() {
        organizations::raise_revision(conn, org).await?;
    }
    text_settings::merge_templates(conn, org, &file.texts, &mut changes).await?;
    keys::merge_vapi(conn, vault, org, &file.vapi, &mut changes).await?;
    keys::merge_twilio(conn, vault, org, &file.twilio, &mut changes).await?;
    let is_shut_out = vapi_credentials::list(conn, org).await?.is_empty();
    Ok(Applied { org, name: row.name, changes, is_shut_out })
}

/// The organization that the file means: by its id, else by its slug, else a new one.
async fn find_org(db: &Db, organization: &Organization) -> Result<OrgId, OrgError> {
    if let Some(id) = organization.id {
        return Ok(OrgId(id));
    }
    let conn = db.connection().await?;
    let found = organizations::find(&conn, &organization.slug).await?;
    Ok(OrgId(found.map_or_else(Uuid::now_v7, |row| row.id)))
}

fn row(org: OrgId, file: &OrgFile) -> OrganizationRow {
    let organization = &file.organization;
    OrganizationRow {
        id: org.0,
        slug: organization.slug.clone(),
        name: organization.name.clone(),
        timezone: organization.timezone.clone(),
        region: organization.region.clone(),
        locale: organization.locale.clone(),
        slot_minutes: organization.slot_minutes,
        min_notice_minutes: organization.min_notice_minutes,
        horizon_days: organization.horizon_days,
        texts_enabled: organization.texts,
        text_settings: file.texts.row.clone(),
    }
}

fn differences(stored: Option<&OrganizationRow>, row: &OrganizationRow) -> Vec<String> {
    let Some(stored) = stored else { return vec!["new organization".to_owned()] };
    let columns = [
        ("slug", stored.slug != row.slug),
        ("name", stored.name != row.name),
        ("timezone", stored.timezone != row.timezone),
        ("region", stored.region != row.region),
        ("locale", stored.locale != row.locale),
        ("slot_minutes", stored.slot_minutes != row.slot_minutes),
        ("min_notice_minutes", stored.min_notice_minutes != row.min_notice_minutes),
        ("horizon_days", stored.horizon_days != row.horizon_days),
        ("texts", stored.texts_enabled != row.texts_enabled),
    ];
    let changed = columns.into_iter().filter(|(_, differs)| *differs);
    let changed = changed.map(|(column, _)| format!("{column} changed"));
    changed.chain(text_settings::differences(&stored.text_settings, &row.text_settings)).collect()
}

fn slug_taken(error: db::Error) -> OrgError {
    match error {
        db::Error::Constraint(name) if name == organizations::NO_TWO_SHARE_A_SLUG => {
            OrgError::SlugTaken
        }
        other => other.into(),
    }
}

/// One line for the operator: "Maple Dental: 2 providers added, hours changed".
impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing = ["nothing changed".to_owned()];
        let changes: &[String] = if self.changes.is_empty() { &nothing } else { &self.changes };
        write!(f, "{}: {}", self.name, changes.join(", "))?;
        if self.is_shut_out {
            f.write_str("; no agent can speak for it until `org rotate-secret` makes a secret")?;
        }
        Ok(())
    }
}
