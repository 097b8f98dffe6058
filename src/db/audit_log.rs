//! `audit_log`: who did what, written in the transaction that did it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::db::cached::Cached;
use crate::db::schema::audit_log;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Assistant,
    Operator,
    Worker,
    Patient,
    Twilio,
}

impl Actor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Assistant => "assistant",
            Self::Operator => "operator",
            Self::Worker => "worker",
            Self::Patient => "patient",
            Self::Twilio => "twilio",
        }
    }
}

/// Adds an entry. `details` holds ids and words of the program, nothing of a person.
pub async fn insert(
    conn: &mut Connection,
    org: OrgId,
    actor: Actor,
    action: &'static str,
    subject_id: Uuid,
    details: Value,
) -> Result<(), Error> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::org_id.eq(org.0),
            audit_log::id.eq(Uuid::now_v7()),
            audit_log::actor.eq(actor.as_str()),
            audit_log::action.eq(action),
            audit_log::subject_id.eq(subject_id),
            audit_log::details.eq(details),
        ))
        .cached()
        .execute(conn)
        .await?;
    Ok(())
}
