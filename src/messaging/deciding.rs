//! What is to be done next about a text whose lease we hold: questions in this order, under its row's lock.
//! The first that settles the matter ends them, so that each may take the ones before it for answered.

use std::time::Duration;

use crate::app::App;
use crate::db::sms_attempts::AttemptRow;
use crate::db::sms_messages::MessageRow;
use crate::db::{Connection, Error, appointments, organizations, sms_attempts, sms_messages};
use crate::domain::attempt_outcome::AttemptOutcome;
use crate::domain::sms::{SmsReason, SmsState};
use crate::messaging::credentials::{self, Keys};
use crate::messaging::permission::{self, Asking, Permission};
use crate::messaging::reconciling::{self, Unsettled};
use crate::messaging::senders::{self, Origin};
use crate::messaging::sending::Leased;
use crate::messaging::{reminders, wording};
use crate::telemetry::SMS_REFUSED_TOTAL;
use crate::twilio::Credentials;

/// What was decided. Whoever asked writes it down, in the same transaction.
pub(super) enum Decision {
    /// Nothing: the lease is not ours any more.
    Leave,
    /// Nothing yet: it is asked about again after so long.
    Wait(Duration),
    /// No text will come.
    GiveUp(SmsState),
    /// Its last attempt is to be looked for in Twilio's list.
    Look {
        text: Unsettled,
        credentials: Credentials,
    },
    Send(Ready),
}

/// A text that may be sent, with all that its attempt needs.
pub(super) struct Ready {
    pub(super) message: MessageRow,
    pub(super) attempts: Vec<AttemptRow>,
    pub(super) to: String,
    pub(super) text: String,
    pub(super) credentials: Credentials,
    pub(super) origin: Origin,
}

pub(super) async fn decide(
    app: &App,
    conn: &mut Connection,
    leased: Leased,
) -> Result<Decision, Error> {
    let Leased { org, message_id, token, .. } = leased;
    let Some(message) = sms_messages::find_leased(conn, org, message_id, token).await? else {
        return Ok(Decision::Leave);
    };

    // How did the last attempt end?
    let attempts = sms_attempts::list(conn, org, message_id).await?;
    let last = attempts.last().map(|a| (a, a.outcome()));
    match last {
        // Whoever began it is gone: it may have been written.
        Some((begun, None)) => {
            let unknown = AttemptOutcome::Unknown;
            sms_attempts::finish(conn, org, begun.id, unknown, None, None).await?;
            return Ok(Decision::Wait(app.config.sms.reconcile_after));
        }
        // Whoever heard it had lost the lease by then.
        Some((refused, Some(AttemptOutcome::Rejected))) => {
            return Ok(Decision::GiveUp(SmsState::rejected(refused.code())));
        }
        _ => {}
    }
    let is_unknown = matches!(last, Some((_, Some(AttemptOutcome::Unknown))));
    let must_look = is_unknown && !reconciling::is_absent(&attempts);

    // To whom does it go, and does anybody need it still, at this hour?
    let Some(to) = message.to_phone.clone() else {
        return Ok(Decision::GiveUp(SmsState::skipped(SmsReason::NoPhone)));
    };
    let about = appointments::get_for_text(conn, org, message.appointment_id).await?;
    let now = app.clock.now();
    let is_needed = about.is_current(message.kind()?, now);
    // A number that was corrected away is not texted again, whoever held the lease meanwhile.
    if !must_look && (!is_needed || about.phone.as_ref() != Some(&to)) {
        return Ok(Decision::GiveUp(SmsState::skipped(SmsReason::NoLongerNeeded)));
    }
    if !must_look && let Some(wait) = reminders::wait_for_morning(&message, &about, now) {
        return Ok(Decision::Wait(wait));
    }

    // From where?
    let present = match credentials::find(app, conn, org).await? {
        Keys::Open(credentials) => credentials,
        // Another node may have the key of the vault, or this one once it is started anew.
        Keys::Sealed if is_needed => return Ok(Decision::Wait(app.config.sms.reconcile_after)),
        Keys::Sealed | Keys::None => {
            return Ok(Decision::GiveUp(SmsState::failed(SmsReason::NotConfigured)));
        }
    };
    let rules = organizations::get_text_rules(conn, org).await?;
    let (credentials, origin) =
        senders::choose(app, conn, org, &message, &attempts, present).await?;

    // Has it been sent already?
    if must_look {
        let may_resend = !message.resent && !rules.holds_unknown;
        let text = Unsettled { message_id, to, attempts, may_resend, is_needed };
        return Ok(Decision::Look { text, credentials });
    }
    if is_unknown && rules.holds_unknown {
        return Ok(Decision::GiveUp(SmsState::failed(SmsReason::Unreachable)));
    }

    // May it be sent?
    let asking = Asking { to: &to, sender: &origin.sender, is_fresh: message.is_fresh() };
    match permission::ask(app, conn, org, &rules, asking).await? {
        Permission::Granted => {}
        Permission::Wait(wait) => return Ok(Decision::Wait(wait)),
        Permission::Refused(state) => {
            tell_refused(leased, &state);
            return Ok(Decision::GiveUp(state));
        }
    }
    let text = wording::compose(app, conn, org, &message, &about).await?;
    Ok(Decision::Send(Ready { message, attempts, to, text, credentials, origin }))
}

fn tell_refused(leased: Leased, state: &SmsState) {
    let Leased { org, message_id, .. } = leased;
    let reason = state.reason.as_ref().map_or("none", SmsReason::as_word);
    tracing::warn!(org = %org, message_id = %message_id, reason, "A text may not be sent");
    metrics::counter!(SMS_REFUSED_TOTAL, "reason" => reason).increment(1);
}
