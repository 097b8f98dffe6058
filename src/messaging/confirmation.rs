//! The confirmation: deciding with the booking whether one is owed.

use uuid::Uuid;

use crate::app::Lease;
use crate::db::sms_messages::corrections;
use crate::db::sms_messages::{self, NewMessage};
use crate::db::{Connection, Error, customer_twilio_keys};
use crate::domain::clinic::Clinic;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};
use crate::domain::text_kind::TextKind;

/// A text in the outbox.
pub struct Owed {
    pub message_id: Uuid,
    pub state: SmsState,
    /// Ours, where the text is still to be sent.
    pub lease: Option<Lease>,
    /// What became of the texts that were settled by owing this one, itself included.
    pub settled: Vec<SmsStatus>,
}

/// Writes what is owed for an appointment to `phone`: a text leased to us, or the reason why there is
/// none. `wanted`: the caller has not refused one.
pub async fn owe(
    conn: &mut Connection,
    clinic: &Clinic,
    appointment_id: Uuid,
    phone: Option<&str>,
    wanted: bool,
    lease: Lease,
) -> Result<Owed, Error> {
    let state = match phone {
        None => SmsState::skipped(SmsReason::NoPhone),
        Some(_) if !wanted => SmsState::skipped(SmsReason::NotWanted),
        Some(_) if !clinic.texts_enabled => SmsState::skipped(SmsReason::TextsOff),
        Some(_) if !customer_twilio_keys::exist(conn, clinic.org).await? => {
            SmsState::failed(SmsReason::NotConfigured)
        }
        Some(_) => SmsState::sending(),
    };
    let lease = (state.status == SmsStatus::Sending).then_some(lease);
    let message_id = Uuid::now_v7();
    let to_phone = phone.map(str::to_owned);
    let new = NewMessage {
        id: message_id,
        appointment_id,
        kind: TextKind::Confirmation,
        lead_minutes: 0,
        to_phone,
        state: state.clone(),
        lease: lease.map(|l| (l.token, l.length)),
    };
    sms_messages::insert(conn, clinic.org, &new).await?;
    let settled = if lease.is_none() { vec![state.status] } else { Vec::new() };
    Ok(Owed { message_id, state, lease, settled })
}

/// What is owed once a patient's number was corrected: nothing to the old one that is still waiting,
/// one text to the new one, ever: one that was dropped by an earlier correction is owed after all.
pub async fn owe_corrected(
    conn: &mut Connection,
    clinic: &Clinic,
    appointment_id: Uuid,
    phone: &str,
    wanted: bool,
    lease: Lease,
) -> Result<Owed, Error> {
    let org = clinic.org;
    let withdrawn = corrections::withdraw_others(conn, org, appointment_id, phone).await?;
    let withdrawn = std::iter::repeat_n(SmsStatus::Skipped, withdrawn);
    let earlier = corrections::find_to(conn, org, appointment_id, phone).await?;
    if let Some(message_id) = earlier {
        if wanted {
            corrections::revive(conn, org, message_id).await?;
        }
        let (state, _) = sms_messages::get_state(conn, org, message_id).await?;
        return Ok(Owed { message_id, state, lease: None, settled: withdrawn.collect() });
    }
    let mut owed = owe(conn, clinic, appointment_id, Some(phone), wanted, lease).await?;
    owed.settled.extend(withdrawn);
    Ok(owed)
}
