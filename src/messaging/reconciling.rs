//! Finding out what became of a text whose answer we never read. Twilio keeps no idempotency key, so
//! its list of messages is the evidence: found there, it was sent; absent in two looks that lie
//! `sms.reconcile_after_ms` apart, it is resent once, ever.

use serde_json::json;

use crate::app::App;
use crate::db::audit_log::{self, Actor};
use crate::db::sms_attempts::AttemptRow;
use crate::db::{Connection, Error, sms_attempts, sms_messages};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::confirmation::{may_be_of, text_digest};
use crate::messaging::sending::Leased;
use crate::twilio::{Credentials, ListError, ListedMessage};

/// Looks that must have found nothing before a text counts as never created.
const LOOKS: i16 = 2;

/// What a look into Twilio's list showed.
pub(super) enum Look {
    Found {
        sid: String,
        status: Option<String>,
    },
    Absent,
    /// The list could not be read this time.
    Unread,
    /// Twilio refuses to show it: looking again will not help.
    Refused,
}

/// Whether the last attempt has been looked for often enough.
pub(super) fn is_absent(attempts: &[AttemptRow]) -> bool {
    attempts.last().is_some_and(|a| a.looks >= LOOKS)
}

/// Reads the list of texts to `to` and looks for one of these attempts'. Outside any transaction.
pub(super) async fn look(
    app: &App,
    org: OrgId,
    credentials: &Credentials,
    to: &str,
    attempts: &[AttemptRow],
) -> Result<Look, Error> {
    let listed = match app.twilio.list(credentials, to).await {
        Ok(listed) => listed,
        Err(ListError::Refused { .. }) => return Ok(Look::Refused),
        Err(_) => return Ok(Look::Unread),
    };
    let mut conn = app.db.connection().await?;
    for message in listed.into_iter().filter(|m| is_one_of(m, attempts)) {
        // Two texts may read the same: one that another row already knows as its own is not ours.
        if !sms_messages::is_sid_taken(&mut conn, org, &message.sid).await? {
            let status = message.status.as_ref().map(|s| s.as_str().to_owned());
            return Ok(Look::Found { sid: message.sid, status });
        }
    }
    Ok(Look::Absent)
}

/// Writes what the look settles.
pub(super) async fn settle(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
    attempts: &[AttemptRow],
    resent: bool,
    look: &Look,
) -> Result<(), Error> {
    let Leased { org, message_id, token } = leased;
    let Some(last) = attempts.last() else { return Ok(()) };
    let again = app.config.sms.reconcile_after;
    let unreachable =
        SmsState { status: SmsStatus::FailedButBooked, reason: Some(SmsReason::Unreachable) };
    match look {
        Look::Found { sid, status } => {
            sms_attempts::finish(conn, org, last.id, "accepted", None, None).await?;
            sms_messages::mark_sent(conn, org, message_id, sid, status.as_deref()).await
        }
        Look::Unread => sms_messages::postpone(conn, org, message_id, token, again).await,
        Look::Refused => sms_messages::give_up(conn, org, message_id, token, &unreachable).await,
        Look::Absent => {
            sms_attempts::count_look(conn, org, last.id).await?;
            let absent = last.looks.saturating_add(1) >= LOOKS;
            if !absent {
                return sms_messages::postpone(conn, org, message_id, token, again).await;
            }
            if resent {
                return sms_messages::give_up(conn, org, message_id, token, &unreachable).await;
            }
            let details = json!({ "attempt": last.number });
            audit_log::insert(conn, org, Actor::Worker, "text_resent", message_id, details).await?;
            tracing::warn!(org = %org, message_id = %message_id, "A text that Twilio does not list is sent again, once");
            sms_messages::postpone(conn, org, message_id, token, std::time::Duration::ZERO).await
        }
    }
}

fn is_one_of(message: &ListedMessage, attempts: &[AttemptRow]) -> bool {
    let digest = text_digest(message.body.as_deref().unwrap_or_default());
    attempts.iter().any(|a| {
        a.body_digest == digest && message.created_at.is_none_or(|at| may_be_of(a.started_at, at))
    })
}
