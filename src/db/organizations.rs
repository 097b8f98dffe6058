//! `organizations`, and a clinic's whole rules read in one go.

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use time::Duration;
use uuid::Uuid;

use crate::db::schema::organizations;
use crate::db::{Connection, Error, closures, opening_hours, providers, services};
use crate::domain::clinic::Clinic;
use crate::domain::on_unknown::OnUnknown;
use crate::domain::org_id::OrgId;
use crate::domain::zone::Zone;

/// The constraint that keeps a slug from naming two organizations.
pub const NO_TWO_SHARE_A_SLUG: &str = "no_two_organizations_share_a_slug";

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = organizations, check_for_backend(diesel::pg::Pg))]
pub struct OrganizationRow {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub timezone: String,
    pub region: String,
    pub locale: String,
    pub slot_minutes: i16,
    pub min_notice_minutes: i32,
    pub horizon_days: i16,
    pub texts_enabled: bool,
    #[diesel(embed)]
    pub text_settings: TextSettingsRow,
}

/// The columns that say how patients are texted. Postgres's arrays may hold nulls; constraints and
/// the clinic's file keep them out of ours.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organizations, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub struct TextSettingsRow {
    pub phone: Option<String>,
    pub on_unknown: String,
    pub decline_cancels: bool,
    pub reminder_minutes: Vec<Option<i32>>,
    pub texts_per_number_per_day: i32,
    pub numbers_per_day: i32,
    pub text_countries: Vec<Option<String>>,
}

/// What an organization has decided about its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRules {
    pub region: String,
    /// ISO 3166 codes; empty: its own region alone.
    pub countries: Vec<String>,
    pub texts_per_number_per_day: i32,
    pub numbers_per_day: i32,
    /// Whether a text that Twilio does not list is held back rather than resent.
    pub holds_unknown: bool,
}

/// The rules for the texts of an organization that must exist.
pub async fn get_text_rules(conn: &mut Connection, org: OrgId) -> Result<TextRules, Error> {
    let (region, countries, texts_per_number_per_day, numbers_per_day, on_unknown): (
        String,
        Vec<Option<String>>,
        i32,
        i32,
        String,
    ) = organizations::table
        .find(org.0)
        .select((
            organizations::region,
            organizations::text_countries,
            organizations::texts_per_number_per_day,
            organizations::numbers_per_day,
            organizations::on_unknown,
        ))
        .first(conn)
        .await?;
    Ok(TextRules {
        region,
        countries: countries.into_iter().flatten().collect(),
        texts_per_number_per_day,
        numbers_per_day,
        holds_unknown: on_unknown == OnUnknown::Hold.as_str(),
    })
}

/// The organization that a URL names, by slug or id. The one look-up that is not told its organization.
pub async fn find(conn: &Connection, slug_or_id: &str) -> Result<Option<OrganizationRow>, Error> {
    let mut conn = conn;
    let query = organizations::table.select(OrganizationRow::as_select());
    let row = match Uuid::parse_str(slug_or_id) {
        Ok(id) => query.filter(organizations::id.eq(id)).first(&mut conn).await,
        Err(_) => query.filter(organizations::slug.eq(slug_or_id)).first(&mut conn).await,
    };
    Ok(row.optional()?)
}

/// Every organization, by slug.
pub async fn list(conn: &mut Connection) -> Result<Vec<OrganizationRow>, Error> {
    let query = organizations::table.select(OrganizationRow::as_select());
    Ok(query.order(organizations::slug).load(conn).await?)
}

/// The organization, kept from whoever else would change it until the transaction ends. Bookings go on:
/// their foreign keys share this lock.
pub async fn lock(conn: &mut Connection, org: OrgId) -> Result<Option<OrganizationRow>, Error> {
    let query = organizations::table.find(org.0).select(OrganizationRow::as_select());
    Ok(query.for_no_key_update().first(conn).await.optional()?)
}

/// Writes a new organization. False: somebody was faster, with its id or its slug; we waited for them. Of
/// one constraint alone the other would be an error where two write the same at the same moment.
pub async fn insert_if_new(conn: &mut Connection, row: &OrganizationRow) -> Result<bool, Error> {
    let insert = diesel::insert_into(organizations::table).values(row);
    let inserted = insert.on_conflict_do_nothing().execute(conn).await?;
    Ok(inserted == 1)
}

/// Writes what differs. Naming a key would lock out the foreign keys of bookings, so the slug is
/// named only where it is another.
pub async fn update(
    conn: &mut Connection,
    stored: &OrganizationRow,
    row: &OrganizationRow,
) -> Result<(), Error> {
    let slug = (stored.slug != row.slug).then(|| organizations::slug.eq(&row.slug));
    diesel::update(organizations::table.find(stored.id))
        .set((
            slug,
            organizations::name.eq(&row.name),
            organizations::timezone.eq(&row.timezone),
            organizations::region.eq(&row.region),
            organizations::locale.eq(&row.locale),
            organizations::slot_minutes.eq(row.slot_minutes),
            organizations::min_notice_minutes.eq(row.min_notice_minutes),
            organizations::horizon_days.eq(row.horizon_days),
            organizations::texts_enabled.eq(row.texts_enabled),
            &row.text_settings,
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The present revision of the clinic's rules. `None`: there is no such organization.
pub async fn find_revision(conn: &Connection, org: OrgId) -> Result<Option<i64>, Error> {
    let mut conn = conn;
    let revision = organizations::table.find(org.0).select(organizations::rules_revision);
    Ok(revision.first(&mut conn).await.optional()?)
}

/// Tells everybody who keeps the clinic's rules that they have changed. It goes by the clock, so that a
/// database that was set back (a restore, a failover) does not come to a number that somebody has seen.
pub async fn raise_revision(conn: &mut Connection, org: OrgId) -> Result<(), Error> {
    diesel::sql_query(
        "UPDATE organizations SET rules_revision = greatest(rules_revision + 1, \
         (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) WHERE id = $1",
    )
    .bind::<SqlUuid, _>(org.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The clinic with all its rules. `None`: there is no such organization. Outside a snapshot the rules may
/// be of two states; then the revision, which is read first, is not the present one any more.
pub async fn find_clinic(conn: &Connection, org: OrgId) -> Result<Option<Clinic>, Error> {
    let mut first = conn;
    let row: Option<(OrganizationRow, i64)> = organizations::table
        .find(org.0)
        .select((OrganizationRow::as_select(), organizations::rules_revision))
        .first(&mut first)
        .await
        .optional()?;
    let Some((row, revision)) = row else { return Ok(None) };
    let (providers, services, opening_hours, closures) = tokio::try_join!(
        providers::list(conn, org),
        services::list(conn, org),
        opening_hours::list(conn, org),
        closures::list(conn, org),
    )?;
    let zone = Zone::find(&row.timezone).ok_or(Error::Broken("an unknown time zone"))?;
    let count = |n: i16| u16::try_from(n).map_err(|_reason| Error::Broken("a negative count"));
    let leads = row.text_settings.reminder_minutes.into_iter().flatten();
    Ok(Some(Clinic {
        org,
        revision,
        zone,
        slot_minutes: count(row.slot_minutes)?,
        horizon_days: count(row.horizon_days)?,
        slug: row.slug,
        name: row.name,
        region: row.region,
        locale: row.locale,
        min_notice: Duration::minutes(row.min_notice_minutes.into()),
        texts_enabled: row.texts_enabled,
        reminder_leads: leads.map(|minutes| Duration::minutes(minutes.into())).collect(),
        providers,
        services,
        opening_hours,
        closures,
    }))
}
