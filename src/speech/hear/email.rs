//! An e-mail address as typed or spelled aloud: "john dot smith at gmail dot com". Heard only where the
//! words can be nothing but the address.

use crate::speech::hear::tokens::{LONGEST, plain};
use crate::speech::hear::{Ear, Question, words};

/// What people say before the address.
const LEAD_INS: [&str; 16] = [
    "my e-mail address is ",
    "my email address is ",
    "the email address is ",
    "my e-mail is ",
    "my email is ",
    "the email is ",
    "email address is ",
    "email is ",
    "email: ",
    "e-mail: ",
    "email ",
    "the address is ",
    "thats ",
    "it is ",
    "its ",
    "mailto:",
];

/// Words that are about the address, not in it.
const ABOUT: [&str; 24] = [
    "is",
    "my",
    "the",
    "its",
    "it",
    "email",
    "e-mail",
    "address",
    "as",
    "in",
    "like",
    "for",
    "or",
    "and",
    "not",
    "no",
    "capital",
    "uppercase",
    "lowercase",
    "spelled",
    "with",
    "then",
    "double",
    "triple",
];

const LONGEST_LOCAL: usize = 64;

impl Ear<'_> {
    /// An address in lower case.
    pub fn email(&self, text: &str) -> Result<String, Question> {
        address(text).ok_or(Question::Email)
    }
}

fn address(text: &str) -> Option<String> {
    if text.len() > LONGEST * 4 {
        return None;
    }
    let folded: String = text.chars().filter_map(plain).flat_map(char::to_lowercase).collect();
    let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut said = folded.trim_matches([' ', '.', ',', '!', '?', '<', '>']);
    while let Some(rest) = LEAD_INS.iter().find_map(|lead| said.strip_prefix(lead)) {
        said = rest.trim_start_matches([' ', ',', ':', '<']);
    }
    let pieces: Vec<&str> = said.split(' ').collect();
    let spelled = if said.contains('@') { typed(&pieces)? } else { spoken(&pieces)? };
    is_valid(&spelled).then_some(spelled)
}

/// An address with its sign: in one piece, or with spaces around the sign only.
fn typed(pieces: &[&str]) -> Option<String> {
    let joined = pieces.concat();
    match pieces {
        [_] => Some(joined),
        [_, "@", _] => Some(joined),
        [local, host] if local.ends_with('@') != host.starts_with('@') => Some(joined),
        _ => None,
    }
}

/// An address in words. Number words could be digits or letters: those are asked back, like every
/// word that is rather about the address.
fn spoken(pieces: &[&str]) -> Option<String> {
    let mut address = String::new();
    for piece in pieces {
        match *piece {
            "at" => address.push('@'),
            "dot" | "period" | "point" => address.push('.'),
            "underscore" => address.push('_'),
            "dash" | "hyphen" | "minus" => address.push('-'),
            "plus" => address.push('+'),
            piece if ABOUT.contains(&piece) || is_number(piece) => return None,
            // The dot of an initial, or one of the address: nobody can tell.
            piece if piece.ends_with(['.', ',', ':']) => return None,
            piece => address.push_str(piece),
        }
    }
    Some(address)
}

fn is_number(piece: &str) -> bool {
    let word = words::cardinal(piece).or_else(|| words::ordinal(piece));
    word.is_some() || ["oh", "hundred", "thousand"].contains(&piece)
}

fn is_valid(address: &str) -> bool {
    let Some((local, host)) = address.split_once('@') else { return false };
    let dots = |part: &str| part.split('.').all(|label| !label.is_empty());
    let local_ok = local.len() <= LONGEST_LOCAL
        && dots(local)
        && local.chars().all(|c| c.is_ascii_alphanumeric() || "._%+-".contains(c));
    let label_ok = |label: &str| {
        !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    local_ok
        && dots(host)
        && host.contains('.')
        && host.len() <= LONGEST
        && host.split('.').all(label_ok)
        && top.len() >= 2
        && (top.chars().all(|c| c.is_ascii_alphabetic()) || top.starts_with("xn--"))
}
