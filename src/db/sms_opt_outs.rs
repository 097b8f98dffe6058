//! `sms_opt_outs`: numbers that are not texted, each by one sender of the clinic or by all.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::schema::sms_opt_outs;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;

/// Every sender of the clinic.
pub const EVERY_SENDER: &str = "*";

/// Who told us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A text said STOP.
    Inbound,
    /// Twilio refused a text with 21610.
    Twilio,
    /// It was said on the phone.
    Assistant,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Twilio => "twilio",
            Self::Assistant => "assistant",
        }
    }
}

/// Writes an opt-out. False: it was known.
pub async fn insert_if_new(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    sender: &str,
    source: Source,
) -> Result<bool, Error> {
    let inserted = diesel::insert_into(sms_opt_outs::table)
        .values((
            sms_opt_outs::org_id.eq(org.0),
            sms_opt_outs::phone.eq(phone),
            sms_opt_outs::sender.eq(sender),
            sms_opt_outs::source.eq(source.as_str()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// Whether this sender must not text the number: told to it, or to every sender.
pub async fn exists_for(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    sender: &str,
) -> Result<bool, Error> {
    let found = sms_opt_outs::table
        .filter(sms_opt_outs::org_id.eq(org.0).and(sms_opt_outs::phone.eq(phone)))
        .filter(sms_opt_outs::sender.eq_any([sender, EVERY_SENDER]));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn).await?)
}

/// Forgets that the number opted out of these senders. What was told to another of the clinic's stays.
/// False: there was nothing to forget.
pub async fn delete(
    conn: &mut Connection,
    org: OrgId,
    phone: &str,
    senders: &[&str],
) -> Result<bool, Error> {
    let found = sms_opt_outs::table
        .filter(sms_opt_outs::org_id.eq(org.0).and(sms_opt_outs::phone.eq(phone)))
        .filter(sms_opt_outs::sender.eq_any(senders));
    Ok(diesel::delete(found).execute(conn).await? > 0)
}
