//! The digits of a number as people dictate it: "seven oh two, double five five …". Numbers beyond nine
//! can mean more than one row of digits ("twenty four": 24 or 204): each is returned, and the
//! numbering plan decides.

use crate::speech::hear::tokens::Tokens;
use crate::speech::hear::words;

/// One way to write down what was dictated.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Dictated {
    pub(super) plus: bool,
    pub(super) digits: String,
}

/// More ways than this are not a number that a person gave.
const MOST_WAYS: usize = 64;
const LONGEST: usize = 40;

/// Between the digits of one number.
const GLUE: [&str; 14] = [
    "area", "code", "then", "dash", "hyphen", "space", "dot", "point", "and", "um", "uh", "is",
    "country", "minus",
];
const EXTENSION: [&str; 4] = ["ext", "extension", "extn", "x"];
/// They turn a number into one that is not meant.
const DENIALS: [&str; 9] =
    ["not", "isnt", "wrong", "old", "former", "longer", "dont", "never", "except"];
/// Right after a digit they may be one.
const HOMOPHONES: [&str; 7] = ["to", "too", "for", "fore", "ate", "won", "tree"];

/// Every row of digits that `text` can mean; none where words stand between them.
pub(super) fn numbers(text: &str) -> Vec<Dictated> {
    let Some(tokens) = Tokens::of(text) else { return Vec::new() };
    if (0..tokens.len()).any(|i| tokens.is_word(i, &DENIALS)) {
        return Vec::new();
    }
    let Some(first) = (0..tokens.len()).find(|i| !digits_at(&tokens, *i).is_empty()) else {
        return Vec::new();
    };
    let before = first.checked_sub(1);
    let bracket = before.filter(|i| tokens.sign(*i) == Some('(')).and_then(|i| i.checked_sub(1));
    let plus = [before, bracket].into_iter().flatten().any(|i| is_plus(&tokens, i));
    let mut ways = Vec::new();
    let complete = collect(&tokens, first, &Dictated { plus, ..Dictated::default() }, &mut ways);
    if complete { ways } else { Vec::new() }
}

/// Adds every way to go on from token `i`; `false` when there are too many.
fn collect(tokens: &Tokens, i: usize, so_far: &Dictated, ways: &mut Vec<Dictated>) -> bool {
    if ways.len() > MOST_WAYS || so_far.digits.len() > LONGEST {
        return false;
    }
    if i >= tokens.len() || is_extension(tokens, i) {
        ways.push(so_far.clone());
        return true;
    }
    let next = digits_at(tokens, i);
    if !next.is_empty() {
        return next.into_iter().all(|(digits, next)| {
            let longer = Dictated { digits: format!("{}{digits}", so_far.digits), ..*so_far };
            collect(tokens, next, &longer, ways)
        });
    }
    let more_to_come = (i..tokens.len())
        .take_while(|i| !is_extension(tokens, *i))
        .any(|i| !digits_at(tokens, i).is_empty() || is_plus(tokens, i));
    match (tokens.sign(i), tokens.word(i)) {
        (Some('-' | '.' | '(' | ')' | '/' | ',' | ':' | '!' | '?'), _) => {
            collect(tokens, i + 1, so_far, ways)
        }
        (None, Some(word)) if GLUE.contains(&word) => collect(tokens, i + 1, so_far, ways),
        (None, Some(word)) if more_to_come || tokens.glued(i) || HOMOPHONES.contains(&word) => true,
        (None, Some(_)) => {
            ways.push(so_far.clone());
            true
        }
        _ => true,
    }
}

/// The rows of digits that may begin at token `i`, with where each ends.
fn digits_at(tokens: &Tokens, i: usize) -> Vec<(String, usize)> {
    if let Some(digits) = tokens.digits(i) {
        return vec![(digits.to_owned(), i + 1)];
    }
    let Some(word) = tokens.word(i) else { return Vec::new() };
    if let Some(times) = repeats(word) {
        return digit(tokens, i + 1).map(|d| (d.repeat(times), i + 2)).into_iter().collect();
    }
    if let Some(digit) = digit(tokens, i) {
        return hundreds(tokens, i + 1, &digit).unwrap_or_else(|| vec![(digit, i + 1)]);
    }
    tokens.numbers(i).into_iter().map(|(n, next)| (n.to_string(), next)).collect()
}

/// "Eight hundred", "eight hundred five", "five thousand".
fn hundreds(tokens: &Tokens, i: usize, digit: &str) -> Option<Vec<(String, usize)>> {
    if tokens.is_word(i, &["thousand"]) {
        return Some(vec![(format!("{digit}000"), i + 1)]);
    }
    if !tokens.is_word(i, &["hundred"]) {
        return None;
    }
    let mut ways = vec![(format!("{digit}00"), i + 1)];
    if tokens.word(i + 1).is_some_and(|word| words::cardinal(word).is_some()) {
        let rest = tokens.numbers(i + 1).into_iter().filter(|(n, _)| *n > 0);
        ways.extend(rest.map(|(n, next)| (format!("{digit}{n:02}"), next)));
    }
    Some(ways)
}

/// One digit, as a word or alone.
fn digit(tokens: &Tokens, i: usize) -> Option<String> {
    if let Some(digit) = tokens.digits(i) {
        return (digit.len() == 1).then(|| digit.to_owned());
    }
    match tokens.word(i)? {
        "oh" | "o" | "nought" | "naught" => Some("0".to_owned()),
        word => words::small(word).filter(|n| *n < 10).map(|n| n.to_string()),
    }
}

fn repeats(word: &str) -> Option<usize> {
    match word {
        "double" => Some(2),
        "triple" | "treble" => Some(3),
        _ => None,
    }
}

fn is_plus(tokens: &Tokens, i: usize) -> bool {
    tokens.sign(i) == Some('+') || tokens.is_word(i, &["plus"])
}

/// An extension, which no text can reach: what follows is dropped.
fn is_extension(tokens: &Tokens, i: usize) -> bool {
    tokens.sign(i) == Some('#') || tokens.is_word(i, &EXTENSION)
}
