//! Credentials merged onto those that are stored. A shared secret is kept as a digest, HMAC keys and
//! Twilio's are sealed: each is opened or verified to see whether it is the file's already, because
//! sealing it again would give other bytes.
//!
//! What `rotate-secret` ended stays ended, even where a file still refers to it; what the file itself no
//! longer mentions is forgotten, and may come back.

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::db::Connection;
use crate::db::customer_twilio_keys::{self, TwilioKeysRow};
use crate::db::vapi_credentials::{self, HMAC, SEALED_KEY, SECRET, VapiCredentialRow};
use crate::domain::org_id::OrgId;
use crate::twilio::Sender;
use crate::vault::{Place, VAPI_SECRET, Vault, VaultError};

use super::OrgError;
use super::credentials::{Account, TwilioEntry, VapiEntry};

/// Makes the stored credentials of the kinds that the file mentions those of the file.
pub(super) async fn merge_vapi(
    conn: &mut Connection,
    vault: &Vault,
    org: OrgId,
    entry: &VapiEntry,
    changes: &mut Vec<String>,
) -> Result<(), OrgError> {
    let stored = vapi_credentials::list_all(conn, org).await?;
    let kinds = [
        (SECRET, "secret", "Vapi secrets", &entry.secrets),
        (HMAC, "hmac_key", "HMAC keys", &entry.hmac_keys),
    ];
    for (kind, key, words, wanted) in kinds {
        let Some(wanted) = wanted else { continue };
        let rows: Vec<_> = stored.iter().filter(|row| row.kind == kind).collect();
        let is = |row: &VapiCredentialRow, secret: &SecretString| matches(vault, org, row, secret);
        let is_stored = |secret: &&SecretString| rows.iter().any(|row| is(row, secret));
        let (known, new): (Vec<_>, Vec<_>) = wanted.iter().partition(is_stored);
        let (kept, dropped): (Vec<&VapiCredentialRow>, Vec<_>) = rows
            .iter()
            .copied()
            .filter(|row| row.expires_at.is_none())
            .partition(|row| known.iter().any(|secret| is(row, secret)));
        if kept.is_empty() && new.is_empty() && !known.is_empty() {
            return Err(OrgError::RotatedOut(key));
        }
        for secret in &new {
            vapi_credentials::insert(conn, &sealed(vault, org, kind, secret)?).await?;
        }
        for row in &dropped {
            vapi_credentials::delete(conn, org, row.id).await?;
        }
        for (these, what) in [(new.len(), "added"), (dropped.len(), "removed")] {
            if these > 0 {
                changes.push(format!("{words}: {these} {what}"));
            }
        }
    }
    Ok(())
}

/// A row for a credential of `kind`.
pub(super) fn sealed(
    vault: &Vault,
    org: OrgId,
    kind: &str,
    secret: &SecretString,
) -> Result<VapiCredentialRow, VaultError> {
    let id = Uuid::now_v7();
    let bytes = secret.expose_secret().as_bytes();
    let (digest, sealed_key) = match kind {
        HMAC => (None, Some(vault.seal(place_of_key(org, id), bytes)?)),
        _ => (Some(vault.digest(org, VAPI_SECRET, bytes)?), None),
    };
    Ok(VapiCredentialRow {
        org_id: org.0,
        id,
        kind: kind.to_owned(),
        digest,
        sealed_key,
        expires_at: None,
    })
}

/// One that cannot be opened is not the file's: a lost key of the vault is mended by applying the file.
fn matches(vault: &Vault, org: OrgId, row: &VapiCredentialRow, secret: &SecretString) -> bool {
    let bytes = secret.expose_secret().as_bytes();
    match (&row.digest, &row.sealed_key) {
        (Some(digest), _) => vault.verify_digest(org, VAPI_SECRET, bytes, digest),
        (None, Some(blob)) => vault
            .open(place_of_key(org, row.id), blob)
            .is_ok_and(|key| key.expose_secret() == bytes),
        (None, None) => false,
    }
}

fn place_of_key(org: OrgId, id: Uuid) -> Place {
    Place { org, table: vapi_credentials::TABLE, column: SEALED_KEY, row: id }
}

/// Makes the stored Twilio account the file's.
pub(super) async fn merge_twilio(
    conn: &mut Connection,
    vault: &Vault,
    org: OrgId,
    entry: &TwilioEntry,
    changes: &mut Vec<String>,
) -> Result<(), OrgError> {
    let stored = customer_twilio_keys::find(conn, org).await?;
    let what = match (entry, &stored) {
        (TwilioEntry::Kept, _) | (TwilioEntry::Removed, None) => return Ok(()),
        (TwilioEntry::Removed, Some(_)) => {
            customer_twilio_keys::delete(conn, org).await?;
            "removed"
        }
        (TwilioEntry::Account(account), Some(row)) if is_account(vault, org, row, account) => {
            return Ok(());
        }
        (TwilioEntry::Account(account), _) => {
            customer_twilio_keys::upsert(conn, &sealed_account(vault, org, account)?).await?;
            if stored.is_some() { "changed" } else { "added" }
        }
    };
    changes.push(format!("Twilio account {what}"));
    Ok(())
}

fn is_account(vault: &Vault, org: OrgId, row: &TwilioKeysRow, account: &Account) -> bool {
    let is = |column, blob: Option<&Vec<u8>>, secret: Option<&SecretString>| match (blob, secret) {
        (None, None) => true,
        (Some(blob), Some(secret)) => vault
            .open_text(place_of_twilio(org, column), blob)
            .is_ok_and(|stored| stored.expose_secret() == secret.expose_secret()),
        _ => false,
    };
    let (key_sid, key_secret) = account.api_key.as_ref().map(|(sid, secret)| (sid, secret)).unzip();
    is("account_sid", Some(&row.account_sid), Some(&account.account_sid))
        && is("auth_token", Some(&row.auth_token), Some(&account.auth_token))
        && is(
            "secondary_auth_token",
            row.secondary_auth_token.as_ref(),
            account.secondary_auth_token.as_ref(),
        )
        && is("api_key_sid", row.api_key_sid.as_ref(), key_sid)
        && is("api_key_secret", row.api_key_secret.as_ref(), key_secret)
        && (row.phone_number.clone(), row.messaging_service_sid.clone()) == sender(account)
}

fn sealed_account(
    vault: &Vault,
    org: OrgId,
    account: &Account,
) -> Result<TwilioKeysRow, VaultError> {
    let seal = |column, secret: &SecretString| {
        vault.seal(place_of_twilio(org, column), secret.expose_secret().as_bytes())
    };
    let (phone_number, messaging_service_sid) = sender(account);
    let (key_sid, key_secret) = account.api_key.as_ref().map(|(sid, secret)| (sid, secret)).unzip();
    Ok(TwilioKeysRow {
        org_id: org.0,
        account_sid: seal("account_sid", &account.account_sid)?,
        auth_token: seal("auth_token", &account.auth_token)?,
        secondary_auth_token: account
            .secondary_auth_token
            .as_ref()
            .map(|token| seal("secondary_auth_token", token))
            .transpose()?,
        api_key_sid: key_sid.map(|sid| seal("api_key_sid", sid)).transpose()?,
        api_key_secret: key_secret.map(|secret| seal("api_key_secret", secret)).transpose()?,
        phone_number,
        messaging_service_sid,
    })
}

/// The sender's two columns, of which one is filled.
fn sender(account: &Account) -> (Option<String>, Option<String>) {
    match &account.sender {
        Sender::PhoneNumber(number) => (Some(number.clone()), None),
        Sender::MessagingService(sid) => (None, Some(sid.clone())),
    }
}

fn place_of_twilio(org: OrgId, column: &'static str) -> Place {
    Place { org, table: customer_twilio_keys::TABLE, column, row: org.0 }
}
