//! What a text says, and how one is recognized that went out: by its link, or else by its words.

use ring::digest::{SHA256, digest};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::app::App;
use crate::db::appointments::ForText;
use crate::db::sms_messages::MessageRow;
use crate::db::{Connection, Error, text_templates};
use crate::domain::org_id::OrgId;
use crate::domain::segments::plain_name;
use crate::domain::template::{Placeholder, Template, Values};
use crate::domain::text_kind::TextKind;
use crate::messaging::links;

/// "August 22, 2026".
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[month repr:long] [day padding:none], [year]");
/// "4:30 PM".
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[hour padding:none repr:12]:[minute] [period]");

/// The text of a message: no patient's name, no reason for the visit, the clinic's wall-clock time; in
/// the clinic's own words, where it has some. Its link leads somewhere from the moment this transaction
/// commits.
pub(super) async fn compose(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    message: &MessageRow,
    about: &ForText,
) -> Result<String, Error> {
    let kind = message.kind()?;
    let own = text_templates::find(conn, org, kind).await?;
    let asks = match kind {
        TextKind::Confirmation | TextKind::Change => true,
        TextKind::Reminder => !about.is_confirmed(),
        TextKind::Cancellation => false,
    };
    let link = if asks && template(kind, own.as_deref(), true).says(Placeholder::Link) {
        links::make(app, conn, org, message.id, message.appointment_id).await?
    } else {
        None
    };
    let template = template(kind, own.as_deref(), link.is_some());
    let phone = about.clinic_phone.as_deref();
    Ok(word(&template, &about.clinic_name, about.local_start, link.as_deref(), phone))
}

/// A clinic's own words, or else the usual ones; those ask for a confirmation where they can.
pub fn template(kind: TextKind, own: Option<&str>, asks: bool) -> Template {
    // The clinic's file was checked: what cannot be read was not written by it.
    let own = own.and_then(|words| Template::parse(words).ok());
    own.unwrap_or_else(|| Template::usual(kind, asks))
}

/// Fills the words in.
pub fn word(
    template: &Template,
    clinic_name: &str,
    local_start: PrimitiveDateTime,
    link: Option<&str>,
    phone: Option<&str>,
) -> String {
    let date = local_start.format(DATE).unwrap_or_default();
    let time = local_start.format(TIME).unwrap_or_default();
    template.render(Values { clinic: clinic_name, date: &date, time: &time, link, phone })
}

/// Room for the clinic's name in a text that says little else.
const LONGEST_NAME: usize = 100;

/// A text that says only that texts arrive.
pub(super) fn trial(clinic_name: &str) -> String {
    let clinic: String = plain_name(clinic_name).chars().take(LONGEST_NAME).collect();
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
