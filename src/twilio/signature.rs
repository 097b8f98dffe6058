//! `X-Twilio-Signature`: base64 of HMAC-SHA1, under the account's auth token, over the full URL that
//! Twilio was given and every parameter of the form (Twilio's docs, "Security: validating requests").
//! No time is signed, so a repeat counts too: whoever acts on a request recognizes it by its sid.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};
use twilio_async::form_urlencoded;

/// The header, as Twilio writes it.
pub const HEADER: &str = "X-Twilio-Signature";

/// The parameter of the URL that stands for a body that is no form.
const BODY_DIGEST: &str = "bodySHA256";

/// A form's pairs, decoded, as they came. Blank values are pairs too.
pub type Params = Vec<(String, String)>;

/// What a request carries besides its URL.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// `application/x-www-form-urlencoded`: every pair is signed, also those nobody has heard of.
    Form(&'a Params),
    /// Anything else: its digest is in the URL, which is signed alone.
    Raw(&'a [u8]),
}

/// Why a signature does not count; for our log, never for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    #[error("the signature is not base64")]
    Malformed,
    #[error("the signature is not that of this request")]
    Mismatch,
    #[error("the body is not the one that the URL names")]
    Body,
}

/// Reads the raw bytes of a form. Nothing is trimmed and nothing left out, or it would not verify.
pub fn read_form(raw: &[u8]) -> Params {
    form_urlencoded::parse(raw).map(|(name, value)| (name.into(), value.into())).collect()
}

/// The header's value for a form posted to `url`.
pub fn sign(token: &SecretString, url: &str, params: &Params) -> String {
    BASE64_STANDARD
        .encode(hmac::sign(&key(token), signed_text(without_fragment(url), params).as_bytes()))
}

/// Whether one of the tokens signed this request. While a clinic changes its token, either may have.
///
/// `url` is the one that Twilio was given, path and query byte for byte as they came. It counts with and
/// without its port, its user and the escape of an apostrophe: Twilio's libraries accept these forms,
/// because its signing is not of one mind about them.
pub fn verify<'t>(
    tokens: impl IntoIterator<Item = &'t SecretString>,
    url: &str,
    content: Content<'_>,
    header: &str,
) -> Result<(), BadSignature> {
    let signature = BASE64_STANDARD.decode(header).ok().ok_or(BadSignature::Malformed)?;
    let nothing = Params::new();
    let params = match content {
        Content::Form(params) => params,
        Content::Raw(_) => &nothing,
    };
    let texts: Vec<String> = forms_of(url).iter().map(|form| signed_text(form, params)).collect();
    let is_signed = tokens.into_iter().map(key).any(|key| {
        texts.iter().any(|text| hmac::verify(&key, text.as_bytes(), &signature).is_ok())
    });
    match content {
        _ if !is_signed => Err(BadSignature::Mismatch),
        Content::Raw(body) if !names_body(url, body) => Err(BadSignature::Body),
        Content::Raw(_) | Content::Form(_) => Ok(()),
    }
}

/// Whether the URL carries this body's digest. It proves nothing until the URL's signature is verified.
pub fn names_body(url: &str, body: &[u8]) -> bool {
    let hex: String =
        digest::digest(&digest::SHA256, body).as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let query = without_fragment(url).split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes())
        .any(|(name, value)| name == BODY_DIGEST && value == hex)
}

fn key(token: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose_secret().as_bytes())
}

/// Names in the order of their bytes, each name's different values in theirs. Sorting the joined text
/// instead would put `ReasonConferenceEnded` before the value of `Reason`.
fn signed_text(url: &str, params: &Params) -> String {
    let mut sorted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in params {
        sorted.entry(name).or_default().insert(value);
    }
    let mut text = url.to_owned();
    for (name, value) in
        sorted.iter().flat_map(|(name, values)| values.iter().map(move |v| (name, v)))
    {
        text.push_str(name);
        text.push_str(value);
    }
    text
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

/// The forms of a URL that may have been signed, the likeliest first. What cannot be taken apart counts
/// as it is.
fn forms_of(url: &str) -> Vec<String> {
    let url = without_fragment(url);
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, host_and_port) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let (host, port) = split_port(host_and_port);
    let hosts = match (port, scheme) {
        (Some(port), _) => vec![format!("{host}:{port}"), host.to_owned()],
        (None, "https") => vec![host.to_owned(), format!("{host}:443")],
        (None, "http") => vec![host.to_owned(), format!("{host}:80")],
        (None, _) => vec![host.to_owned()],
    };
    let users = user.map(|user| format!("{user}@")).into_iter().chain([String::new()]);
    let authorities: Vec<String> =
        users.flat_map(|user| hosts.iter().map(move |host| format!("{user}{host}"))).collect();
    let mut tails = vec![rest.to_owned()];
    if let Some((path, query)) = rest.split_once('?').filter(|(_, query)| query.contains('\'')) {
        tails.push(format!("{path}?{}", query.replace('\'', "%27")));
    }
    let of_tail = |tail: &String| {
        let with = |authority: &String| format!("{scheme}://{authority}{tail}");
        authorities.iter().map(with).collect::<Vec<_>>()
    };
    tails.iter().flat_map(of_tail).collect()
}

/// The colons of an IPv6 address are inside its brackets.
fn split_port(host_and_port: &str) -> (&str, Option<&str>) {
    match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            (host, Some(port))
        }
        _ => (host_and_port, None),
    }
}
