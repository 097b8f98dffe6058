//! What follows from a failure beyond its own text: a number is not texted again, a clinic is told. The
//! same whether Twilio said so at once or called back later.

use uuid::Uuid;

use crate::db::sms_opt_outs::{self, Source};
use crate::db::{Connection, Error, sms_alerts};
use crate::domain::org_id::OrgId;
use crate::domain::sms_failure;

/// The text that failed.
pub(super) struct Failed<'a> {
    pub(super) message_id: Uuid,
    pub(super) to: Option<&'a str>,
    /// The number or messaging service it came from, where that is known.
    pub(super) sender: Option<&'a str>,
    pub(super) code: u32,
}

/// Writes what follows, in the transaction that records the failure.
pub(super) async fn note(
    conn: &mut Connection,
    org: OrgId,
    failed: Failed<'_>,
) -> Result<(), Error> {
    let Failed { message_id, to, sender, code } = failed;
    if code == sms_failure::OPTED_OUT
        && let Some(to) = to
    {
        let sender = sender.unwrap_or(sms_opt_outs::EVERY_SENDER);
        sms_opt_outs::insert_if_new(conn, org, to, sender, Source::Twilio).await?;
    }
    if sms_failure::is_alert(code)
        && let Ok(twilio_code) = i32::try_from(code)
        && sms_alerts::raise(conn, org, twilio_code, message_id).await?
    {
        tracing::error!(org = %org, code, "None of a clinic's texts arrive until its account is put right");
    }
    Ok(())
}
