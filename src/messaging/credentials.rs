//! Opening a clinic's Twilio keys for the moment in which a text is sent, or in which Twilio calls.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

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

/// What a request must be signed with to be from a clinic's own Twilio account.
pub struct Signers {
    pub account_sid: String,
    /// The primary one, and the secondary one where there is one: either may sign while they change places.
    pub auth_tokens: Vec<SecretString>,
}

impl fmt::Debug for Signers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signers(..)")
    }
}

/// `None`: the organization has no account, or none that this node can open.
pub async fn find_signers(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
) -> Result<Option<Signers>, Error> {
    let Some(row) = customer_twilio_keys::find(conn, org).await? else { return Ok(None) };
    let opened = (|| {
        let mut auth_tokens = vec![open(app, org, "auth_token", &row.auth_token)?];
        if let Some(blob) = &row.secondary_auth_token {
            auth_tokens.push(open(app, org, "secondary_auth_token", blob)?);
        }
        let account_sid = open(app, org, "account_sid", &row.account_sid)?;
        let account_sid = account_sid.expose_secret().to_owned();
        Ok::<_, VaultError>(Signers { account_sid, auth_tokens })
    })();
    // An empty key would sign for everybody.
    Ok(opened.ok().filter(|signers| {
        !signers.account_sid.is_empty()
            && signers.auth_tokens.iter().all(|token| !token.expose_secret().is_empty())
    }))
}

fn open(
    app: &App,
    org: OrgId,
    column: &'static str,
    blob: &[u8],
) -> Result<SecretString, VaultError> {
    app.vault.open_text(Place { org, table: TABLE, column, row: org.0 }, blob)
}

pub(super) async fn find(app: &App, conn: &mut Connection, org: OrgId) -> Result<Keys, Error> {
    let Some(row) = customer_twilio_keys::find(conn, org).await? else { return Ok(Keys::None) };
    match open_all(app, org, &row) {
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
fn open_all(app: &App, org: OrgId, row: &TwilioKeysRow) -> Result<Option<Credentials>, VaultError> {
    let open = |column: &'static str, blob: &[u8]| open(app, org, column, blob);
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
