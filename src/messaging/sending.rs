//! Sending a text that is owed. An attempt is committed before its request is written, and the request
//! is written outside any transaction: a crash in between is an unknown outcome, which is reconciled and
//! never resent blindly. Not promised: that a text arrives; only Twilio's callbacks can tell.

use std::time::Instant;

use uuid::Uuid;

use crate::app::{App, Lease};
use crate::db::{
    Connection, End, Error, appointments, in_org, organizations, sms_attempts, sms_messages,
};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::beginning::{self, Begun};
use crate::messaging::credentials::{self, Keys};
use crate::messaging::permission::{self, Asking, Permission};
use crate::messaging::reconciling::{Look, Unsettled};
use crate::messaging::recording::{is_sid_taken, record, rejected};
use crate::messaging::{count_settled, reconciling, reminders, senders, told, wording};
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

/// Does the one next thing for a message whose lease we hold: sends it, looks what became of it, or
/// gives up. Its row says afterwards what is known.
pub async fn work(app: &App, leased: Leased) -> Result<(), Error> {
    let next = in_org(&app.db, leased.org, async |conn| prepare(app, conn, leased).await).await?;
    carry_out(app, leased, next).await
}

/// Does the same for a message that is due, if nobody else has its lease: false. The lease is taken in the
/// transaction that decides what to do.
pub async fn work_if_due(app: &App, org: OrgId, message_id: Uuid) -> Result<bool, Error> {
    let lease = app.new_lease();
    let leased = Leased::new(org, message_id, lease);
    let next = in_org(&app.db, org, async |conn| {
        if !sms_messages::lease(conn, org, message_id, lease.token, lease.length).await? {
            return Ok(End::RollBack(None));
        }
        let (End::Commit(next) | End::RollBack(next)) = prepare(app, conn, leased).await?;
        // Whatever is to be done, it is ours to do from now on.
        Ok(End::Commit(Some(next)))
    });
    let next = match next.await {
        Ok(Some(next)) => next,
        Ok(None) => return Ok(false),
        Err(error) => {
            // Others wait behind it: until the lease ends, nobody tries it again.
            let mut conn = app.db.connection().await?;
            sms_messages::lease(&mut conn, org, message_id, lease.token, lease.length).await?;
            return Err(error);
        }
    };
    carry_out(app, leased, next).await.map(|()| true)
}

async fn carry_out(app: &App, leased: Leased, next: Next) -> Result<(), Error> {
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
                SendOutcome::RetryLater { kind: RetryKind::NotTried, retry_after: None }
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
    let now = app.clock.now();
    let is_needed = about.is_current(message.kind()?, now);
    let is_unknown = matches!(last, Some((_, Some("unknown"))));
    let must_look = is_unknown && !reconciling::is_absent(&attempts);
    // A number that was corrected away is not texted again, whoever held the lease meanwhile.
    if !must_look && (!is_needed || about.phone.as_ref() != Some(&to)) {
        return give_up(conn, leased, SmsStatus::Skipped, SmsReason::NoLongerNeeded).await;
    }
    if !must_look && let Some(wait) = reminders::wait_for_morning(&message, &about, now) {
        sms_messages::postpone(conn, org, message_id, token, wait).await?;
        return Ok(End::Commit(Next::Nothing(None)));
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
    let (credentials, origin) =
        senders::choose(app, conn, org, &message, &attempts, credentials).await?;
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
    let begun = beginning::begin(conn, leased, &message, &attempts, origin, (to, text)).await?;
    Ok(End::Commit(Next::Send { begun, credentials }))
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
