//! What Twilio calls back: how far one attempt has come. A callback names our attempt in its URL, so it
//! also settles an attempt whose answer was lost, before anybody has looked for it. Callbacks come twice,
//! in any order, and before the answer they follow; what is known only ever moves forward.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::db::audit_log::{self, Actor};
use crate::db::sms_attempts::{self, ToldAttempt};
use crate::db::sms_messages::{self, ToldMessage};
use crate::db::{Connection, End, Error, appointments, in_org, sms_alerts, sms_delivery_events};
use crate::domain::delivery::{end_of, is_arrival, is_failure, moves};
use crate::domain::org_id::OrgId;
use crate::domain::sms::SmsStatus;
use crate::domain::sms_failure;
use crate::messaging::failures::{self, Failed};
use crate::messaging::{count_settled, recording};
use crate::telemetry::SMS_DELIVERIES_TOTAL;
use crate::twilio::callback::StatusCallback;

/// Writes an event of one of the organization's attempts. False: it has no such attempt.
pub async fn record(
    app: &App,
    org: OrgId,
    attempt_id: Uuid,
    event: &StatusCallback,
) -> Result<bool, Error> {
    let told = Told { app, org, attempt_id, event };
    let recorded = match told.record(true).await {
        // Another text was given this sid since we looked: the event is kept, and nothing more.
        Err(error) if recording::is_sid_taken(&error) => told.record(false).await?,
        recorded => recorded?,
    };
    let Some(effect) = recorded else { return Ok(false) };
    count_settled(effect.settled);
    if let Some(status) = effect.counted {
        metrics::counter!(SMS_DELIVERIES_TOTAL, "status" => status).increment(1);
    }
    Ok(true)
}

/// Writes what Twilio's list tells of an attempt whose answer was lost, in the caller's transaction, with all
/// that would follow if a callback had told it: the callback may be lost as well. Returns the text's status
/// where that is news.
pub(super) async fn record_found(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    attempt_id: Uuid,
    event: &StatusCallback,
) -> Result<Option<SmsStatus>, Error> {
    let Some(found) = sms_attempts::find(conn, org, attempt_id).await? else { return Ok(None) };
    let message = sms_messages::lock(conn, org, found.message_id).await?;
    let attempt = sms_attempts::find(conn, org, attempt_id).await?.unwrap_or(found);
    // A callback was faster, and knows more.
    if attempt.is_accepted() {
        return Ok(None);
    }
    let told = Told { app, org, attempt_id, event };
    Ok(told.apply(conn, &attempt, &message).await?.settled)
}

/// What is to be counted after the commit.
#[derive(Default)]
struct Effect {
    settled: Option<SmsStatus>,
    counted: Option<&'static str>,
}

struct Told<'a> {
    app: &'a App,
    org: OrgId,
    attempt_id: Uuid,
    event: &'a StatusCallback,
}

impl Told<'_> {
    async fn record(&self, may_adopt: bool) -> Result<Option<Effect>, Error> {
        in_org(&self.app.db, self.org, async |conn| self.record_in(conn, may_adopt).await).await
    }

    async fn record_in(
        &self,
        conn: &mut Connection,
        may_adopt: bool,
    ) -> Result<End<Option<Effect>>, Error> {
        let Self { org, attempt_id, event, .. } = *self;
        let Some(found) = sms_attempts::find(conn, org, attempt_id).await? else {
            return Ok(End::RollBack(None));
        };
        let message_id = found.message_id;
        let message = sms_messages::lock(conn, org, message_id).await?;
        // As it is now that nobody else can change it.
        let attempt = sms_attempts::find(conn, org, attempt_id).await?.unwrap_or(found);
        let status = event.status.as_str();
        let code = code_of(event);
        let sid = &event.sid;
        if !sms_delivery_events::insert_if_new(conn, org, attempt_id, sid, status, code).await? {
            return Ok(End::RollBack(Some(Effect::default())));
        }
        let is_ours = attempt.twilio_message_sid.as_ref().is_none_or(|known| known == sid);
        if !may_adopt
            || !is_ours
            || sms_attempts::is_sid_anothers(conn, org, sid, message_id).await?
        {
            tracing::warn!(org = %org, attempt_id = %attempt_id, "A callback names a text that another one is known by");
            return Ok(End::Commit(Some(Effect::default())));
        }
        self.apply(conn, &attempt, &message).await.map(|effect| End::Commit(Some(effect)))
    }

    async fn apply(
        &self,
        conn: &mut Connection,
        attempt: &ToldAttempt,
        message: &ToldMessage,
    ) -> Result<Effect, Error> {
        let Self { org, attempt_id, event: StatusCallback { sid, status, .. }, .. } = *self;
        let (status, message_id) = (status.as_str(), attempt.message_id);
        let is_news = !attempt.is_accepted();
        if is_news {
            sms_attempts::accept(conn, org, attempt_id, sid, None).await?;
        }
        let is_sent = message.sms_status == SmsStatus::Sent.as_str();
        let counts = message.twilio_message_sid.as_ref() == Some(sid);
        // A text that was given up, or is to be tried again, and arrived after all.
        let arrives_late = is_arrival(status)
            && !counts
            && !message.delivery_status.as_deref().is_some_and(is_arrival)
            && (!is_sent || message.delivery_status.as_deref().is_some_and(is_failure));
        let is_further = moves(attempt.delivery_status.as_deref(), status) || arrives_late;
        let code = code_of(self.event).filter(|_| !is_arrival(status));
        // Said again, it may come with the reason that it lacked.
        let adds_code = attempt.delivery_status.as_deref() == Some(status)
            && attempt.delivery_error_code.is_none()
            && code.is_some();
        if is_further || adds_code {
            sms_attempts::set_delivery(conn, org, attempt_id, status, code).await?;
        }
        let known = if is_further { Some(status) } else { None };
        let mut effect = Effect::default();
        if !is_sent && (is_news || arrives_late) {
            let is_new = sms_messages::mark_sent(conn, org, message_id, sid, known).await?;
            effect.settled = is_new.then_some(SmsStatus::Sent);
        } else if let Some(status) = known.filter(|_| counts || arrives_late) {
            sms_messages::follow(conn, org, message_id, sid, status).await?;
        }
        if is_further {
            effect.counted = end_of(status);
            self.follow_up(conn, attempt, message).await?;
        }
        Ok(effect)
    }

    /// What an end means beyond this attempt.
    async fn follow_up(
        &self,
        conn: &mut Connection,
        attempt: &ToldAttempt,
        message: &ToldMessage,
    ) -> Result<(), Error> {
        let Self { app, org, attempt_id, event } = *self;
        let message_id = attempt.message_id;
        if is_arrival(event.status.as_str()) {
            return sms_alerts::clear(conn, org).await;
        }
        if !is_failure(event.status.as_str()) {
            return Ok(());
        }
        let code = event.error_code.unwrap_or_default();
        let class = sms_failure::of_code(code).0.as_str();
        tracing::warn!(org = %org, message_id = %message_id, attempt_id = %attempt_id, code, class, "A text did not arrive");
        let (to, sender) = (message.to_phone.as_deref(), event.sender.as_deref());
        failures::note(conn, org, Failed { message_id, to, sender, code }).await?;
        // Twice is enough: and where two attempts were taken, the other one may be with the patient.
        if !sms_failure::is_soft(code)
            || sms_attempts::count_accepted(conn, org, message_id).await? > 1
        {
            return Ok(());
        }
        let about = appointments::get_for_text(conn, org, message.appointment_id).await?;
        if about.is_ahead(app.clock.now()) && about.phone == message.to_phone {
            let wait = app.config.sms.soft_retry_after;
            sms_messages::owe_again(conn, org, message_id, wait).await?;
            let details = json!({ "attempt_id": attempt_id, "code": code });
            audit_log::insert(conn, org, Actor::Twilio, "text_owed_again", message_id, details)
                .await?;
        }
        Ok(())
    }
}

/// Twilio's code, as it is stored.
fn code_of(event: &StatusCallback) -> Option<i32> {
    event.error_code.and_then(|code| i32::try_from(code).ok())
}
