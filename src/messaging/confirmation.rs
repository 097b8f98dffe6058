//! The confirmation: deciding with the booking whether one is owed, and what it says.

use ring::digest::{SHA256, digest};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use uuid::Uuid;

use crate::app::Lease;
use crate::db::sms_messages::corrections;
use crate::db::sms_messages::{self, NewMessage};
use crate::db::{Connection, Error, customer_twilio_keys};
use crate::domain::clinic::Clinic;
use crate::domain::sms::{SmsReason, SmsState, SmsStatus};

/// How every text begins.
const OPENING: &str = "Appointment Confirmation: ";
/// "August 22, 2026".
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[month repr:long] [day padding:none], [year]");
/// "4:30 PM".
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[hour padding:none repr:12]:[minute] [period]");

/// Room for the clinic's name such that the whole text stays within two GSM-7 segments (306).
const LONGEST_NAME: usize = 160;

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
/// none. A number that was already owed one is not owed another.
pub async fn owe(
    conn: &mut Connection,
    clinic: &Clinic,
    appointment_id: Uuid,
    phone: Option<&str>,
    lease: Lease,
) -> Result<Owed, Error> {
    let state = match phone {
        None => state(SmsStatus::Skipped, Some(SmsReason::NoPhone)),
        Some(_) if !clinic.texts_enabled => state(SmsStatus::Skipped, Some(SmsReason::TextsOff)),
        Some(_) if !customer_twilio_keys::exist(conn, clinic.org).await? => {
            state(SmsStatus::FailedButBooked, Some(SmsReason::NotConfigured))
        }
        Some(_) => state(SmsStatus::Sending, None),
    };
    let lease = (state.status == SmsStatus::Sending).then_some(lease);
    let message_id = Uuid::now_v7();
    let to_phone = phone.map(str::to_owned);
    let new = NewMessage {
        id: message_id,
        appointment_id,
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
    lease: Lease,
) -> Result<Owed, Error> {
    let org = clinic.org;
    let withdrawn = corrections::withdraw_others(conn, org, appointment_id, phone).await?;
    let withdrawn = std::iter::repeat_n(SmsStatus::Skipped, withdrawn);
    let earlier = corrections::find_to(conn, org, appointment_id, phone).await?;
    if let Some(message_id) = earlier {
        corrections::revive(conn, org, message_id).await?;
        let (state, _) = sms_messages::get_state(conn, org, message_id).await?;
        return Ok(Owed { message_id, state, lease: None, settled: withdrawn.collect() });
    }
    let mut owed = owe(conn, clinic, appointment_id, Some(phone), lease).await?;
    owed.settled.extend(withdrawn);
    Ok(owed)
}

/// The text: no patient's name, no reason for the visit, the clinic's wall-clock time.
pub fn text(clinic_name: &str, local_start: PrimitiveDateTime) -> String {
    let date = local_start.format(DATE).unwrap_or_default();
    let time = local_start.format(TIME).unwrap_or_default();
    let clinic = gsm7(clinic_name);
    format!("{OPENING}{clinic}\nDate: {date}\nTime: {time}\nReply STOP to opt out.")
}

/// What is kept of a text that was sent: enough to recognize it, not to read it.
pub(super) fn text_digest(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// The same of a text as Twilio lists it. What an account puts before its texts (a trial account says
/// that it is one) is not part of ours.
pub(super) fn listed_digest(body: &str) -> Vec<u8> {
    text_digest(body.find(OPENING).and_then(|at| body.get(at..)).unwrap_or(body))
}

/// The name in the basic GSM-7 alphabet, one line: one other character would double the text's price
/// and halve its length.
fn gsm7(name: &str) -> String {
    const KEPT: &str = "@£$¥èéùìòÇØøÅåÆæßÉ!\"#%&'()*+,-./:;<=>? ÄÖÑÜ§äöñüà_¡¿¤";
    let plain = name.chars().filter_map(|c| match c {
        c if c.is_ascii_alphanumeric() || KEPT.contains(c) => Some(c),
        '\u{2018}' | '\u{2019}' | '`' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{2010}'..='\u{2015}' => Some('-'),
        'á' | 'â' | 'ã' => Some('a'),
        'í' | 'î' | 'ï' => Some('i'),
        'ó' | 'ô' | 'õ' => Some('o'),
        'ú' | 'û' => Some('u'),
        'ê' | 'ë' => Some('e'),
        'ç' => Some('c'),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    });
    plain.take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

fn state(status: SmsStatus, reason: Option<SmsReason>) -> SmsState {
    SmsState { status, reason }
}
