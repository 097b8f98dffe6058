//! The link in a text: 128 bits that are derived anew each time its text is composed and stored nowhere;
//! the database keeps their digest, so that whoever reads it can follow no link.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::hmac;
use uuid::Uuid;

use crate::app::App;
use crate::db::{Connection, Error, confirmation_links};
use crate::domain::org_id::OrgId;

/// What the vault derives the keys of links for.
const PURPOSE: &str = "confirmation_link";

/// Bytes of a token: nobody guesses one.
const TOKEN_BYTES: usize = 16;
/// Its characters in base64 without padding: a text has room for them.
const TOKEN_LENGTH: usize = 22;

/// The link of a message, made known to whoever will follow it. `None`: nobody has told us what the
/// outside calls us.
pub(super) async fn make(
    app: &App,
    conn: &mut Connection,
    org: OrgId,
    message_id: Uuid,
    appointment_id: Uuid,
) -> Result<Option<String>, Error> {
    let Some(base_url) = app.config.link_base_url() else { return Ok(None) };
    let unnamable = |_| Error::Broken("a link cannot be made");
    let token = token(&app.vault.hmac_key(org, PURPOSE).map_err(unnamable)?, message_id);
    let digest = digest_of(&token);
    confirmation_links::insert_if_new(conn, org, &digest, message_id, appointment_id).await?;
    Ok(Some(format!("{base_url}/c/{token}")))
}

/// What could be tokens of links in a text.
pub(super) fn tokens_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("/c/").skip(1).filter_map(|rest| {
        let end = rest.find(|c| !is_of_a_token(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|token| is_token(token))
    })
}

/// What a link leads to.
pub struct Link {
    pub org: OrgId,
    pub message_id: Uuid,
    pub appointment_id: Uuid,
    /// The number that it was sent to.
    pub to_phone: Option<String>,
}

/// What this token leads to. `None` for anything that the organization's vault did not derive.
pub async fn find(app: &App, conn: &mut Connection, token: &str) -> Result<Option<Link>, Error> {
    let Some(row) = confirmation_links::find(conn, &digest_of(token)).await? else {
        return Ok(None);
    };
    let link = Link {
        org: OrgId(row.org_id),
        message_id: row.message_id,
        appointment_id: row.appointment_id,
        to_phone: row.to_phone,
    };
    Ok(is_of(app, &link, token).then_some(link))
}

/// Whether a text can have carried this: nothing else is looked for.
pub fn is_token(text: &str) -> bool {
    text.len() == TOKEN_LENGTH && text.chars().all(is_of_a_token)
}

/// The alphabet of base64 for URLs.
fn is_of_a_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Compared by their tags, which takes the same time whatever differs.
fn is_of(app: &App, link: &Link, token: &str) -> bool {
    let keys = app.vault.hmac_keys(link.org, PURPOSE).unwrap_or_default();
    keys.iter().any(|key| {
        let own = hmac::sign(key, self::token(key, link.message_id).as_bytes());
        hmac::verify(key, token.as_bytes(), own.as_ref()).is_ok()
    })
}

/// What is kept of a token.
pub(super) fn digest_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

fn token(key: &hmac::Key, message_id: Uuid) -> String {
    let tag = hmac::sign(key, message_id.as_bytes());
    let kept: Vec<u8> = tag.as_ref().iter().copied().take(TOKEN_BYTES).collect();
    BASE64_URL_SAFE_NO_PAD.encode(kept)
}
