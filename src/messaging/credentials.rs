//! Opening a clinic's Twilio keys for the moment in which a text is sent.

use secrecy::ExposeSecret;

use crate::app::App;
use crate::db::customer_twilio_keys::{self, TABLE, TwilioKeysRow};
use crate::db::{Connection, Error};
use crate::domain::org_id::OrgId;
use crate::twilio::{ApiKey, Credentials, Sender};
use crate::vault::{Place, VaultError};

/// What an organization has to send with.
pub(super) enum Keys {
    Open(Credentials),
    /// There are some, which the vault of this node does not open.
    Sealed,
    /// There are none, or none that Twilio could take.
    None,
}

pub(super) async fn find(app: &App, conn: &mut Connection, org: OrgId) -> Result<Keys, Error> {
    let Some(row) = customer_twilio_keys::find(conn, org).await? else { return Ok(Keys::None) };
    match open(app, org, &row) {
        Ok(Some(credentials)) => Ok(Keys::Open(credentials)),
        Ok(None) => {
            tracing::error!(org = %org, "The clinic's Twilio keys cannot be used");
            Ok(Keys::None)
        }
        Err(error) => {
            tracing::error!(org = %org, %error, "The clinic's Twilio keys cannot be opened");
            Ok(Keys::Sealed)
        }
    }
}

/// `None`: open, but no credentials.
fn open(app: &App, org: OrgId, row: &TwilioKeysRow) -> Result<Option<Credentials>, VaultError> {
    let open = |column: &'static str, blob: &[u8]| {
        app.vault.open_text(Place { org, table: TABLE, column, row: org.0 }, blob)
    };
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
        (None, None) => return Ok(None),
    };
    Ok(Credentials::new(account_sid, auth_token, api_key, sender).ok())
}
