//! `patients`: the people on file.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::patients;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::patient::PatientDetails;

/// The patient with this phone and folded name, made if there is none; an e-mail address, where given,
/// is kept. Without a phone nobody can be recognized, so that is always a new patient. Returns, besides,
/// the zone they are in, where it is known.
pub async fn find_or_insert(
    conn: &mut Connection,
    org: OrgId,
    details: &PatientDetails,
) -> Result<(Uuid, Option<String>), Error> {
    Ok(diesel::insert_into(patients::table)
        .values((
            patients::org_id.eq(org.0),
            patients::id.eq(Uuid::now_v7()),
            patients::name.eq(&details.name),
            patients::folded_name.eq(details.folded_name()),
            patients::phone.eq(&details.phone),
            patients::email.eq(&details.email),
        ))
        .on_conflict((patients::org_id, patients::phone, patients::folded_name))
        .do_update()
        .set(patients::email.eq(sql::<Nullable<Text>>("coalesce(excluded.email, patients.email)")))
        .returning((patients::id, patients::timezone))
        .cached()
        .get_result(conn)
        .await?)
}
