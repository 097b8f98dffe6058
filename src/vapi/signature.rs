//! Vapi's HMAC credential, checked over the raw bytes: `x-signature` is the hex of HMAC-SHA256 over
//! `{x-timestamp}.{body}`. A repeat inside the window is let through: a sender's own retry may repeat
//! its signature, and a tool call is answered once anyway.

use ring::hmac;
use time::{Duration, OffsetDateTime};

/// How old a signature may be.
pub const MAX_AGE: Duration = Duration::seconds(300);

/// How far the sender's clock may be ahead of ours.
pub const MAX_AHEAD: Duration = Duration::seconds(60);

/// Vapi documents no unit. From here on a timestamp counts milliseconds: as seconds it would lie in
/// the year 5138, as milliseconds it is 1973.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

const SIGNATURE_BYTES: usize = 32;

/// Why a signature does not count; for our log, never for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    #[error("the timestamp is not a number")]
    Timestamp,
    #[error("the timestamp is too old or too far ahead")]
    OutsideWindow,
    #[error("the signature is not 64 hex digits")]
    Malformed,
    #[error("the signature is not that of this body")]
    Mismatch,
}

/// What the two headers claim: a body signed at a time inside the window. It proves nothing yet, but
/// without it no body is worth reading.
pub struct Claim {
    timestamp: String,
    signature: Vec<u8>,
}

impl Claim {
    /// `now` is the wall clock, never the business clock.
    pub fn read(
        timestamp_header: &str,
        signature_header: &str,
        now: OffsetDateTime,
    ) -> Result<Self, BadSignature> {
        let age = now - signed_at(timestamp_header).ok_or(BadSignature::Timestamp)?;
        if age > MAX_AGE || -age > MAX_AHEAD {
            return Err(BadSignature::OutsideWindow);
        }
        let signature = decode(signature_header).ok_or(BadSignature::Malformed)?;
        Ok(Self { timestamp: timestamp_header.to_owned(), signature })
    }

    /// Whether the key signed this body. How long it takes does not say where the two differ: what is
    /// compared are the HMACs of both signatures, which a sender cannot steer.
    pub fn verify(&self, key: &hmac::Key, body: &[u8]) -> Result<(), BadSignature> {
        let mut signing = hmac::Context::with_key(key);
        signing.update(self.timestamp.as_bytes());
        signing.update(b".");
        signing.update(body);
        let shown = hmac::sign(key, &self.signature);
        hmac::verify(key, signing.sign().as_ref(), shown.as_ref())
            .map_err(|ring::error::Unspecified| BadSignature::Mismatch)
    }
}

fn signed_at(header: &str) -> Option<OffsetDateTime> {
    if header.is_empty() || !header.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = header.parse().ok()?;
    let (seconds, milliseconds) =
        if number < FIRST_MILLISECONDS { (number, 0) } else { (number / 1000, number % 1000) };
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    at.checked_add(Duration::milliseconds(milliseconds))
}

/// Hex in either case, with or without a leading `sha256=`.
fn decode(header: &str) -> Option<Vec<u8>> {
    let hex = match header.split_once('=') {
        Some((prefix, hex)) if prefix.eq_ignore_ascii_case("sha256") => hex,
        Some(_) => return None,
        None => header,
    };
    if hex.len() != 2 * SIGNATURE_BYTES || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
