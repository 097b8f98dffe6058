//! The breaker: where a clinic's account fails every text, or Twilio answers none, its texts are paused for
//! a while, so that callers hear at once that none will come. Then one text is tried to see. It is a row
//! per organization: every node goes by it, a restart loses nothing, and no clinic shares another's.

use crate::app::App;
use crate::db::sms_breakers::{self, Failure};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::domain::sms_failure;
use crate::twilio::{RetryKind, SendOutcome, UnknownKind};

/// Refusals of the account in a row that pause it: one may be a text's own bad luck.
const ACCOUNT_FAILURES: i32 = 3;

/// Time-outs in a row that pause it: a few happen to everybody.
const TIME_OUTS: i32 = 5;

/// Takes an outcome into account, in the transaction that records it.
pub(super) async fn note(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    outcome: &SendOutcome,
) -> Result<(), Error> {
    let (failure, most) = match outcome {
        SendOutcome::Accepted { .. } => {
            if sms_breakers::close(conn, org).await? {
                tracing::info!(org = %org, "A clinic's account takes texts again");
            }
            return Ok(());
        }
        SendOutcome::Rejected { http_status, code } => {
            if !sms_failure::is_of_account(code.unwrap_or_else(|| u32::from(*http_status))) {
                return sms_breakers::note_answer(conn, org, ACCOUNT_FAILURES).await;
            }
            (Failure::Account, ACCOUNT_FAILURES)
        }
        SendOutcome::Unknown { kind: UnknownKind::TimedOut }
        | SendOutcome::RetryLater { kind: RetryKind::NotConnected, .. } => {
            (Failure::TimeOut, TIME_OUTS)
        }
        SendOutcome::Unknown { .. }
        | SendOutcome::RetryLater { kind: RetryKind::RateLimited | RetryKind::NotTried, .. } => {
            return sms_breakers::release_probe(conn, org).await;
        }
    };
    let pause = app.config.sms.breaker_pause;
    if sms_breakers::count_failure(conn, org, failure, most, pause).await? {
        tracing::error!(org = %org, failure = ?failure, "A clinic's texts are paused: its account fails them");
    }
    Ok(())
}
