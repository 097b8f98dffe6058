//! Sending a text that is owed. An attempt is committed before its request is written, and the request
//! is written outside any transaction: a crash in between is an unknown outcome, which is reconciled and
//! never resent blindly. Not promised: that a text arrives; only Twilio's callbacks can tell.

use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::app::{App, Lease};
use crate::db::{Connection, End, Error, appointments, in_org, sms_attempts, sms_messages};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::beginning::{self, Begun};
use crate::messaging::credentials::{self, Keys};
use crate::messaging::reconciling::{Look, Unsettled};
use crate::messaging::{count_settled, reconciling, reminders, senders, told, wording};
use crate::twilio::{Credentials, RetryKind, SendOutcome, UnknownKind};

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
    let (credentials, origin) =
        senders::choose(app, conn, org, &message, &attempts, credentials).await?;
    if must_look {
        let text = Unsettled { message_id, to, attempts, resent: message.resent, is_needed };
        return Ok(End::RollBack(Next::Look { text, credentials }));
    }
    let text = wording::compose(app, conn, org, &message, &about).await?;
    let begun = beginning::begin(conn, leased, &message, &attempts, origin, (to, text)).await?;
    Ok(End::Commit(Next::Send { begun, credentials }))
}

/// Writes what Twilio's answer settles; returns the status if that is the last word.
async fn record(
    app: &App,
    leased: Leased,
    begun: &Begun,
    outcome: &SendOutcome,
) -> Result<Option<SmsStatus>, Error> {
    in_org(&app.db, leased.org, async |conn| {
        record_in(app, conn, leased, begun, outcome).await.map(End::Commit)
    })
    .await
}

async fn record_in(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
    begun: &Begun,
    outcome: &SendOutcome,
) -> Result<Option<SmsStatus>, Error> {
    let Leased { org, message_id, token, .. } = leased;
    let &Begun { attempt, tries, .. } = begun;
    let sms = &app.config.sms;
    let given_up = match outcome {
        SendOutcome::Accepted { sid, status } => {
            let status = status.as_ref().map(|s| s.as_str());
            sms_attempts::accept(conn, org, attempt, sid, status).await?;
            let is_news = sms_messages::mark_sent(conn, org, message_id, sid, status).await?;
            return Ok(is_news.then_some(SmsStatus::Sent));
        }
        SendOutcome::Unknown { kind } => {
            let http_status = match kind {
                UnknownKind::Status(status) => Some(*status),
                _ => None,
            };
            sms_attempts::finish(conn, org, attempt, "unknown", http_status, None).await?;
            sms_messages::postpone(conn, org, message_id, token, sms.reconcile_after).await?;
            return Ok(None);
        }
        // The clinic has given the number up since: the present one will do.
        SendOutcome::Rejected { http_status, code: Some(code) }
            if begun.is_from_earlier && senders::is_refusal(*code) =>
        {
            let http_status = Some(*http_status);
            sms_attempts::finish(conn, org, attempt, "not_sent", http_status, Some(*code)).await?;
            sms_messages::postpone(conn, org, message_id, token, Duration::ZERO).await?;
            return Ok(None);
        }
        SendOutcome::Rejected { http_status, code } => {
            sms_attempts::finish(conn, org, attempt, "rejected", Some(*http_status), *code).await?;
            rejected(code.unwrap_or_else(|| u32::from(*http_status)))
        }
        SendOutcome::RetryLater { kind, retry_after } => {
            let (http_status, reason) = match kind {
                RetryKind::RateLimited => (Some(429), SmsReason::Rejected(TOO_MANY_REQUESTS)),
                RetryKind::NotConnected => (None, SmsReason::Unreachable),
            };
            sms_attempts::finish(conn, org, attempt, "not_sent", http_status, None).await?;
            if u32::try_from(tries).is_ok_and(|tries| tries < sms.max_tries) {
                let delay = backoff(sms.retry_base, tries).max(retry_after.unwrap_or_default());
                sms_messages::postpone(conn, org, message_id, token, delay).await?;
                return Ok(None);
            }
            SmsState { status: SmsStatus::FailedButBooked, reason: Some(reason) }
        }
    };
    let is_news = sms_messages::give_up(conn, org, message_id, token, &given_up).await?;
    Ok(is_news.then_some(given_up.status))
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

/// What a refusal with this code makes of a text.
fn rejected(code: u32) -> SmsState {
    let status = if code == OPTED_OUT { SmsStatus::OptedOut } else { SmsStatus::FailedButBooked };
    SmsState { status, reason: Some(SmsReason::Rejected(code)) }
}

fn is_sid_taken(error: &Error) -> bool {
    matches!(error, Error::Constraint(name) if name == sms_messages::A_SID_NAMES_ONE_MESSAGE)
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
    let is_news =
        sms_messages::give_up(conn, leased.org, leased.message_id, leased.token, &state).await?;
    Ok(End::Commit(Next::Nothing(is_news.then_some(status))))
}
