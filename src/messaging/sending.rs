//! Sending a text that is owed. An attempt is committed before its request is written, and the request
//! is written outside any transaction: a crash in between is an unknown outcome, which is reconciled and
//! never resent blindly. Not promised: that a text arrives; only Twilio's callbacks can tell.

use std::time::Instant;

use uuid::Uuid;

use crate::app::{App, Lease};
use crate::db::{Connection, End, Error, in_org, sms_messages};
use crate::domain::org_id::OrgId;
use crate::domain::sms::SmsStatus;
use crate::messaging::beginning::{self, Begun};
use crate::messaging::deciding::{self, Decision};
use crate::messaging::reconciling::{Look, Unsettled};
use crate::messaging::recording::{self, is_sid_taken, record};
use crate::messaging::{count_settled, reconciling};
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
    Send(Begun),
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
        Next::Send(begun) => {
            // A process that slept through its lease must not write what another may be writing.
            let outcome = if leased.since.elapsed() + app.twilio.timeout() < app.config.sms.lease {
                let report_to = callback_url(app, leased.org, begun.attempt);
                app.twilio
                    .send(&begun.credentials, &begun.to, &begun.text, report_to.as_deref())
                    .await
            } else {
                SendOutcome::RetryLater { kind: RetryKind::NotTried, retry_after: None }
            };
            recording::log(leased, &outcome);
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

/// Decides what is next, and writes down what has to be known before it is done.
async fn prepare(app: &App, conn: &mut Connection, leased: Leased) -> Result<End<Next>, Error> {
    let Leased { org, message_id, token, .. } = leased;
    let next = match deciding::decide(app, conn, leased).await? {
        Decision::Leave => return Ok(End::RollBack(Next::Nothing(None))),
        Decision::Look { text, credentials } => {
            return Ok(End::RollBack(Next::Look { text, credentials }));
        }
        Decision::Wait(wait) => {
            sms_messages::postpone(conn, org, message_id, token, wait).await?;
            Next::Nothing(None)
        }
        Decision::GiveUp(state) => {
            let is_news = sms_messages::give_up(conn, org, message_id, token, &state).await?;
            Next::Nothing(is_news.then_some(state.status))
        }
        Decision::Send(ready) => Next::Send(beginning::begin(conn, leased, ready).await?),
    };
    Ok(End::Commit(next))
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
