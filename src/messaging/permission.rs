//! Whether a text may be sent now: the one place that says no, in the transaction that would begin the
//! attempt and under the text's lock. Asked in this order, so that the answer that holds longest is given:
//! has its reader opted out, is its country texted, is the account paused, is the day's limit reached.

use std::time::Duration;

use crate::app::App;
use crate::db::organizations::{self, TextRules};
use crate::db::sms_breakers::{self, Pause};
use crate::db::{Connection, Error, sms_numbers_of_day, sms_opt_outs};
use crate::domain::country;
use crate::domain::org_id::OrgId;
use crate::domain::sms::{SmsReason, SmsState};
use crate::domain::sms_failure::OPTED_OUT;
use crate::telemetry::SMS_REFUSED_TOTAL;

/// A text that is about to be sent.
pub(super) struct Asking<'a> {
    pub(super) to: &'a str,
    /// The clinic's number or messaging service.
    pub(super) sender: &'a str,
    /// A confirmation that nobody has tried to send: its caller is on the line and wants to know.
    pub(super) is_fresh: bool,
}

/// What was decided.
pub(super) enum Permission {
    /// It may be sent, and has been counted.
    Granted,
    /// No text will come.
    Refused(SmsState),
    /// Not yet.
    Wait(Duration),
}

pub(super) async fn ask(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    rules: &TextRules,
    asking: Asking<'_>,
) -> Result<Permission, Error> {
    let Asking { to, sender, is_fresh } = asking;
    if sms_opt_outs::exists_for(conn, org, to, sender).await? {
        return Ok(Permission::Refused(SmsState::rejected(OPTED_OUT)));
    }
    if !country::is_texted(to, &rules.countries, &rules.region) {
        return Ok(refused(SmsReason::CountryNotAllowed));
    }
    let pause = sms_breakers::find_pause(conn, org).await?;
    match pause {
        None => {}
        Some(Pause::For(_)) if is_fresh => return Ok(refused(SmsReason::Paused)),
        Some(Pause::For(left) | Pause::Probed(left)) => return Ok(Permission::Wait(left)),
        Some(Pause::Over) => {
            let length = app.config.sms.lease;
            if !sms_breakers::claim_probe(conn, org, length).await? {
                return Ok(Permission::Wait(length));
            }
        }
    }
    let TextRules { texts_per_number_per_day: texts, numbers_per_day: numbers, .. } = *rules;
    if !sms_numbers_of_day::count_if_below(conn, org, to, texts, numbers).await? {
        if pause.is_some() {
            sms_breakers::release_probe(conn, org).await?;
        }
        return Ok(refused(SmsReason::LimitReached));
    }
    Ok(Permission::Granted)
}

/// Whether a patient's text may be answered by one: not where they have stopped ours, and not more often than
/// they may be texted at all. One that may be is counted.
pub(super) async fn may_answer(
    conn: &mut Connection,
    org: OrgId,
    to: &str,
    sender: &str,
) -> Result<bool, Error> {
    if sms_opt_outs::exists_for(conn, org, to, sender).await? {
        return Ok(false);
    }
    let rules = organizations::get_text_rules(conn, org).await?;
    let (texts, numbers) = (rules.texts_per_number_per_day, rules.numbers_per_day);
    let is_counted = sms_numbers_of_day::count_if_below(conn, org, to, texts, numbers).await?;
    if !is_counted {
        let reason = SmsReason::LimitReached.as_word();
        tracing::warn!(org = %org, reason, "A patient's text may not be answered");
        metrics::counter!(SMS_REFUSED_TOTAL, "reason" => reason).increment(1);
    }
    Ok(is_counted)
}

fn refused(reason: SmsReason) -> Permission {
    Permission::Refused(SmsState::failed(reason))
}
