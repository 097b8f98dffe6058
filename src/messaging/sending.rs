//! Sending a text that is owed. An attempt is committed before its request is written, and the request
//! is written outside any transaction: a crash in between is an unknown outcome, which is reconciled and
//! never resent blindly. Not promised: that a text arrives; only Twilio's callbacks can tell.

use std::time::Instant;

use serde_json::json;
use uuid::Uuid;

use crate::app::{App, Lease};
use crate::db::audit_log::{self, Actor};
use crate::db::sms_attempts::AttemptRow;
use crate::db::sms_messages::MessageRow;
use crate::db::{
    Connection, End, Error, appointments, in_org, organizations, sms_attempts, sms_messages,
};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::credentials::{self, Keys};
use crate::messaging::permission::{self, Asking, Permission};
use crate::messaging::reconciling::{Look, Unsettled};
use crate::messaging::recording::{is_sid_taken, record, rejected};
use crate::messaging::{count_settled, reconciling, told, wording};
use crate::telemetry::SMS_REFUSED_TOTAL;
use crate::twilio::{Credentials, RetryKind, SendOutcome, UnknownKind};

/// A message that we hold the lease of.
#[derive(Clone, Copy)]
pub struct Leased {
    pub org: OrgId,
    pub message_id: Uuid,
    pub token: Uuid,
    since: Instant,
}

impl Leased {
    pub fn new(org: OrgId, message_id: Uuid, lease: Lease) -> Self {
        Self { org, message_id, token: lease.token, since: lease.since }
    }
}

/// What is to be done for a leased message, decided and committed before anything is written to Twilio.
enum Next {
    Send {
        begun: Begun,
        credentials: Credentials,
    },
    Look {
        text: Unsettled,
        credentials: Credentials,
    },
    /// Nothing; the status, if that was the last word.
    Nothing(Option<SmsStatus>),
}

/// An attempt that is committed and not yet made.
pub(super) struct Begun {
    pub(super) attempt: Uuid,
    pub(super) to: String,
    /// The number or messaging service it comes from.
    pub(super) sender: String,
    text: String,
    pub(super) tries: i16,
}

/// Does the one next thing for a message whose lease we hold: sends it, looks what became of it, or
/// gives up. Its row says afterwards what is known.
pub async fn work(app: &App, leased: Leased) -> Result<(), Error> {
    let next = in_org(&app.db, leased.org, async |conn| prepare(app, conn, leased).await).await?;
    let settled = match next {
        Next::Nothing(settled) => settled,
        Next::Look { text, credentials } => {
            let found = reconciling::look(app, leased.org, &credentials, &text).await?;
            match settle(app, leased, &text, &found).await {
                // Another text was faster to adopt it: for us nothing has been shown.
                Err(error) if is_sid_taken(&error) => {
                    settle(app, leased, &text, &Look::Unread).await?
                }
                settled => settled?,
            }
        }
        Next::Send { begun, credentials } => {
            // A process that slept through its lease must not write what another may be writing.
            let outcome = if leased.since.elapsed() + app.twilio.timeout() < app.config.sms.lease {
                let report_to = callback_url(app, leased.org, begun.attempt);
                app.twilio.send(&credentials, &begun.to, &begun.text, report_to.as_deref()).await
            } else {
                SendOutcome::RetryLater { kind: RetryKind::NotConnected, retry_after: None }
            };
            told::tell(leased, &outcome);
            match record(app, leased, &begun, &outcome).await {
                // Another text that reads the same took ours for its own out of Twilio's list, while its
                // own is missing there or still to be found: which of the two, we look for in its place.
                Err(error) if is_sid_taken(&error) => {
                    let kind = UnknownKind::Unreadable;
                    record(app, leased, &begun, &SendOutcome::Unknown { kind }).await?
                }
                settled => settled?,
            }
        }
    };
    count_settled(settled);
    Ok(())
}

/// Decides the next step under the message's row lock.
async fn prepare(app: &App, conn: &mut Connection, leased: Leased) -> Result<End<Next>, Error> {
    let Leased { org, message_id, token, .. } = leased;
    let Some(message) = sms_messages::find_leased(conn, org, message_id, token).await? else {
        return Ok(End::RollBack(Next::Nothing(None)));
    };
    let attempts = sms_attempts::list(conn, org, message_id).await?;
    let last = attempts.last().map(|a| (a.id, a.outcome.as_deref()));
    if let Some((attempt, None)) = last {
        // Whoever began it is gone: it may have been written.
        sms_attempts::finish(conn, org, attempt, "unknown", None, None).await?;
        sms_messages::postpone(conn, org, message_id, token, app.config.sms.reconcile_after)
            .await?;
        return Ok(End::Commit(Next::Nothing(None)));
    }
    if let Some(refused) = attempts.last().filter(|a| a.outcome.as_deref() == Some("rejected")) {
        // Whoever heard it had lost the lease by then.
        let SmsState { status, reason } = rejected(refused.code());
        let reason = reason.unwrap_or(SmsReason::Unreachable);
        return give_up(conn, leased, status, reason).await;
    }
    let Some(to) = message.to_phone.clone() else {
        return give_up(conn, leased, SmsStatus::Skipped, SmsReason::NoPhone).await;
    };
    let about = appointments::get_for_text(conn, org, message.appointment_id).await?;
    let is_needed = about.is_ahead(app.clock.now());
    let is_unknown = matches!(last, Some((_, Some("unknown"))));
    let must_look = is_unknown && !reconciling::is_absent(&attempts);
    // A number that was corrected away is not texted again, whoever held the lease meanwhile.
    if !must_look && (!is_needed || about.phone.as_ref() != Some(&to)) {
        return give_up(conn, leased, SmsStatus::Skipped, SmsReason::NoLongerNeeded).await;
    }
    let credentials = match credentials::find(app, conn, org).await? {
        Keys::Open(credentials) => credentials,
        // Another node may have the key of the vault, or this one once it is started anew.
        Keys::Sealed if is_needed => {
            let wait = app.config.sms.reconcile_after;
            sms_messages::postpone(conn, org, message_id, token, wait).await?;
            return Ok(End::Commit(Next::Nothing(None)));
        }
        Keys::Sealed | Keys::None => {
            return give_up(conn, leased, SmsStatus::FailedButBooked, SmsReason::NotConfigured)
                .await;
        }
    };
    let rules = organizations::get_text_rules(conn, org).await?;
    if must_look {
        let may_resend = !message.resent && !rules.holds_unknown;
        let text = Unsettled { message_id, to, attempts, may_resend, is_needed };
        return Ok(End::RollBack(Next::Look { text, credentials }));
    }
    if is_unknown && rules.holds_unknown {
        return give_up(conn, leased, SmsStatus::FailedButBooked, SmsReason::Unreachable).await;
    }
    let sender = credentials.sender().as_str().to_owned();
    let is_fresh = attempts.is_empty() && message.kind == "confirmation";
    let asking = Asking { to: &to, sender: &sender, is_fresh };
    match permission::ask(app, conn, org, &rules, asking).await? {
        Permission::Granted => {}
        Permission::Wait(wait) => {
            sms_messages::postpone(conn, org, message_id, token, wait).await?;
            return Ok(End::Commit(Next::Nothing(None)));
        }
        Permission::Refused(SmsState { status, reason }) => {
            let reason = reason.unwrap_or(SmsReason::Unreachable);
            let word = reason.as_word();
            tracing::warn!(org = %org, message_id = %message_id, reason = word, "A text may not be sent");
            metrics::counter!(SMS_REFUSED_TOTAL, "reason" => word).increment(1);
            return give_up(conn, leased, status, reason).await;
        }
    }
    let text = wording::compose(app, conn, org, &message, &about).await?;
    let written = Written { to, sender, text };
    let begun = begin(conn, leased, &message, &attempts, written, is_unknown).await?;
    Ok(End::Commit(Next::Send { begun, credentials }))
}

/// A text, ready to go.
struct Written {
    to: String,
    sender: String,
    text: String,
}

/// Writes the attempt that is about to be made, and, where it is the one resend, that it is.
async fn begin(
    conn: &mut Connection,
    leased: Leased,
    message: &MessageRow,
    attempts: &[AttemptRow],
    written: Written,
    resend: bool,
) -> Result<Begun, Error> {
    let Leased { org, message_id, .. } = leased;
    let Written { to, sender, text } = written;
    let number = attempts.last().map_or(1, |a| a.number.saturating_add(1));
    let attempt = Uuid::now_v7();
    let digest = wording::text_digest(&text);
    sms_attempts::insert(conn, org, attempt, message_id, number, &digest).await?;
    sms_messages::count_try(conn, org, message_id, resend).await?;
    if resend {
        let details = json!({ "attempt": number });
        audit_log::insert(conn, org, Actor::Worker, "text_resent", message_id, details).await?;
        tracing::warn!(org = %org, message_id = %message_id, "A text that Twilio does not list is sent again, once");
    }
    Ok(Begun { attempt, to, sender, text, tries: message.tries.saturating_add(1) })
}

async fn settle(
    app: &App,
    leased: Leased,
    text: &Unsettled,
    look: &Look,
) -> Result<Option<SmsStatus>, Error> {
    in_org(&app.db, leased.org, async |conn| {
        reconciling::settle(app, conn, leased, text, look).await.map(End::Commit)
    })
    .await
}

/// Where Twilio tells what becomes of an attempt: it is named in the path, so that an attempt whose
/// answer was lost is told, too. The fragment asks Twilio to try three times, whatever went wrong.
fn callback_url(app: &App, org: OrgId, attempt: Uuid) -> Option<String> {
    let base_url = app.config.server.public_url.as_deref()?;
    Some(format!("{base_url}/twilio/{org}/status/{attempt}#rc=2&rp=ct,rt,5xx"))
}

async fn give_up(
    conn: &mut Connection,
    leased: Leased,
    status: SmsStatus,
    reason: SmsReason,
) -> Result<End<Next>, Error> {
    let state = SmsState { status, reason: Some(reason) };
    let is_news =
        sms_messages::give_up(conn, leased.org, leased.message_id, leased.token, &state).await?;
    Ok(End::Commit(Next::Nothing(is_news.then_some(status))))
}
