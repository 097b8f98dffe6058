//! Writing down what Twilio answered. A callback may have been faster: what it settled stays settled.

use std::time::Duration;

use crate::app::App;
use crate::db::sms_messages::delivery as messages;
use crate::db::{Connection, End, Error, in_org, sms_attempts, sms_breakers, sms_messages};
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::domain::sms_failure::OPTED_OUT;
use crate::messaging::beginning::Begun;
use crate::messaging::breaker;
use crate::messaging::failures::{self, Failed};
use crate::messaging::senders;
use crate::messaging::sending::Leased;
use crate::twilio::{RetryKind, SendOutcome, UnknownKind};

/// Twilio's "too many requests", the code of every 429.
const TOO_MANY_REQUESTS: u32 = 20429;
/// No wait between two tries is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// Writes what Twilio's answer settles; returns the status if that is the last word.
pub(super) async fn record(
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
    messages::lock(conn, org, message_id).await?;
    // Twilio's callback has said more than its answer can.
    let told = sms_attempts::find(conn, org, attempt).await?;
    let sms = &app.config.sms;
    if told.is_some_and(|told| told.is_accepted()) {
        breaker::note(app, conn, org, outcome).await?;
        return Ok(None);
    }
    let given_up = match outcome {
        SendOutcome::Accepted { sid, status } => {
            let status = status.as_ref().map(|s| s.as_str());
            sms_attempts::accept(conn, org, attempt, sid, status).await?;
            let is_news = sms_messages::mark_sent(conn, org, message_id, sid, status).await?;
            breaker::note(app, conn, org, outcome).await?;
            return Ok(is_news.then_some(SmsStatus::Sent));
        }
        SendOutcome::Unknown { kind } => {
            let http_status = match kind {
                UnknownKind::Status(status) => Some(*status),
                _ => None,
            };
            sms_attempts::finish(conn, org, attempt, "unknown", http_status, None).await?;
            sms_messages::postpone(conn, org, message_id, token, sms.reconcile_after).await?;
            breaker::note(app, conn, org, outcome).await?;
            return Ok(None);
        }
        // The clinic has given the number up since: the present one will do, and its account is well.
        SendOutcome::Rejected { http_status, code: Some(code) }
            if begun.is_from_earlier && senders::is_refusal(*code) =>
        {
            let http_status = Some(*http_status);
            sms_attempts::finish(conn, org, attempt, "not_sent", http_status, Some(*code)).await?;
            sms_messages::postpone(conn, org, message_id, token, Duration::ZERO).await?;
            sms_breakers::release_probe(conn, org).await?;
            return Ok(None);
        }
        SendOutcome::Rejected { http_status, code } => {
            sms_attempts::finish(conn, org, attempt, "rejected", Some(*http_status), *code).await?;
            let code = code.unwrap_or_else(|| u32::from(*http_status));
            let (to, sender) = (Some(begun.to.as_str()), Some(begun.sender.as_str()));
            failures::note(conn, org, Failed { message_id, to, sender, code }).await?;
            rejected(code)
        }
        SendOutcome::RetryLater { kind, retry_after } => {
            let (http_status, reason) = match kind {
                RetryKind::RateLimited => (Some(429), SmsReason::Rejected(TOO_MANY_REQUESTS)),
                RetryKind::NotConnected | RetryKind::NotTried => (None, SmsReason::Unreachable),
            };
            sms_attempts::finish(conn, org, attempt, "not_sent", http_status, None).await?;
            if u32::try_from(tries).is_ok_and(|tries| tries < sms.max_tries) {
                let delay = backoff(sms.retry_base, tries).max(retry_after.unwrap_or_default());
                sms_messages::postpone(conn, org, message_id, token, delay).await?;
                breaker::note(app, conn, org, outcome).await?;
                return Ok(None);
            }
            SmsState { status: SmsStatus::FailedButBooked, reason: Some(reason) }
        }
    };
    let is_news = sms_messages::give_up(conn, org, message_id, token, &given_up).await?;
    breaker::note(app, conn, org, outcome).await?;
    Ok(is_news.then_some(given_up.status))
}

/// What a refusal with this code makes of a text.
pub(super) fn rejected(code: u32) -> SmsState {
    let status = if code == OPTED_OUT { SmsStatus::OptedOut } else { SmsStatus::FailedButBooked };
    SmsState { status, reason: Some(SmsReason::Rejected(code)) }
}

pub(super) fn is_sid_taken(error: &Error) -> bool {
    matches!(error, Error::Constraint(name) if name == sms_messages::A_SID_NAMES_ONE_MESSAGE)
}

/// Doubles with every try.
fn backoff(base: Duration, tries: i16) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    base.saturating_mul(1 << doublings).min(LONGEST_BACKOFF)
}
