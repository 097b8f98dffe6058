//! A slot's short name, which carries the slot: thirteen characters that a model can hand back.
//! It needs no storage. Its seal shows only that we issued it to this organization; whether the slot
//! is still free, open and ahead of us is decided again at booking.

use ring::hmac;
use time::{Duration, OffsetDateTime};

/// Crockford's base 32: no I, L, O or U, so that a letter misread is a letter refused.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: u32 = 13;
const BITS_PER_CHARACTER: u32 = 5;

/// Provider and service numbers take ten bits each, minutes since [`EPOCH`] twenty-six (127 years).
const NUMBER_BITS: u32 = 10;
const MINUTE_BITS: u32 = 26;
const SEAL_BITS: u32 = LENGTH * BITS_PER_CHARACTER - 2 * NUMBER_BITS - MINUTE_BITS;
const _: () = assert!(SEAL_BITS == 19, "the fields and the seal fill the characters exactly");

/// 2020-01-01T00:00:00Z.
const EPOCH: OffsetDateTime = time::macros::datetime!(2020-01-01 00:00 UTC);

/// The largest provider or service number that fits.
pub const MAX_NUMBER: u16 = (1 << NUMBER_BITS) - 1;

/// What a `slot_id` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotName {
    pub provider: u16,
    pub service: u16,
    pub starts_at: OffsetDateTime,
}

/// Writes the name of a slot, sealed with the organization's key. `None` only for a slot outside the
/// years 2020 to 2147 or a number above [`MAX_NUMBER`], neither of which a clinic's rules can produce.
pub fn write(key: &hmac::Key, slot: SlotName) -> Option<String> {
    let minutes = u64::try_from((slot.starts_at - EPOCH).whole_minutes()).ok()?;
    if minutes >> MINUTE_BITS != 0 || slot.provider > MAX_NUMBER || slot.service > MAX_NUMBER {
        return None;
    }
    let fields = (u64::from(slot.provider) << (NUMBER_BITS + MINUTE_BITS))
        | (u64::from(slot.service) << MINUTE_BITS)
        | minutes;
    let whole = (u128::from(fields) << SEAL_BITS) | u128::from(seal(key, fields));
    (0..LENGTH)
        .rev()
        .map(|i| {
            let digit = usize::try_from((whole >> (i * BITS_PER_CHARACTER)) & 31).ok()?;
            ALPHABET.get(digit).copied().map(char::from)
        })
        .collect()
}

/// Reads a name that this organization was given; spaces, hyphens and case do not matter.
/// `None` for anything else, another organization's names included.
pub fn read(key: &hmac::Key, text: &str) -> Option<SlotName> {
    let mut whole: u128 = 0;
    let mut length = 0;
    for c in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
        let c = u8::try_from(c.to_ascii_lowercase()).ok()?;
        let digit = ALPHABET.iter().position(|a| *a == c)?;
        length += 1;
        if length > LENGTH {
            return None;
        }
        whole = (whole << BITS_PER_CHARACTER) | u128::try_from(digit).ok()?;
    }
    if length != LENGTH {
        return None;
    }
    let fields = u64::try_from(whole >> SEAL_BITS).ok()?;
    if u128::from(seal(key, fields)) != whole & ((1 << SEAL_BITS) - 1) {
        return None;
    }
    let number = |shift: u32| u16::try_from((fields >> shift) & u64::from(MAX_NUMBER)).ok();
    let minutes = i64::try_from(fields & ((1 << MINUTE_BITS) - 1)).ok()?;
    Some(SlotName {
        provider: number(NUMBER_BITS + MINUTE_BITS)?,
        service: number(MINUTE_BITS)?,
        starts_at: EPOCH + Duration::minutes(minutes),
    })
}

fn seal(key: &hmac::Key, fields: u64) -> u32 {
    let tag = hmac::sign(key, &fields.to_be_bytes());
    let first = tag.as_ref().iter().take(4).fold(0u32, |n, byte| (n << 8) | u32::from(*byte));
    first & ((1 << SEAL_BITS) - 1)
}
