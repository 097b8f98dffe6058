//! Opening a clinic's Twilio keys for the moment in which a text is sent.

use secrecy::ExposeSecret;

use crate::app::App;
use crate::db::customer_twilio_keys::{self, TABLE};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::twilio::{ApiKey, Credentials, Sender};
use crate::vault::Place;

/// The organization's credentials; `None` where it has none, or none that can be opened and used.
pub(super) async fn find(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
) -> Result<Option<Credentials>, Error> {
    let Some(row) = customer_twilio_keys::find(conn, org).await? else { return Ok(None) };
    let open = |column: &'static str, blob: &[u8]| {
        app.vault.open_text(Place { org, table: TABLE, column, row: org.0 }, blob).ok()
    };
    let credentials = || {
        let account_sid = open("account_sid", &row.account_sid)?.expose_secret().to_owned();
        let auth_token = open("auth_token", &row.auth_token)?;
        let api_key = match (&row.api_key_sid, &row.api_key_secret) {
            (Some(sid), Some(secret)) => Some(ApiKey {
                sid: open("api_key_sid", sid)?.expose_secret().to_owned(),
                secret: open("api_key_secret", secret)?,
            }),
            _ => None,
        };
        let sender = match (&row.phone_number, &row.messaging_service_sid) {
            (Some(number), _) => Sender::PhoneNumber(number.clone()),
            (None, Some(sid)) => Sender::MessagingService(sid.clone()),
            (None, None) => return None,
        };
        Credentials::new(account_sid, auth_token, api_key, sender).ok()
    };
    let found = credentials();
    if found.is_none() {
        tracing::error!(org = %org, "The clinic's Twilio keys cannot be opened or used");
    }
    Ok(found)
}
