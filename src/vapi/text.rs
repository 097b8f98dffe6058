//! Text at the border: single lines without control characters out, storable ids in.

use ring::digest::{SHA256, digest};
use serde_json::{Number, Value};

/// Vapi's ids have 36 characters at most; a longer one is kept as its digest, because an index entry
/// has an end.
const MAX_KEY_CHARACTERS: usize = 128;

/// Integers up to here are exact in a double.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// `text` on one line: whitespace and control characters, NUL included, become single spaces; none at
/// the ends.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A scalar as text; `None` for null, arrays and objects. A whole number has no decimal point: a
/// model's `14.0` is fourteen.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(n) if number.is_f64() && n.fract() == 0.0 && n.abs() < MAX_EXACT => format!("{n:.0}"),
        _ => number.to_string(),
    }
}

/// An id as it can be stored and compared: one line, at most 128 characters.
pub(super) fn storable_key(id: &str) -> String {
    let line = one_line(id);
    if line.chars().count() <= MAX_KEY_CHARACTERS {
        line
    } else {
        format!("sha256:{}", hex(digest(&SHA256, line.as_bytes()).as_ref()))
    }
}

/// A Liquid expression that nobody filled in, such as `{{customer.number}}` on a web call.
pub(super) fn is_unresolved(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
