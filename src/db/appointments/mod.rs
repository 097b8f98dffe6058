//! `appointments`: the slots that patients have.

pub mod answers;
mod for_text;

use diesel::dsl::AsSelect;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::on_constraint;
use diesel_async::RunQueryDsl;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::{appointments, patients};
use crate::db::{Connection, Error};
use crate::domain::appointment::Appointment;
use crate::domain::appointment_status::AppointmentStatus;
use crate::domain::calendar::Stretch;
use crate::domain::org_id::OrgId;

pub use for_text::{ForText, get_for_text, keep, list_declined};

/// The exclusion constraint that keeps a patient from being in two places.
pub const OF_A_PATIENT_NEVER_OVERLAP: &str = "appointments_of_a_patient_never_overlap";

/// The table's own bound on a busy range: how far back one that reaches into a stretch may begin.
const LONGEST_BUSY: Duration = Duration::days(2);

/// A row to write.
#[derive(Insertable)]
#[diesel(table_name = appointments)]
pub struct NewAppointment<'a> {
    pub org_id: Uuid,
    pub id: Uuid,
    pub provider_id: Uuid,
    pub patient_id: Uuid,
    pub service_id: Uuid,
    pub starts_at: OffsetDateTime,
    pub ends_at: OffsetDateTime,
    pub busy_from: OffsetDateTime,
    pub busy_until: OffsetDateTime,
    pub local_start: PrimitiveDateTime,
    pub timezone: &'a str,
    pub notes: Option<&'a str>,
    pub call_key: &'a str,
}

/// What keeps a provider busy.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Busy {
    pub provider_id: Uuid,
    pub busy_from: OffsetDateTime,
    pub busy_until: OffsetDateTime,
    pub starts_at: OffsetDateTime,
}

impl Busy {
    pub fn stretch(&self) -> Stretch {
        (self.busy_from, self.busy_until)
    }
}

/// An appointment with whose it is.
pub struct Held {
    pub appointment: Appointment,
    pub patient_id: Uuid,
    pub folded_name: String,
    pub phone: Option<String>,
}

/// How many there are, whatever became of them.
pub async fn count(conn: &mut Connection, org: OrgId) -> Result<usize, Error> {
    let all = appointments::table.filter(appointments::org_id.eq(org.0)).count();
    let count: i64 = all.get_result(conn).await?;
    usize::try_from(count).map_err(|_reason| Error::Broken("a negative count"))
}

/// What keeps these providers busy in `within`.
pub async fn list_busy(
    conn: &Connection,
    org: OrgId,
    providers: &[Uuid],
    within: Stretch,
) -> Result<Vec<Busy>, Error> {
    let mut conn = conn;
    Ok(appointments::table
        .filter(appointments::org_id.eq(org.0))
        .filter(appointments::provider_id.eq_any(providers))
        .filter(appointments::busy_from.gt(within.0 - LONGEST_BUSY))
        .filter(appointments::busy_from.lt(within.1))
        .filter(appointments::busy_until.gt(within.0))
        .filter(keeps_its_slot())
        .select((
            appointments::provider_id,
            appointments::busy_from,
            appointments::busy_until,
            appointments::starts_at,
        ))
        .load(&mut conn)
        .await?)
}

/// Writes the appointment unless the provider is busy then. The exclusion constraint is named, because
/// only that conflict means "taken"; behind the row lock it never fires.
pub async fn insert_if_free(
    conn: &mut Connection,
    new: &NewAppointment<'_>,
) -> Result<bool, Error> {
    let inserted = diesel::insert_into(appointments::table)
        .values(new)
        .on_conflict(on_constraint("appointments_of_a_provider_never_overlap"))
        .do_nothing()
        .cached()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// The appointments booked in this call that still stand, oldest first.
pub async fn list_of_call(
    conn: &Connection,
    org: OrgId,
    call_key: &str,
) -> Result<Vec<Held>, Error> {
    let mut conn = conn;
    let rows: Vec<HeldRow> = held(org)
        .filter(appointments::call_key.eq(call_key))
        .order(appointments::created_at)
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(Held::from).collect())
}

/// The standing appointment of a patient, known by phone and folded name, that shares time with `within`.
pub async fn find_of_patient(
    conn: &Connection,
    org: OrgId,
    phone: &str,
    folded_name: &str,
    within: Stretch,
) -> Result<Option<Held>, Error> {
    let mut conn = conn;
    let row: Option<HeldRow> = held(org)
        .filter(patients::phone.eq(phone).and(patients::folded_name.eq(folded_name)))
        .filter(appointments::starts_at.lt(within.1).and(appointments::ends_at.gt(within.0)))
        .order(appointments::starts_at)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(row.map(Held::from))
}

/// An appointment that must exist.
pub async fn get(conn: &mut Connection, org: OrgId, id: Uuid) -> Result<Appointment, Error> {
    let row: Row = appointments::table
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .select(Row::as_select())
        .first(conn)
        .await?;
    Ok(row.into())
}

/// Gives the appointment to another patient row: the same person under a corrected number.
pub async fn set_patient(
    conn: &mut Connection,
    org: OrgId,
    id: Uuid,
    patient_id: Uuid,
) -> Result<(), Error> {
    diesel::update(appointments::table)
        .filter(appointments::org_id.eq(org.0).and(appointments::id.eq(id)))
        .set(appointments::patient_id.eq(patient_id))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = appointments, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    provider_id: Uuid,
    service_id: Uuid,
    starts_at: OffsetDateTime,
    ends_at: OffsetDateTime,
}

type HeldRow = (Row, Uuid, String, Option<String>);

/// What keeps its slot from others, in the words of the exclusion constraints.
#[diesel::dsl::auto_type]
fn keeps_its_slot() -> _ {
    let cancelled: &'static str = AppointmentStatus::Cancelled.as_str();
    let no_show: &'static str = AppointmentStatus::NoShow.as_str();
    appointments::status.ne(cancelled).and(appointments::status.ne(no_show))
}

/// The table knows no word but ours; of one that is newer the least is said.
fn status(word: &str) -> AppointmentStatus {
    AppointmentStatus::parse(word).unwrap_or(AppointmentStatus::Completed)
}

/// Standing appointments of the organization with their patients.
#[diesel::dsl::auto_type]
fn held(org: OrgId) -> _ {
    let same_patient =
        patients::org_id.eq(appointments::org_id).and(patients::id.eq(appointments::patient_id));
    let org: Uuid = org.0;
    let columns: AsSelect<Row, Pg> = Row::as_select();
    appointments::table
        .inner_join(patients::table.on(same_patient))
        .filter(appointments::org_id.eq(org))
        .filter(keeps_its_slot())
        .select((columns, patients::id, patients::folded_name, patients::phone))
}

impl From<Row> for Appointment {
    fn from(row: Row) -> Self {
        let Row { id, provider_id, service_id, starts_at, ends_at } = row;
        Self { id, provider_id, service_id, starts_at, ends_at }
    }
}

impl From<HeldRow> for Held {
    fn from((row, patient_id, folded_name, phone): HeldRow) -> Self {
        Self { appointment: row.into(), patient_id, folded_name, phone }
    }
}
