//! A patient's name as passed: tidied, never corrected. Letters of any script; what is no name
//! ("unknown", "caller") or carries other signs is asked back.

use crate::speech::hear::{Ear, Question};

const LONGEST: usize = 80;

/// What people say around their name, in lower case and without quotes.
const LEAD_INS: [&str; 14] = [
    "my name is ",
    "my name's ",
    "the name is ",
    "the name's ",
    "the patient's name is ",
    "patient's name is ",
    "patient name is ",
    "name is ",
    "this is ",
    "it's ",
    "it is ",
    "i'm ",
    "i am ",
    "name: ",
];
const CLOSINGS: [&str; 4] = [" speaking", " please", " thanks", " thank you"];

/// Said by models where they have no name.
const NO_NAMES: [&str; 30] = [
    "unknown",
    "unknown caller",
    "unknown patient",
    "caller",
    "the caller",
    "patient",
    "the patient",
    "customer",
    "the customer",
    "user",
    "client",
    "guest",
    "anonymous",
    "name",
    "patient name",
    "caller name",
    "customer name",
    "full name",
    "no name",
    "none",
    "null",
    "nil",
    "undefined",
    "na",
    "n a",
    "not provided",
    "not given",
    "not specified",
    "unspecified",
    "tbd",
];

impl Ear<'_> {
    /// The name, with its words apart by one space; its capitals are set only where there are none or
    /// nothing else.
    pub fn name(&self, text: &str) -> Result<String, Question> {
        let tidy = tidy(text).ok_or(Question::Name)?;
        let name = without_lead_in(&tidy);
        let lower = name.to_lowercase();
        let has_letters = name.chars().any(char::is_alphabetic);
        if !has_letters || NO_NAMES.contains(&lower.as_str()) || name.chars().count() > LONGEST {
            return Err(Question::Name);
        }
        let cased = name.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).count() > 1;
        if cased && (name == lower || name == name.to_uppercase()) {
            return Ok(capitalized(&lower));
        }
        Ok(name.to_owned())
    }
}

/// Plain signs and single spaces; `None` where a sign belongs to no name.
fn tidy(text: &str) -> Option<String> {
    // Room for a lead-in.
    if text.len() > 8 * LONGEST {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '’' | '‘' | '`' | '´' | 'ʼ' | '\'' => kept.push('\''),
            '‐' | '‑' | '-' => kept.push('-'),
            ',' | ';' | '_' | '"' | '“' | '”' | '(' | ')' | '!' | '?' => kept.push(' '),
            // Invisible: they join nothing and can turn the direction of what stands beside them.
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {}
            '\u{2060}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => kept.push(' '),
            c if c.is_alphanumeric() || is_mark(c) || ".:#·・".contains(c) => kept.push(c),
            _ => return None,
        }
    }
    let words: Vec<&str> = kept.split_whitespace().collect();
    let tidy = words.join(" ");
    Some(tidy.trim_matches([' ', '-', ':', '#', '\'']).to_owned())
}

/// Signs that belong to the letter before them and that the standard library does not call letters:
/// combining accents, and viramas and tone marks from Hebrew to Tibetan and Burmese.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{6d6}'..='\u{6ed}' | '\u{93c}'..='\u{94d}'
        | '\u{9bc}'..='\u{d4d}' | '\u{e31}'..='\u{e4e}' | '\u{f18}'..='\u{fbc}'
        | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}')
}

fn without_lead_in(said: &str) -> &str {
    if LEAD_INS.iter().any(|lead| lead.trim_end().eq_ignore_ascii_case(said)) {
        return "";
    }
    let mut name = said;
    for lead in LEAD_INS {
        if let Some((start, rest)) = name.split_at_checked(lead.len())
            && start.eq_ignore_ascii_case(lead)
        {
            name = rest.trim_start();
            break;
        }
    }
    for closing in CLOSINGS {
        let at = name.len().checked_sub(closing.len());
        if let Some((start, end)) = at.and_then(|at| name.split_at_checked(at))
            && end.eq_ignore_ascii_case(closing)
        {
            name = start;
        }
    }
    // A full stop ends a sentence, unless it ends an initial or a short form ("Jr.").
    let last = name.split(' ').next_back().unwrap_or_default();
    let dots = if last.chars().count() > 4 { name.trim_end_matches('.') } else { name };
    dots.trim()
}

fn capitalized(lower: &str) -> String {
    let mut name = String::with_capacity(lower.len());
    let mut starts = true;
    for c in lower.chars() {
        if starts {
            name.extend(c.to_uppercase());
        } else {
            name.push(c);
        }
        starts = matches!(c, ' ' | '-' | '\'' | '.');
    }
    name
}
