//! A text that belongs to no appointment: an operator's "does it work?". It is sent once and by hand, so it
//! is no row of the outbox; whoever has stopped the clinic's texts does not get this one either.

use serde_json::json;

use crate::app::App;
use crate::db::audit_log::{self, Actor};
use crate::db::{Connection, End, Error, in_org, organizations, sms_opt_outs};
use crate::domain::org_id::OrgId;
use crate::messaging::credentials::{self, Keys};
use crate::messaging::wording;
use crate::twilio::{Credentials, SendOutcome};

/// What became of it.
pub enum Trial {
    /// Posted; with what, to look after it.
    Posted { credentials: Box<Credentials>, outcome: SendOutcome },
    /// The clinic has no account with us that this vault opens.
    NoAccount,
    /// The number has stopped the clinic's texts.
    OptedOut,
}

/// Sends the text to a number in E.164.
pub async fn send(app: &App, org: OrgId, to: &str) -> Result<Trial, Error> {
    let prepared = in_org(&app.db, org, async |conn| {
        Ok(match prepare(app, conn, org, to).await? {
            Ok(ready) => End::Commit(Ok(ready)),
            Err(obstacle) => End::RollBack(Err(obstacle)),
        })
    });
    let (credentials, text) = match prepared.await? {
        Ok(ready) => ready,
        Err(obstacle) => return Ok(obstacle),
    };
    let outcome = app.twilio.send(&credentials, to, &text, None).await;
    Ok(Trial::Posted { credentials: Box::new(credentials), outcome })
}

async fn prepare(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    to: &str,
) -> Result<Result<(Credentials, String), Trial>, Error> {
    let Keys::Open(credentials) = credentials::find(app, conn, org).await? else {
        return Ok(Err(Trial::NoAccount));
    };
    if sms_opt_outs::exists_for(conn, org, to, credentials.sender().as_str()).await? {
        return Ok(Err(Trial::OptedOut));
    }
    let found = organizations::find(conn, &org.to_string()).await?;
    let clinic = found.ok_or(Error::Broken("an organization is gone"))?;
    audit_log::insert(conn, org, Actor::Operator, "test_text_sent", org.0, json!({})).await?;
    Ok(Ok((credentials, wording::trial(&clinic.name))))
}
