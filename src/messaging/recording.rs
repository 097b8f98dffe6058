//! Writing down what Twilio answered. A callback may have been faster: what it settled stays settled.

use std::time::Duration;

use crate::app::App;
use crate::db::{Connection, End, Error, in_org, sms_attempts, sms_breakers, sms_messages};
use crate::domain::attempt_outcome::AttemptOutcome;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
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
    sms_messages::lock(conn, org, message_id).await?;
    // Twilio's callback has said more than its answer can.
    let told = sms_attempts::find(conn, org, begun.attempt).await?;
    if told.is_some_and(|told| told.is_accepted()) {
        breaker::note(app, conn, org, outcome).await?;
        return Ok(None);
    }
    let settled = match end_attempt(app, conn, leased, begun, outcome).await? {
        Next::Sent { sid, status } => {
            let is_news = sms_messages::mark_sent(conn, org, message_id, sid, status).await?;
            is_news.then_some(SmsStatus::Sent)
        }
        Next::Wait(wait) => {
            sms_messages::postpone(conn, org, message_id, token, wait).await?;
            None
        }
        Next::GiveUp(state) => {
            let is_news = sms_messages::give_up(conn, org, message_id, token, &state).await?;
            is_news.then_some(state.status)
        }
    };
    if is_refused_sender(begun, outcome) {
        sms_breakers::release_probe(conn, org).await?;
    } else {
        breaker::note(app, conn, org, outcome).await?;
    }
    Ok(settled)
}

/// What an attempt that has ended means for its text.
enum Next<'a> {
    Sent { sid: &'a str, status: Option<&'a str> },
    Wait(Duration),
    GiveUp(SmsState),
}

async fn end_attempt<'a>(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
    begun: &Begun,
    outcome: &'a SendOutcome,
) -> Result<Next<'a>, Error> {
    use AttemptOutcome::{NotSent, Rejected, Unknown};
    let (org, sms) = (leased.org, &app.config.sms);
    let &Begun { attempt, tries, .. } = begun;
    let (ended, http_status, code, next) = match outcome {
        SendOutcome::Accepted { sid, status } => {
            let status = status.as_ref().map(|s| s.as_str());
            sms_attempts::accept(conn, org, attempt, sid, status).await?;
            return Ok(Next::Sent { sid, status });
        }
        SendOutcome::Unknown { kind } => {
            let http_status = match kind {
                UnknownKind::Status(status) => Some(*status),
                _ => None,
            };
            (Unknown, http_status, None, Next::Wait(sms.reconcile_after))
        }
        SendOutcome::Rejected { http_status, code } if is_refused_sender(begun, outcome) => {
            (NotSent, Some(*http_status), *code, Next::Wait(Duration::ZERO))
        }
        SendOutcome::Rejected { http_status, code } => {
            let given_up = SmsState::rejected(code.unwrap_or_else(|| u32::from(*http_status)));
            (Rejected, Some(*http_status), *code, Next::GiveUp(given_up))
        }
        SendOutcome::RetryLater { kind, retry_after } => {
            let (http_status, reason) = match kind {
                RetryKind::RateLimited => (Some(429), SmsReason::Rejected(TOO_MANY_REQUESTS)),
                RetryKind::NotConnected | RetryKind::NotTried => (None, SmsReason::Unreachable),
            };
            let next = if u32::try_from(tries).is_ok_and(|tries| tries < sms.max_tries) {
                let wait = backoff(sms.retry_base, tries);
                Next::Wait(wait.max(retry_after.unwrap_or_default()))
            } else {
                Next::GiveUp(SmsState::failed(reason))
            };
            (NotSent, http_status, None, next)
        }
    };
    sms_attempts::finish(conn, org, attempt, ended, http_status, code).await?;
    if ended == Rejected {
        let code = code.or(http_status.map(u32::from)).unwrap_or_default();
        let (to, sender) = (Some(begun.to.as_str()), Some(begun.credentials.sender().as_str()));
        let message_id = leased.message_id;
        failures::note(conn, org, Failed { message_id, to, sender, code }).await?;
    }
    Ok(next)
}

/// Whether the clinic has given up the number since earlier texts came from it: the present one will do,
/// and the account is well.
fn is_refused_sender(begun: &Begun, outcome: &SendOutcome) -> bool {
    let SendOutcome::Rejected { code: Some(code), .. } = outcome else { return false };
    begun.is_from_earlier && senders::is_refusal(*code)
}

/// Tells the log, once, of an attempt that Twilio did not accept: why, in one word or number. Nothing of the
/// person, and nothing of Twilio's own text, which quotes numbers.
pub(super) fn log(leased: Leased, outcome: &SendOutcome) {
    let Leased { org, message_id, .. } = leased;
    match outcome {
        SendOutcome::Accepted { .. } => {}
        SendOutcome::Rejected { http_status, code } => {
            tracing::warn!(org = %org, message_id = %message_id, http_status, code, "Twilio refused a text");
        }
        SendOutcome::RetryLater { kind, .. } => {
            let kind = kind.as_str();
            tracing::warn!(org = %org, message_id = %message_id, kind, "A text was not sent");
        }
        SendOutcome::Unknown { kind } => {
            tracing::warn!(org = %org, message_id = %message_id, %kind, "What became of a text is not known");
        }
    }
}

pub(super) fn is_sid_taken(error: &Error) -> bool {
    matches!(error, Error::Constraint(name) if name == sms_messages::A_SID_NAMES_ONE_MESSAGE)
}

/// Doubles with every try.
fn backoff(base: Duration, tries: i16) -> Duration {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    base.saturating_mul(1 << doublings).min(LONGEST_BACKOFF)
}
