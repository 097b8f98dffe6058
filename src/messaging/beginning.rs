//! Beginning an attempt: what is written of it before its request is.

use serde_json::json;
use uuid::Uuid;

use crate::db::audit_log::{self, Actor};
use crate::db::{Connection, Error, sms_attempts, sms_messages};
use crate::domain::attempt_outcome::AttemptOutcome;
use crate::messaging::deciding::Ready;
use crate::messaging::senders::Origin;
use crate::messaging::sending::Leased;
use crate::messaging::wording;
use crate::twilio::Credentials;

/// An attempt that is committed and not yet made.
pub(super) struct Begun {
    pub(super) attempt: Uuid,
    pub(super) to: String,
    pub(super) text: String,
    pub(super) credentials: Credentials,
    pub(super) tries: i16,
    /// From a sender that is kept to only for the sake of earlier texts.
    pub(super) is_from_earlier: bool,
}

/// Writes the attempt that is about to be made, and, where the last one's outcome is unknown, that it is
/// the one resend.
pub(super) async fn begin(
    conn: &mut Connection,
    leased: Leased,
    ready: Ready,
) -> Result<Begun, Error> {
    let Leased { org, message_id, .. } = leased;
    let Ready { message, attempts, to, text, credentials, origin } = ready;
    let last = attempts.last();
    let resend = last.is_some_and(|a| a.outcome() == Some(AttemptOutcome::Unknown));
    let number = last.map_or(1, |a| a.number.saturating_add(1));
    let attempt = Uuid::now_v7();
    let digest = wording::text_digest(&text);
    sms_attempts::insert(conn, org, attempt, message_id, number, &digest).await?;
    let Origin { sender, account_digest, is_earlier: is_from_earlier } = origin;
    sms_messages::count_try(conn, org, message_id, (&sender, &account_digest), resend).await?;
    if resend {
        let details = json!({ "attempt": number });
        audit_log::insert(conn, org, Actor::Worker, "text_resent", message_id, details).await?;
        tracing::warn!(org = %org, message_id = %message_id, "A text that Twilio does not list is sent again, once");
    }
    let tries = message.tries.saturating_add(1);
    Ok(Begun { attempt, to, text, credentials, tries, is_from_earlier })
}
