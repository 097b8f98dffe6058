//! Sending a text that is owed. An attempt is committed before its request is written, and the request
//! is written outside any transaction: a crash in between is an unknown outcome, which is reconciled and
//! never resent blindly. Not promised: that a text arrives; only Twilio's callbacks can tell.

use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::app::App;
use crate::db::appointments::ForText;
use crate::db::sms_attempts::AttemptRow;
use crate::db::sms_messages::MessageRow;
use crate::db::{Connection, End, Error, appointments, in_org, sms_attempts, sms_messages};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::{confirmation, credentials, reconciling};
use crate::twilio::{Credentials, RetryKind, SendOutcome};

/// Twilio's "the recipient has opted out".
const OPTED_OUT: u32 = 21610;
/// Twilio's "too many requests", the code of every 429.
const TOO_MANY_REQUESTS: u32 = 20429;
/// No wait between two tries is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// A message that we hold the lease of.
#[derive(Clone, Copy)]
pub struct Leased {
    pub org: OrgId,
    pub message_id: Uuid,
    pub token: Uuid,
}

/// What is to be done for a leased message, decided and committed before anything is written to Twilio.
enum Next {
    Send { attempt: Uuid, to: String, text: String, credentials: Credentials, tries: i16 },
    Look { to: String, credentials: Credentials, attempts: Vec<AttemptRow>, resent: bool },
    Nothing,
}

/// Does the one next thing for a message whose lease we hold: sends it, looks what became of it, or
/// gives up. Its row says afterwards what is known.
pub async fn work(app: &App, leased: Leased) -> Result<(), Error> {
    let taken_at = Instant::now();
    let next = in_org(&app.db, leased.org, async |conn| prepare(app, conn, leased).await).await?;
    match next {
        Next::Nothing => Ok(()),
        Next::Look { to, credentials, attempts, resent } => {
            let found = reconciling::look(app, leased.org, &credentials, &to, &attempts).await?;
            in_org(&app.db, leased.org, async |conn| {
                reconciling::settle(app, conn, leased, &attempts, resent, &found).await?;
                Ok(End::Commit(()))
            })
            .await
        }
        Next::Send { attempt, to, text, credentials, tries } => {
            // A process that slept through its lease must not write what another may be writing.
            let outcome = if taken_at.elapsed() + app.twilio.timeout() < app.config.sms.lease {
                app.twilio.send(&credentials, &to, &text).await
            } else {
                SendOutcome::RetryLater { kind: RetryKind::NotConnected, retry_after: None }
            };
            in_org(&app.db, leased.org, async |conn| {
                record(app, conn, leased, attempt, tries, &outcome).await?;
                Ok(End::Commit(()))
            })
            .await
        }
    }
}

/// Decides the next step under the message's row lock.
async fn prepare(app: &App, conn: &mut Connection, leased: Leased) -> Result<End<Next>, Error> {
    let Leased { org, message_id, token } = leased;
    let Some(message) = sms_messages::find_leased(conn, org, message_id, token).await? else {
        return Ok(End::RollBack(Next::Nothing));
    };
    let attempts = sms_attempts::list(conn, org, message_id).await?;
    let last = attempts.last().map(|a| (a.id, a.outcome.as_deref()));
    if let Some((attempt, None)) = last {
        // Whoever began it is gone: it may have been written.
        sms_attempts::finish(conn, org, attempt, "unknown", None, None).await?;
        sms_messages::postpone(conn, org, message_id, token, app.config.sms.reconcile_after)
            .await?;
        return Ok(End::Commit(Next::Nothing));
    }
    let Some(credentials) = credentials::find(app, conn, org).await? else {
        return give_up(conn, leased, SmsStatus::FailedButBooked, SmsReason::NotConfigured).await;
    };
    let Some(to) = message.to_phone.clone() else {
        return give_up(conn, leased, SmsStatus::Skipped, SmsReason::NoPhone).await;
    };
    match last {
        Some((_, Some("unknown"))) if !reconciling::is_absent(&attempts) => {
            Ok(End::RollBack(Next::Look { to, credentials, attempts, resent: message.resent }))
        }
        last => {
            let resend = matches!(last, Some((_, Some("unknown"))));
            let about = appointments::get_for_text(conn, org, message.appointment_id).await?;
            if !about.is_ahead(app.clock.now()) {
                return give_up(conn, leased, SmsStatus::Skipped, SmsReason::NoLongerNeeded).await;
            }
            begin(conn, leased, &message, &attempts, &about, resend).await.map(|(attempt, text)| {
                let tries = message.tries.saturating_add(1);
                End::Commit(Next::Send { attempt, to, text, credentials, tries })
            })
        }
    }
}

/// Writes the attempt that is about to be made; returns its id and text.
async fn begin(
    conn: &mut Connection,
    leased: Leased,
    message: &MessageRow,
    attempts: &[AttemptRow],
    about: &ForText,
    resend: bool,
) -> Result<(Uuid, String), Error> {
    let text = confirmation::text(&about.clinic_name, about.local_start);
    let number = attempts.last().map_or(1, |a| a.number.saturating_add(1));
    let attempt = Uuid::now_v7();
    let digest = confirmation::text_digest(&text);
    sms_attempts::insert(conn, leased.org, attempt, message.id, number, &digest).await?;
    sms_messages::count_try(conn, leased.org, message.id, resend).await?;
    Ok((attempt, text))
}

/// Writes what Twilio's answer settles.
async fn record(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
    attempt: Uuid,
    tries: i16,
    outcome: &SendOutcome,
) -> Result<(), Error> {
    let Leased { org, message_id, token } = leased;
    let sms = &app.config.sms;
    match outcome {
        SendOutcome::Accepted { sid, status } => {
            sms_attempts::finish(conn, org, attempt, "accepted", None, None).await?;
            let status = status.as_ref().map(|s| s.as_str());
            sms_messages::mark_sent(conn, org, message_id, sid, status).await
        }
        SendOutcome::Rejected { http_status, code } => {
            sms_attempts::finish(conn, org, attempt, "rejected", Some(*http_status), *code).await?;
            let code = code.unwrap_or_else(|| u32::from(*http_status));
            let status =
                if code == OPTED_OUT { SmsStatus::OptedOut } else { SmsStatus::FailedButBooked };
            let state = SmsState { status, reason: Some(SmsReason::Rejected(code)) };
            sms_messages::give_up(conn, org, message_id, token, &state).await
        }
        SendOutcome::RetryLater { kind, retry_after } => {
            let (http_status, reason) = match kind {
                RetryKind::RateLimited => (Some(429), SmsReason::Rejected(TOO_MANY_REQUESTS)),
                RetryKind::NotConnected => (None, SmsReason::Unreachable),
            };
            sms_attempts::finish(conn, org, attempt, "not_sent", http_status, None).await?;
            if u32::try_from(tries).is_ok_and(|tries| tries >= sms.max_tries) {
                let state = SmsState { status: SmsStatus::FailedButBooked, reason: Some(reason) };
                return sms_messages::give_up(conn, org, message_id, token, &state).await;
            }
            let delay = backoff(sms.retry_base, tries).max(retry_after.unwrap_or_default());
            sms_messages::postpone(conn, org, message_id, token, delay).await
        }
        SendOutcome::Unknown { .. } => {
            sms_attempts::finish(conn, org, attempt, "unknown", None, None).await?;
            sms_messages::postpone(conn, org, message_id, token, sms.reconcile_after).await
        }
    }
}

/// Doubles with every try.
fn backoff(base: Duration, tries: i16) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    base.saturating_mul(1 << doublings).min(LONGEST_BACKOFF)
}

async fn give_up(
    conn: &mut Connection,
    leased: Leased,
    status: SmsStatus,
    reason: SmsReason,
) -> Result<End<Next>, Error> {
    let state = SmsState { status, reason: Some(reason) };
    sms_messages::give_up(conn, leased.org, leased.message_id, leased.token, &state).await?;
    Ok(End::Commit(Next::Nothing))
}
