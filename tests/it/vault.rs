//! A sealed value opens in its own place and nowhere else; a digest knows its secret and nothing more.

use secrecy::ExposeSecret;
use uuid::{Uuid, uuid};
use vapi_gateway::{
    config::VaultKey,
    domain::{
        org_id::OrgId,
        slot_id::{self, SlotName},
    },
    vault::{Place, Vault, VaultError},
};

const ORG: OrgId = OrgId(uuid!("00000000-0000-4000-8000-00000000000a"));
const OTHER_ORG: OrgId = OrgId(uuid!("00000000-0000-4000-8000-00000000000b"));
const ROW: Uuid = uuid!("00000000-0000-4000-8000-0000000000b1");
const OTHER_ROW: Uuid = uuid!("00000000-0000-4000-8000-0000000000b2");
const TOKEN: &[u8] = b"a synthetic token";

fn place() -> Place {
    Place { org: ORG, table: "customer_twilio_keys", column: "auth_token", row: ROW }
}

fn key(id: u8) -> VaultKey {
    VaultKey::new(id, [id; 32])
}

fn vault(ids: &[u8]) -> Vault {
    let keys: Vec<_> = ids.iter().copied().map(key).collect();
    Vault::new(&keys).unwrap()
}

fn open(vault: &Vault, place: Place, blob: &[u8]) -> Result<Vec<u8>, VaultError> {
    vault.open(place, blob).map(|plain| plain.expose_secret().to_vec())
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn what_was_sealed_opens() {
    let vault = vault(&[1]);
    for plain in [b"".as_slice(), TOKEN, &[0xff; 5000]] {
        let blob = vault.seal(place(), plain).unwrap();
        assert_eq!(open(&vault, place(), &blob).unwrap(), plain);
        assert!(plain.is_empty() || !blob.windows(plain.len()).any(|part| part == plain));
    }
    let blob = vault.seal(place(), TOKEN).unwrap();
    assert_ne!(blob, vault.seal(place(), TOKEN).unwrap());
    assert_eq!(vault.open_text(place(), &blob).unwrap().expose_secret(), "a synthetic token");
    let blob = vault.seal(place(), &[0xff]).unwrap();
    assert_eq!(vault.open_text(place(), &blob).unwrap_err(), VaultError::NotText);
}

#[test]
fn a_blob_opens_in_no_other_place() {
    let vault = vault(&[1]);
    let blob = vault.seal(place(), TOKEN).unwrap();
    let elsewhere = [
        Place { org: OTHER_ORG, ..place() },
        Place { row: OTHER_ROW, ..place() },
        Place { column: "api_key_secret", ..place() },
        Place { table: "organizations", ..place() },
        // The same letters, cut elsewhere.
        Place { table: "customer_twilio_keysauth", column: "_token", ..place() },
        Place { org: OrgId(ROW), row: ORG.0, ..place() },
    ];
    for other in elsewhere {
        assert_eq!(open(&vault, other, &blob), Err(VaultError::NotAuthentic), "{other:?}");
    }
}

#[test]
fn every_altered_bit_is_noticed() {
    let vault = vault(&[1, 2]);
    let blob = vault.seal(place(), TOKEN).unwrap();
    for at in 0..blob.len() {
        for bit in 0..8 {
            let mut altered = blob.clone();
            altered[at] ^= 1 << bit;
            assert!(open(&vault, place(), &altered).is_err(), "byte {at}, bit {bit}");
        }
    }
    // The other key's id is bound too, not only its key.
    let mut renamed = blob;
    renamed[1] = 2;
    assert_eq!(open(&vault, place(), &renamed), Err(VaultError::NotAuthentic));
}

#[test]
fn no_blob_of_any_length_opens_or_panics() {
    let vault = vault(&[1]);
    let blob = vault.seal(place(), TOKEN).unwrap();
    for length in 0..blob.len() {
        assert!(open(&vault, place(), &blob[..length]).is_err());
        for filler in [0, 1, 0xff] {
            assert!(open(&vault, place(), &vec![filler; length]).is_err());
            assert!(!vault.verify_digest(ORG, "vapi_secret", b"", &vec![filler; length]));
        }
    }
    assert_eq!(open(&vault, place(), &[]), Err(VaultError::NotSealed));
    let longer = [blob.as_slice(), &[0]].concat();
    assert_eq!(open(&vault, place(), &longer), Err(VaultError::NotAuthentic));
}

#[test]
fn a_key_is_replaced_without_losing_what_it_sealed() {
    let (before, during, after) = (vault(&[1]), vault(&[2, 1]), vault(&[2]));
    let old = before.seal(place(), TOKEN).unwrap();
    let old_digest = before.digest(ORG, "vapi_secret", TOKEN).unwrap();
    assert_eq!(open(&during, place(), &old).unwrap(), TOKEN);
    assert!(during.verify_digest(ORG, "vapi_secret", TOKEN, &old_digest));

    let new = during.seal(place(), TOKEN).unwrap();
    assert_eq!(open(&before, place(), &new), Err(VaultError::UnknownKey(2)));
    assert_eq!(open(&after, place(), &new).unwrap(), TOKEN);
    assert_eq!(open(&after, place(), &old), Err(VaultError::UnknownKey(1)));
    assert!(!after.verify_digest(ORG, "vapi_secret", TOKEN, &old_digest));
}

#[test]
fn a_digest_knows_its_secret_its_organization_and_its_purpose() {
    let vault = vault(&[1]);
    let digest = vault.digest(ORG, "vapi_secret", TOKEN).unwrap();
    assert_eq!(digest, vault.digest(ORG, "vapi_secret", TOKEN).unwrap());
    let verify = |org, purpose, secret: &[u8]| vault.verify_digest(org, purpose, secret, &digest);
    assert!(verify(ORG, "vapi_secret", TOKEN));
    assert!(!verify(OTHER_ORG, "vapi_secret", TOKEN));
    assert!(!verify(ORG, "vapi_bearer", TOKEN));
    assert!(!verify(ORG, "vapi_secret", b"A synthetic token"));
    assert!(!verify(ORG, "vapi_secret", b""));
    for at in 0..digest.len() {
        let mut altered = digest.clone();
        altered[at] ^= 1;
        assert!(!vault.verify_digest(ORG, "vapi_secret", TOKEN, &altered), "byte {at}");
        assert!(!vault.verify_digest(ORG, "vapi_secret", TOKEN, &digest[..at]), "length {at}");
    }
}

/// Computed with another implementation of HKDF, HMAC and AES-GCM: what is stored today must read for ever.
#[test]
fn the_stored_forms_never_change() {
    let root: Vec<u8> = (0..32).collect();
    let vault = || Vault::new(&[VaultKey::new(7, root.clone().try_into().unwrap())]).unwrap();
    let digest = "01075b75a661c06a2e65be90a31d410f79bfc54f2923fd38e33d448d3e98c81b26ab";
    for vault in [vault(), vault()] {
        assert_eq!(vault.digest(ORG, "vapi_secret", b"a synthetic secret").unwrap(), bytes(digest));
    }
    let blob = bytes(concat!(
        "0107000102030405060708090a0b5b7681bf74fdd0c6f790bb3b5560f034",
        "b5baefccece72949eb580b27e7c8b18661"
    ));
    assert_eq!(open(&vault(), place(), &blob).unwrap(), TOKEN);
}

#[test]
fn a_slot_id_in_flight_reads_after_its_key_was_replaced() {
    let slot = SlotName {
        provider: 1,
        service: 2,
        starts_at: time::macros::datetime!(2026-08-22 20:30 UTC),
    };
    let given = slot_id::write(&vault(&[1]).hmac_key(ORG, "slot_id").unwrap(), slot).unwrap();
    let keys = vault(&[2, 1]).hmac_keys(ORG, "slot_id").unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(slot_id::read(&keys[0], &given), None);
    assert_eq!(slot_id::read(&keys[1], &given), Some(slot));
    let elsewhere = vault(&[1]).hmac_key(OTHER_ORG, "slot_id").unwrap();
    assert_eq!(slot_id::read(&elsewhere, &given), None);
}

#[test]
fn keys_are_told_apart_and_read_back() {
    assert_eq!(Vault::new(&[]).unwrap_err(), VaultError::NoKey);
    assert_eq!(Vault::new(&[key(3), key(4), key(3)]).unwrap_err(), VaultError::SameKeyId(3));
    let text = Vault::generate_key(9).unwrap();
    let parsed = VaultKey::parse(text.expose_secret()).unwrap();
    assert_eq!(parsed.id(), 9);
    assert_eq!(parsed.to_text().expose_secret(), text.expose_secret());
    assert_ne!(Vault::generate_key(9).unwrap().expose_secret(), text.expose_secret());
}

#[test]
fn debug_shows_no_key_and_no_value() {
    let vault = vault(&[1]);
    let blob = vault.seal(place(), TOKEN).unwrap();
    assert_eq!(format!("{vault:?}"), "Vault { .. }");
    assert_eq!(format!("{:?}", key(1)), "VaultKey { id: 1, .. }");
    assert!(!format!("{:?}", vault.open(place(), &blob)).contains("synthetic"));
    assert!(!format!("{:?}", vault.open_text(place(), &blob)).contains("synthetic"));
    assert!(!format!("{:?}", Vault::generate_key(1).unwrap()).contains("1:"));
}
