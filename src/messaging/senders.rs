//! Which sender a text comes from. A patient knows a clinic by the number of its first text: what
//! follows about the same appointment comes from there, too, as long as the account it belongs to is the
//! clinic's. A sender that the account no longer has is not insisted on.

use crate::app::App;
use crate::db::sms_attempts::AttemptRow;
use crate::db::sms_messages::{self, MessageRow};
use crate::db::{Connection, Error};
use crate::domain::attempt_outcome::AttemptOutcome;
use crate::domain::org_id::OrgId;
use crate::twilio::{Credentials, Sender};

/// What the digests of accounts are for, as the vault takes it.
const PURPOSE: &str = "twilio_account";

/// Twilio's codes for a sender that is none, that cannot text, or that is not the account's.
const NOT_A_SENDER: [u32; 7] = [21212, 21606, 21659, 21660, 21703, 21704, 21705];

/// What is kept of where a text comes from.
pub(super) struct Origin {
    pub(super) sender: String,
    pub(super) account_digest: Vec<u8>,
    /// It is not what the clinic would take for a first text.
    pub(super) is_earlier: bool,
}

/// The clinic's credentials, with the sender that this text is to come from.
pub(super) async fn choose(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    message: &MessageRow,
    attempts: &[AttemptRow],
    present: Credentials,
) -> Result<(Credentials, Origin), Error> {
    let account = present.account_sid().as_bytes();
    let undigestable = |_| Error::Broken("an account cannot be digested");
    let account_digest = app.vault.digest(org, PURPOSE, account).map_err(undigestable)?;
    let origin = |credentials: &Credentials, is_earlier| Origin {
        sender: credentials.sender().as_str().to_owned(),
        account_digest,
        is_earlier,
    };
    let was_refused = attempts
        .iter()
        .any(|a| a.outcome() == Some(AttemptOutcome::NotSent) && is_refusal(a.code()));
    // The text of a booking is the first: it follows none.
    if !was_refused && !message.is_fresh() {
        let is_unknown =
            attempts.last().is_some_and(|a| a.outcome() == Some(AttemptOutcome::Unknown));
        let earlier = sms_messages::find_earlier_sender(
            conn,
            org,
            message.appointment_id,
            message.id,
            is_unknown,
        )
        .await?;
        let of_account = earlier.filter(|(sender, digest)| {
            sender != present.sender().as_str()
                && app.vault.verify_digest(org, PURPOSE, account, digest)
        });
        if let Some((sender, _)) = of_account
            && let Ok(credentials) = present.clone().with_sender(named(sender))
        {
            let origin = origin(&credentials, true);
            return Ok((credentials, origin));
        }
    }
    let origin = origin(&present, false);
    Ok((present, origin))
}

/// Whether Twilio refused a text for its sender.
pub(super) fn is_refusal(code: u32) -> bool {
    NOT_A_SENDER.contains(&code)
}

fn named(name: String) -> Sender {
    if name.starts_with('+') { Sender::PhoneNumber(name) } else { Sender::MessagingService(name) }
}
