//! Mends what JSON's grammar allows but a value cannot hold: an escaped half of a surrogate pair, a
//! number beyond a double, and bytes that are not UTF-8. A model that garbles one argument must hear a
//! question, not leave the caller in silence behind a 400. What is not JSON otherwise stays so.

/// What stands for a character that is none.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// `\uXXXX`.
const ESCAPE_LENGTH: usize = 6;

/// The mended document, or `None` where nothing was to mend.
pub(super) fn mend(json: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(json);
    let mut mended = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut in_string = false;
    while let Some(first) = rest.first() {
        let length = match (in_string, first) {
            (true, b'\\') => mend_escape(rest, &mut mended),
            (false, b'-' | b'0'..=b'9') => mend_number(rest, &mut mended),
            _ => {
                in_string ^= *first == b'"';
                mended.push(*first);
                1
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    (mended != json).then_some(mended)
}

/// Copies the escape that `rest` begins with and returns its length in `rest`.
fn mend_escape(rest: &[u8], mended: &mut Vec<u8>) -> usize {
    let (kept, length): (&[u8], usize) =
        match (unit(rest), rest.get(ESCAPE_LENGTH..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => {
                (rest.get(..2 * ESCAPE_LENGTH).unwrap_or(rest), 2 * ESCAPE_LENGTH)
            }
            (Some(0xD800..=0xDFFF), _) => (REPLACEMENT, ESCAPE_LENGTH),
            // Any other escape is two bytes, or two bytes and four plain ones.
            _ => (rest.get(..2).unwrap_or(rest), 2),
        };
    mended.extend_from_slice(kept);
    length
}

/// The UTF-16 unit that `rest` begins with as `\uXXXX`.
fn unit(rest: &[u8]) -> Option<u32> {
    let digits = rest.strip_prefix(b"\\u")?.get(..4)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Copies the number that `rest` begins with, as a string where a double cannot hold it, and returns
/// its length.
fn mend_number(rest: &[u8], mended: &mut Vec<u8>) -> usize {
    let is_part = |b: &&u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
    let length = rest.iter().take_while(is_part).count();
    let number = rest.get(..length).unwrap_or(rest);
    let value = std::str::from_utf8(number).ok().and_then(|n| n.parse::<f64>().ok());
    let quote: &[u8] = if value.is_some_and(f64::is_infinite) { b"\"" } else { b"" };
    mended.extend_from_slice(quote);
    mended.extend_from_slice(number);
    mended.extend_from_slice(quote);
    length
}
