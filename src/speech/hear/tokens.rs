//! Text as tokens: words, runs of digits and signs, each knowing whether a space stood before it.
//! Capitals, quotes, invisible characters, full-width forms and kinds of space make no difference.

use crate::speech::hear::words;

/// Nobody says a date in more characters than this; longer text is not looked at.
pub(super) const LONGEST: usize = 200;
const MOST_TOKENS: usize = 40;

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Digits(String),
    Sign(char),
}

#[derive(Debug)]
pub(super) struct Tokens(Vec<(Token, bool)>);

impl Tokens {
    /// `None` for text that is too long to be a date or a time.
    pub(super) fn of(text: &str) -> Option<Self> {
        let tokens = join_hyphens(split(&fold(text)?));
        (tokens.len() <= MOST_TOKENS).then_some(Self(tokens))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn word(&self, i: usize) -> Option<&str> {
        match self.0.get(i)? {
            (Token::Word(word), _) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_word(&self, i: usize, any_of: &[&str]) -> bool {
        self.word(i).is_some_and(|word| any_of.contains(&word))
    }

    /// Whether the words from `i` on are `phrase`.
    pub(super) fn is_phrase(&self, i: usize, phrase: &[&str]) -> bool {
        phrase.iter().enumerate().all(|(n, word)| self.word(i + n) == Some(*word))
    }

    pub(super) fn digits(&self, i: usize) -> Option<&str> {
        match self.0.get(i)? {
            (Token::Digits(digits), _) => Some(digits),
            _ => None,
        }
    }

    pub(super) fn sign(&self, i: usize) -> Option<char> {
        match self.0.get(i)? {
            (Token::Sign(sign), _) => Some(*sign),
            _ => None,
        }
    }

    /// Whether token `i` exists and follows the one before it without a space.
    pub(super) fn glued(&self, i: usize) -> bool {
        i > 0 && self.0.get(i).is_some_and(|(_, glued)| *glued)
    }

    /// Digits glued to token `i - 1`.
    pub(super) fn glued_digits(&self, i: usize) -> Option<&str> {
        if self.glued(i) { self.digits(i) } else { None }
    }

    /// The numbers up to 9999 that may begin at `i`, with where each ends: "twenty four" is 24, or 20
    /// and something that begins with four.
    pub(super) fn numbers(&self, i: usize) -> Vec<(u32, usize)> {
        if let Some(digits) = self.digits(i) {
            let short = digits.len() <= 4;
            return digits.parse().ok().filter(|_| short).map(|n| (n, i + 1)).into_iter().collect();
        }
        let Some(word) = self.word(i) else { return Vec::new() };
        let both = words::tens(word).zip(self.word(i + 1).and_then(words::unit_of));
        let two_words = both.map(|(ten, unit)| (ten + unit, i + 2));
        words::cardinal(word).map(|n| (n, i + 1)).into_iter().chain(two_words).collect()
    }

    /// The ordinals that may begin at `i`: "24th", "fourth", "twenty fourth".
    pub(super) fn ordinals(&self, i: usize) -> Vec<(u32, usize)> {
        if let Some(digits) = self.digits(i) {
            let suffix = self.glued(i + 1) && self.is_word(i + 1, &["st", "nd", "rd", "th"]);
            let value = digits.parse().ok().filter(|_| suffix && digits.len() <= 2);
            return value.map(|n| (n, i + 2)).into_iter().collect();
        }
        let Some(word) = self.word(i) else { return Vec::new() };
        let both = words::tens(word).zip(self.word(i + 1).and_then(words::unit_ordinal));
        let two_words = both.map(|(ten, unit)| (ten + unit, i + 2));
        words::ordinal(word).map(|n| (n, i + 1)).into_iter().chain(two_words).collect()
    }
}

/// Lower case without quotes and invisible characters; `None` when it is too long.
pub(super) fn fold(text: &str) -> Option<String> {
    // Checked by bytes first, so that megabytes are not counted character by character.
    if text.len() > LONGEST * 4 || text.chars().count() > LONGEST {
        return None;
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter_map(plain) {
        match c {
            // A typographic dash stands between things; a hyphen may be part of one.
            '–' | '—' => folded.push_str(" - "),
            c => folded.extend(c.to_lowercase()),
        }
    }
    Some(folded)
}

/// A character as its plain form: `None` where it carries no meaning.
pub(super) fn plain(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).and_then(plain),
        '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '"' | '“' | '”' | '„' | '«' | '»' => {
            None
        }
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        '‐' | '‑' | '‒' | '−' => Some('-'),
        c if c.is_whitespace() || c.is_control() => Some(' '),
        c => Some(c),
    }
}

fn split(text: &str) -> Vec<(Token, bool)> {
    let mut tokens: Vec<(Token, bool)> = Vec::new();
    let mut glued = false;
    for c in text.chars() {
        if c == ' ' {
            glued = false;
            continue;
        }
        match (tokens.last_mut(), c) {
            (Some((Token::Digits(run), _)), '0'..='9') if glued => run.push(c),
            (Some((Token::Word(run), _)), c) if glued && c.is_alphabetic() => run.push(c),
            (_, '0'..='9') => tokens.push((Token::Digits(c.into()), glued)),
            (_, c) if c.is_alphabetic() => tokens.push((Token::Word(c.into()), glued)),
            (_, c) => tokens.push((Token::Sign(c), glued)),
        }
        glued = true;
    }
    tokens
}

/// "twenty-four" becomes one word; any other hyphen beside a word is a space ("two-thirty", "24-Nov").
fn join_hyphens(tokens: Vec<(Token, bool)>) -> Vec<(Token, bool)> {
    let mut joined: Vec<(Token, bool)> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some((token, glued)) = rest.next() {
        let next_is_glued = rest.peek().is_some_and(|(_, glued)| *glued);
        let inside = token == Token::Sign('-') && glued && next_is_glued;
        let beside = |token: Option<&(Token, bool)>| matches!(token, Some((Token::Word(_), _)));
        if !inside || !(beside(joined.last()) || beside(rest.peek())) {
            joined.push((token, glued));
            continue;
        }
        match (joined.last_mut(), rest.next()) {
            (Some((Token::Word(ten), _)), Some((Token::Word(unit), _)))
                if is_one_number(ten, &unit) =>
            {
                ten.push('-');
                ten.push_str(&unit);
            }
            (_, Some((next, _))) => joined.push((next, false)),
            (_, None) => {}
        }
    }
    joined
}

fn is_one_number(ten: &str, unit: &str) -> bool {
    let unit = words::unit_of(unit).or_else(|| words::unit_ordinal(unit));
    words::tens(ten).is_some() && unit.is_some()
}
