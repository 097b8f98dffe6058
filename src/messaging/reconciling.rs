//! Finding out what became of a text whose answer we never read. Twilio keeps no idempotency key, so
//! its list of messages is the evidence: found there, it was sent; absent in two looks that lie
//! `sms.reconcile_after_ms` apart, it is resent once, ever. A text in its place that reads otherwise may
//! be ours, edited on its way: then nothing counts as absent.

use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::app::App;
use crate::db::sms_attempts::AttemptRow;
use crate::db::{Connection, Error, confirmation_links, sms_attempts, sms_messages};
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::messaging::sending::Leased;
use crate::messaging::{delivery, links, wording};
use crate::twilio::callback::StatusCallback;
use crate::twilio::{Credentials, DeliveryStatus, LIST_PAGE_SIZE, ListedMessage};

/// Looks that must have found nothing before a text counts as never created.
const LOOKS: i16 = 2;

/// How far Twilio's clock and ours may differ, its whole seconds included.
const SKEW: time::Duration = time::Duration::MINUTE;

/// A text whose last attempt has no known outcome.
pub(super) struct Unsettled {
    pub(super) message_id: Uuid,
    pub(super) to: String,
    pub(super) attempts: Vec<AttemptRow>,
    /// Whether it may be sent again once it counts as never created: once ever, where the clinic allows it.
    pub(super) may_resend: bool,
    /// Whether its appointment still lies ahead: nobody looks for a text for ever.
    pub(super) is_needed: bool,
}

/// What a look into Twilio's list showed.
pub(super) enum Look {
    /// With what a callback would have told.
    Found(StatusCallback),
    Absent,
    /// The list could not be read this time, or not far enough back, or shows what may be ours.
    Unread,
}

/// Whether the last attempt has been looked for often enough.
pub(super) fn is_absent(attempts: &[AttemptRow]) -> bool {
    attempts.last().is_some_and(|a| a.looks >= LOOKS)
}

/// Reads the list of texts to its number and looks for one of its attempts. Outside any transaction.
pub(super) async fn look(
    app: &App,
    org: OrgId,
    credentials: &Credentials,
    text: &Unsettled,
) -> Result<Look, Error> {
    let listed = match app.twilio.list(credentials, &text.to).await {
        Ok(listed) => listed,
        // A key that may send and not read says nothing about the text.
        Err(error) => {
            tracing::warn!(org = %org, %error, "Twilio's list of texts could not be read");
            return Ok(Look::Unread);
        }
    };
    let shows_all = shows_all_since_the_first(&listed, &text.attempts);
    let mut conn = app.db.connection().await?;
    let mut may_be_edited = false;
    for message in listed {
        let likeness = match by_links(&mut conn, org, text.message_id, &message).await? {
            Some(likeness) => likeness,
            None => by_words(&message, &text.attempts, app.config.sms.lease),
        };
        // Two texts may read the same: one that an attempt already knows as its own is not ours, nor is
        // one of our own that was taken before and did not arrive.
        if likeness == Likeness::None
            || sms_attempts::is_sid_known(&mut conn, org, &message.sid).await?
        {
            continue;
        }
        if likeness == Likeness::Ours {
            let ListedMessage { sid, status, error_code, .. } = message;
            // Where the list does not say how far it has come, nothing moves.
            let status = status.unwrap_or(DeliveryStatus::Other(String::new()));
            let sender = Some(credentials.sender().as_str().to_owned());
            return Ok(Look::Found(StatusCallback { sid, status, error_code, sender }));
        }
        may_be_edited = true;
    }
    Ok(if shows_all && !may_be_edited { Look::Absent } else { Look::Unread })
}

/// Writes what the look settles; returns the status if that is the last word.
pub(super) async fn settle(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
    text: &Unsettled,
    look: &Look,
) -> Result<Option<SmsStatus>, Error> {
    let Leased { org, message_id, token, .. } = leased;
    let Some(last) = text.attempts.last() else { return Ok(None) };
    if let Look::Found(event) = look {
        return delivery::record_found(app, conn, org, last.id, event).await;
    }
    // Whoever took the lease meanwhile has looked for themselves, and two looks at a time are one.
    if sms_messages::find_leased(conn, org, message_id, token).await?.is_none() {
        return Ok(None);
    }
    let is_absent = matches!(look, Look::Absent) && last.looks.saturating_add(1) >= LOOKS;
    if matches!(look, Look::Absent) {
        sms_attempts::count_look(conn, org, last.id).await?;
    }
    let is_hopeless = match look {
        Look::Unread => !text.is_needed,
        _ => is_absent && !text.may_resend,
    };
    if is_hopeless {
        let state = SmsState::failed(SmsReason::Unreachable);
        let is_news = sms_messages::give_up(conn, org, message_id, token, &state).await?;
        return Ok(is_news.then_some(state.status));
    }
    let again = if is_absent { Duration::ZERO } else { app.config.sms.reconcile_after };
    sms_messages::postpone(conn, org, message_id, token, again).await?;
    Ok(None)
}

/// How much a listed message is like the one we look for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Ours,
    /// It went to the number when ours would have, and reads otherwise.
    Perhaps,
    None,
}

/// Goes by the links in a listed text: ours is in no other text, and a text with another's is not ours.
/// `None`: it carries none that we have made.
async fn by_links(
    conn: &mut Connection,
    org: OrgId,
    message_id: Uuid,
    message: &ListedMessage,
) -> Result<Option<Likeness>, Error> {
    for token in links::tokens_in(message.body.as_deref().unwrap_or_default()) {
        let digest = links::digest_of(token);
        if let Some(found) = confirmation_links::find(conn, &digest).await? {
            let is_ours = (found.org_id, found.message_id) == (org.0, message_id);
            return Ok(Some(if is_ours { Likeness::Ours } else { Likeness::None }));
        }
    }
    Ok(None)
}

/// Goes by time and words. An account that redacts its messages shows no texts: there, time and number
/// have to do, for a missed text is better than a second one.
fn by_words(message: &ListedMessage, attempts: &[AttemptRow], lease: Duration) -> Likeness {
    let is_in_time =
        |a: &AttemptRow| message.created_at.is_none_or(|at| may_be_of(a.started_at, at, lease));
    let mut in_time = attempts.iter().filter(|a| is_in_time(a)).peekable();
    if in_time.peek().is_none() {
        return Likeness::None;
    }
    let is_ours = match message.body.as_deref().filter(|body| !body.is_empty()) {
        Some(body) => in_time.any(|a| wording::ends_in(body, &a.body_digest)),
        None => message.created_at.is_some(),
    };
    if is_ours { Likeness::Ours } else { Likeness::Perhaps }
}

/// Whether the message of an attempt may have been created then: nothing is written after its lease.
fn may_be_of(started_at: OffsetDateTime, created_at: OffsetDateTime, lease: Duration) -> bool {
    (started_at - SKEW..=started_at + lease + SKEW).contains(&created_at)
}

/// A full page whose oldest message is younger than the first attempt leaves something unseen.
fn shows_all_since_the_first(listed: &[ListedMessage], attempts: &[AttemptRow]) -> bool {
    let first = attempts.iter().map(|a| a.started_at).min();
    let oldest = listed.iter().filter_map(|m| m.created_at).min();
    listed.len() < usize::from(LIST_PAGE_SIZE)
        || first.zip(oldest).is_some_and(|(first, oldest)| oldest < first - SKEW)
}
