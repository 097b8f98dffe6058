//! What a text says, and how one is recognized that went out: by its link, or else by its words.

use ring::digest::{SHA256, digest};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::app::App;
use crate::db::appointments::ForText;
use crate::db::sms_messages::MessageRow;
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::messaging::links;

/// "August 22, 2026".
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[month repr:long] [day padding:none], [year]");
/// "4:30 PM".
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[hour padding:none repr:12]:[minute] [period]");

/// Room for the clinic's name such that the whole text stays within two GSM-7 segments (306).
const LONGEST_NAME: usize = 100;

/// The text of a message: no patient's name, no reason for the visit, the clinic's wall-clock time. Its
/// link leads somewhere from the moment this transaction commits.
pub(super) async fn compose(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    message: &MessageRow,
    about: &ForText,
) -> Result<String, Error> {
    let link = links::make(app, conn, org, message.id, message.appointment_id).await?;
    Ok(confirmation(&about.clinic_name, about.local_start, link.as_deref()))
}

/// A confirmation.
pub fn confirmation(
    clinic_name: &str,
    local_start: PrimitiveDateTime,
    link: Option<&str>,
) -> String {
    let date = local_start.format(DATE).unwrap_or_default();
    let time = local_start.format(TIME).unwrap_or_default();
    let clinic = gsm7(clinic_name);
    let ending = match link {
        Some(link) => format!("Confirm: {link}\nReply C to confirm, STOP to opt out."),
        None => "Reply STOP to opt out.".to_owned(),
    };
    format!("Appointment Confirmation: {clinic}\nDate: {date}\nTime: {time}\n{ending}")
}

/// A text that says only that texts arrive.
pub(super) fn trial(clinic_name: &str) -> String {
    let clinic = gsm7(clinic_name);
    format!("{clinic}: this is a test of our appointment texts.\nReply STOP to opt out.")
}

/// What is kept of a text that was sent: enough to recognize it, not to read it.
pub(super) fn text_digest(text: &str) -> Vec<u8> {
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// Whether a text as Twilio lists it ends in the one of this digest: what an account puts before its texts
/// (a trial account says that it is one) is not part of ours.
pub(super) fn ends_in(listed: &str, digest: &[u8]) -> bool {
    let ends = listed.char_indices().filter_map(|(at, _)| listed.get(at..));
    ends.map(text_digest).any(|of_end| of_end == digest)
}

/// The name in the basic GSM-7 alphabet, one line: one other character would double the text's price
/// and halve its length.
pub(super) fn gsm7(name: &str) -> String {
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
