//! HMAC signatures: which count and which do not.

use ring::hmac;
use time::{Duration, OffsetDateTime};
use vapi_gateway::vapi::signature::{BadSignature, Claim};

const NOW: OffsetDateTime = time::macros::datetime!(2026-11-23 15:00:00 UTC);
const BODY: &[u8] = br#"{"message":{"type":"hang"}}"#;

fn key() -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, b"a secret of the clinic")
}

fn sign(timestamp: &str, body: &[u8]) -> String {
    let signed = [timestamp.as_bytes(), b".", body].concat();
    hmac::sign(&key(), &signed).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn verify(
    key: &hmac::Key,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: OffsetDateTime,
) -> Result<(), BadSignature> {
    Claim::read(timestamp, signature, now)?.verify(key, body)
}

fn at(offset: Duration) -> String {
    (NOW + offset).unix_timestamp().to_string()
}

#[test]
fn a_signature_counts_for_five_minutes() {
    let ms = |offset: i64| (NOW.unix_timestamp() * 1000 + offset).to_string();
    let table = [
        (at(Duration::ZERO), Ok(())),
        (at(Duration::seconds(-300)), Ok(())),
        (at(Duration::seconds(-301)), Err(BadSignature::OutsideWindow)),
        (at(Duration::seconds(60)), Ok(())),
        (at(Duration::seconds(61)), Err(BadSignature::OutsideWindow)),
        (at(Duration::seconds(301)), Err(BadSignature::OutsideWindow)),
        (ms(0), Ok(())),
        (ms(-300_000), Ok(())),
        (ms(-300_001), Err(BadSignature::OutsideWindow)),
        (ms(60_000), Ok(())),
        (ms(60_001), Err(BadSignature::OutsideWindow)),
        ("0".to_owned(), Err(BadSignature::OutsideWindow)),
        ("99999999999".to_owned(), Err(BadSignature::OutsideWindow)),
        ("100000000000".to_owned(), Err(BadSignature::OutsideWindow)),
        (String::new(), Err(BadSignature::Timestamp)),
        (" 1795446000".to_owned(), Err(BadSignature::Timestamp)),
        ("-1795446000".to_owned(), Err(BadSignature::Timestamp)),
        ("1795446000.0".to_owned(), Err(BadSignature::Timestamp)),
        ("2026-11-23T15:00:00Z".to_owned(), Err(BadSignature::Timestamp)),
        ("9223372036854775807".to_owned(), Err(BadSignature::Timestamp)),
        ("99999999999999999999999".to_owned(), Err(BadSignature::Timestamp)),
    ];
    for (timestamp, expected) in table {
        let signature = sign(&timestamp, BODY);
        assert_eq!(verify(&key(), &timestamp, &signature, BODY, NOW), expected, "{timestamp}");
    }
}

#[test]
fn only_the_signature_of_this_body_counts() {
    let timestamp = at(Duration::ZERO);
    let good = sign(&timestamp, BODY);
    let other_digit = if good.ends_with('0') { "1" } else { "0" };
    let table = [
        (good.clone(), Ok(())),
        (good.to_uppercase(), Ok(())),
        (format!("sha256={good}"), Ok(())),
        (format!("SHA256={}", good.to_uppercase()), Ok(())),
        (format!("{}{other_digit}", good.get(..63).unwrap()), Err(BadSignature::Mismatch)),
        (sign(&timestamp, b"{}"), Err(BadSignature::Mismatch)),
        (sign(&at(Duration::seconds(1)), BODY), Err(BadSignature::Mismatch)),
        ("0".repeat(64), Err(BadSignature::Mismatch)),
        (String::new(), Err(BadSignature::Malformed)),
        ("sha256=".to_owned(), Err(BadSignature::Malformed)),
        (good.get(..62).unwrap().to_owned(), Err(BadSignature::Malformed)),
        (good.get(..63).unwrap().to_owned(), Err(BadSignature::Malformed)),
        (format!("{good}00"), Err(BadSignature::Malformed)),
        (format!(" {good}"), Err(BadSignature::Malformed)),
        (format!("sha1={good}"), Err(BadSignature::Malformed)),
        (format!("v1,{good}"), Err(BadSignature::Malformed)),
        ("é".repeat(32), Err(BadSignature::Malformed)),
        ("+f".repeat(32), Err(BadSignature::Malformed)),
    ];
    for (signature, expected) in table {
        assert_eq!(verify(&key(), &timestamp, &signature, BODY, NOW), expected, "{signature}");
    }
    let other_key = hmac::Key::new(hmac::HMAC_SHA256, b"another clinic's");
    assert_eq!(verify(&other_key, &timestamp, &good, BODY, NOW), Err(BadSignature::Mismatch));
    assert_eq!(verify(&key(), &timestamp, &good, b"", NOW), Err(BadSignature::Mismatch));
}

/// By another implementation: `printf '1795446000.{"message":{"type":"hang"}}' | openssl dgst -sha256
/// -hmac 'a secret of the clinic'`.
#[test]
fn a_signature_made_elsewhere() {
    let signature = "b61ea5804bc3424b8fb70603f2ee3f3ed150060b7cdd08887fdb1a1b3a61fb31";
    assert_eq!(verify(&key(), "1795446000", signature, BODY, NOW), Ok(()));
}
