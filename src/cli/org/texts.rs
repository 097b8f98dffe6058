//! `org texts`: what staff should know of a clinic's texts, in plain lines: what has to be put right, who
//! cannot come or wrote something, and what became of the latest texts. Numbers by their last four digits.

use std::fmt::Write;

use secrecy::ExposeSecret;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::db::inbound_messages::{self, ForStaff, SEALED_BODY, TABLE};
use crate::db::sms_messages::{self, ListedText};
use crate::db::{self, Db, End, appointments, organizations, sms_alerts, sms_attempts};
use crate::domain::org_id::OrgId;
use crate::domain::sms::SmsReason;
use crate::domain::sms_failure;
use crate::domain::zone::Zone;
use crate::vault::{Place, Vault};

use super::OrgError;

/// The texts of the organization of this slug or id; `limit` of each kind.
pub async fn texts(
    db: &Db,
    vault: &Vault,
    slug: &str,
    limit: u32,
    now: OffsetDateTime,
) -> Result<String, OrgError> {
    let found = organizations::find(&*db.connection().await?, slug).await?;
    let row = found.ok_or(OrgError::NotFound)?;
    let org = OrgId(row.id);
    let zone = Zone::find(&row.timezone).ok_or(db::Error::Broken("an unknown time zone"))?;
    let limit = i64::from(limit);
    let read = db::in_org(db, org, async |conn| {
        let alerts = sms_alerts::list(conn, org).await?;
        let declined = appointments::list_declined(conn, org, now).await?;
        let written = inbound_messages::list_for_staff(conn, org, limit).await?;
        let mut latest = Vec::new();
        for text in sms_messages::list_latest(conn, org, limit).await? {
            let code = sms_attempts::find_last_error(conn, org, text.id).await?;
            latest.push((text, code));
        }
        Ok(End::RollBack((alerts, declined, written, latest)))
    });
    let (alerts, declined, written, latest) = read.await?;
    let at = |instant| shown(zone.local(instant));
    let mut lines = Vec::new();
    for (code, since) in alerts {
        lines.push(format!("ALERT since {}: {}", at(since), staff_sentence(code)));
    }
    for (start, provider, phone) in declined {
        lines.push(format!(
            "CANNOT COME on {} with {provider}: the patient at {}",
            shown(start),
            last_four(&phone)
        ));
    }
    for message in &written {
        let body = body_of(vault, org, message);
        let phone = last_four(&Some(message.phone.clone()));
        lines.push(format!("WROTE on {}: {phone}: {body}", at(message.received_at)));
    }
    for (text, code) in &latest {
        lines.push(line(&at(text.created_at), text, *code));
    }
    if lines.is_empty() {
        lines.push("No texts yet.".to_owned());
    }
    let mut all = String::new();
    for line in lines {
        // Writing to a string does not fail.
        writeln!(all, "{line}").ok();
    }
    Ok(all)
}

fn line(at: &str, text: &ListedText, code: Option<i32>) -> String {
    let mut line =
        format!("{at}  {}  {}  {}", text.kind, last_four(&text.to_phone), text.sms_status);
    for word in [&text.sms_reason, &text.delivery_status].into_iter().flatten() {
        line.push_str(&format!(", {word}"));
    }
    let reason = text.sms_reason.as_deref().and_then(SmsReason::parse);
    let refused = match &reason {
        Some(SmsReason::Rejected(code)) => i32::try_from(*code).ok(),
        _ => None,
    };
    if let Some(code) = refused.or(code) {
        line.push_str(&format!(". {}", staff_sentence(code)));
    } else if let Some(sentence) = reason.as_ref().and_then(sms_failure::of_reason) {
        line.push_str(&format!(". {sentence}"));
    }
    line
}

fn staff_sentence(code: i32) -> String {
    let (_, sentence) = sms_failure::of_code(u32::try_from(code).unwrap_or_default());
    format!("{sentence} ({code})")
}

/// On one line, whatever it holds: it is a stranger's text on an operator's terminal.
fn body_of(vault: &Vault, org: OrgId, message: &ForStaff) -> String {
    let place = Place { org, table: TABLE, column: SEALED_BODY, row: message.id };
    match vault.open_text(place, &message.sealed_body) {
        Ok(body) => format!("\"{}\"", body.expose_secret().escape_debug()),
        Err(_) => "(sealed with a key that is not there)".to_owned(),
    }
}

fn last_four(phone: &Option<String>) -> String {
    let Some(phone) = phone else { return "(no number)".to_owned() };
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let four: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
    format!("…{four}")
}

fn shown(local: PrimitiveDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    local.format(format).unwrap_or_default()
}
