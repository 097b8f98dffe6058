//! `opt_out_of_texts`: a caller wants no more texts from this clinic, whichever of its senders they come
//! from. Said twice it is the same state, so the tool call needs no claim. Where the network tells who calls,
//! only that number is taken: nobody stops another's texts.

use std::sync::Arc;

use serde_json::json;

use crate::app::App;
use crate::db::audit_log::{self, Actor};
use crate::db::sms_opt_outs::{self, EVERY_SENDER, Source};
use crate::db::{self, End, in_org};
use crate::domain::outcome::Outcome;
use crate::speech::hear::{Ear, HeardPhone};
use crate::speech::phrases::{opt_out_of_texts as phrases, questions};
use crate::tools::booking_wish::dialable;
use crate::tools::{Answer, Asked, Tool, load_clinic};

pub(super) const ARGUMENTS: &[&str] = &["phone"];

pub(super) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Answer, db::Error> {
    let clinic = load_clinic(app, asked.org).await?;
    let ear = Ear { clinic: &clinic, now: app.clock.now() };
    let phone = match hear(&ear, asked) {
        Ok(phone) => phone,
        Err(question) => return Ok(Answer::new(Outcome::Question, question)),
    };
    let key = asked.key(Tool::OptOutOfTexts);
    in_org(&app.db, asked.org, async |conn| {
        let source = Source::Assistant;
        let is_news =
            sms_opt_outs::insert_if_new(conn, asked.org, &phone, EVERY_SENDER, source).await?;
        if !is_news {
            return Ok(End::RollBack(()));
        }
        let details = json!({ "call": key.call_key, "tool_call": key.tool_call_id });
        let (actor, subject) = (Actor::Assistant, asked.org.0);
        audit_log::insert(conn, asked.org, actor, "texts_stopped", subject, details).await?;
        Ok(End::Commit(()))
    })
    .await?;
    Ok(Answer::new(Outcome::OptedOut, phrases::opted_out(&phone)))
}

/// The number whose texts are to stop, or what to say instead.
fn hear(ear: &Ear<'_>, asked: &Asked) -> Result<String, String> {
    let said = asked.call.arguments.text("phone").unwrap_or_default();
    let said = ear.phone(&said).map_err(|question| questions::question(&question, ear))?;
    match (dialable(ear, asked.network_number.as_deref()), said) {
        (Some(callers), HeardPhone::Number(said)) if said != callers => {
            Err(phrases::not_from_here())
        }
        (Some(callers), _) => Ok(callers),
        (None, HeardPhone::Number(said)) => Ok(said),
        (None, HeardPhone::Unsaid | HeardPhone::None) => Err(phrases::which_phone()),
    }
}
