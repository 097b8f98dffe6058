//! The words of a text, with placeholders: `{clinic}`, `{date}`, `{time}`, `{link}`, `{phone}`. A line
//! whose placeholder has no value is left out, so the line with `{link}` is the one that asks for a
//! confirmation: it stands only where there is a link to give and something to confirm. What is filled in
//! is never read again: braces in a clinic's name stay braces.

use std::fmt;

use crate::domain::segments::{self, Encoding};
use crate::domain::text_kind::TextKind;

/// A text is never longer: Twilio recommends it, and the clinic pays for each.
pub const MOST_SEGMENTS: usize = 2;

/// What a link is taken to need where nobody knows yet what the outside calls us: the token and its path
/// take 25 of it, which leaves 95 for scheme and host.
pub const ASSUMED_LINK: usize = 120;

/// The longest that dates and times are: no month has a longer name than September.
const LONGEST_DATE: &str = "September 30, 2026";
const LONGEST_TIME: &str = "12:30 PM";

/// The word that every text tells the way out with; carriers look for it.
const WAY_OUT: &str = "STOP";
/// Carriers take it for [`WAY_OUT`]: a patient who answers it is never texted again.
const FALSE_FRIEND: &str = "CANCEL";

const CONFIRMATION: [&str; 2] = [
    "Appointment Confirmation: {clinic}\nDate: {date}\nTime: {time}\nConfirm: {link}\nReply C to confirm, STOP to opt out.",
    "Appointment Confirmation: {clinic}\nDate: {date}\nTime: {time}\nReply STOP to opt out.",
];
const REMINDER: [&str; 2] = [
    "Reminder: {clinic}\nDate: {date}\nTime: {time}\nConfirm: {link}\nReply C to confirm, STOP to opt out.",
    "Reminder: {clinic}\nDate: {date}\nTime: {time}\nReply STOP to opt out.",
];
const CHANGE: [&str; 2] = [
    "Appointment Changed: {clinic}\nNew date: {date}\nNew time: {time}\nConfirm: {link}\nReply C to confirm, STOP to opt out.",
    "Appointment Changed: {clinic}\nNew date: {date}\nNew time: {time}\nReply STOP to opt out.",
];
const CANCELLATION: &str = "Appointment Canceled: {clinic}\nDate: {date}\nTime: {time}\nFor a new one, call {phone}\nReply STOP to opt out.";

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    Clinic,
    Date,
    Time,
    Link,
    Phone,
}

impl Placeholder {
    const ALL: [Self; 5] = [Self::Clinic, Self::Date, Self::Time, Self::Link, Self::Phone];

    /// Without its braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Date => "date",
            Self::Time => "time",
            Self::Link => "link",
            Self::Phone => "phone",
        }
    }
}

/// The values of one text.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// As the clinic writes it; see [`segments::plain_name`] for what becomes of it.
    pub clinic: &'a str,
    pub date: &'a str,
    pub time: &'a str,
    /// `None`: there is nothing to confirm, or no link to do it by.
    pub link: Option<&'a str>,
    pub phone: Option<&'a str>,
}

/// What is wrong with the words of a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    #[error(
        "has an unknown placeholder {{{0}}}; those are {{clinic}}, {{date}}, {{time}}, {{link}}, {{phone}}"
    )]
    Unknown(String),
    #[error("has a placeholder that is not closed: {{{0}")]
    Unclosed(String),
    #[error("has a }} without a {{")]
    Unopened,
    #[error("has a character that a text cannot show: only line ends and what is printed")]
    Unprintable,
    #[error(
        "must say {{{0}}}, on a line without {{link}} and {{phone}}: such a line may be left out"
    )]
    Lacks(&'static str),
    #[error(
        "must say how to opt out, with the word STOP on a line without {{link}} and {{phone}}: such a line may be left out"
    )]
    NoWayOut,
    #[error("must not say CANCEL: carriers take that answer for STOP")]
    FalseFriend,
    #[error("says {{phone}}, and the clinic has none: set phone in [organization]")]
    NoPhone,
    #[error(
        "takes {segments} segments at its longest, with a link of {link} characters{why}; {MOST_SEGMENTS} is the most"
    )]
    TooLong { segments: usize, link: usize, why: &'static str },
}

/// Words without fault as to their placeholders.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    lines: Vec<Vec<Piece>>,
}

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Value(Placeholder),
}

impl Template {
    /// Reads a clinic's words.
    pub fn parse(text: &str) -> Result<Self, TemplateFault> {
        if text.chars().any(is_unprintable) {
            return Err(TemplateFault::Unprintable);
        }
        let lines = text.trim().split('\n').map(|line| pieces(line.trim_end()));
        Ok(Self { lines: lines.collect::<Result<_, _>>()? })
    }

    /// The words of a clinic that has none of its own. `asks`: the patient is asked to confirm.
    pub fn usual(kind: TextKind, asks: bool) -> Self {
        let [asking, telling] = match kind {
            TextKind::Confirmation => CONFIRMATION,
            TextKind::Reminder => REMINDER,
            TextKind::Change => CHANGE,
            TextKind::Cancellation => [CANCELLATION; 2],
        };
        // Ours are without fault, as a test shows.
        Self::parse(if asks { asking } else { telling }).unwrap_or(Self { lines: Vec::new() })
    }

    /// Whether the text has a place for this.
    pub fn says(&self, placeholder: Placeholder) -> bool {
        self.lines.iter().flatten().any(|piece| *piece == Piece::Value(placeholder))
    }

    /// The text. A clinic's name gives way where the rest leaves too little room for it.
    pub fn render(&self, values: Values<'_>) -> String {
        let mut name = segments::plain_name(values.clinic);
        loop {
            let text = self.fill(Values { clinic: name.trim_end(), ..values });
            if segments::size_of(&text).segments <= MOST_SEGMENTS || name.pop().is_none() {
                return text;
            }
        }
    }

    /// Whether these words say what a text must, in a clinic of this name and phone, within
    /// [`MOST_SEGMENTS`]. `link` is the length of the longest link.
    pub fn check(
        &self,
        clinic: &str,
        phone: Option<&str>,
        link: usize,
    ) -> Result<(), TemplateFault> {
        let kept = || self.lines.iter().filter(|line| !line.iter().any(Piece::may_be_missing));
        for needed in [Placeholder::Date, Placeholder::Time] {
            if !kept().flatten().any(|piece| *piece == Piece::Value(needed)) {
                return Err(TemplateFault::Lacks(needed.name()));
            }
        }
        if !kept().flatten().any(|piece| piece.has_word(WAY_OUT)) {
            return Err(TemplateFault::NoWayOut);
        }
        if self.lines.iter().flatten().any(|piece| piece.has_word(FALSE_FRIEND)) {
            return Err(TemplateFault::FalseFriend);
        }
        if self.says(Placeholder::Phone) && phone.is_none() {
            return Err(TemplateFault::NoPhone);
        }
        let text = self.fill(Values {
            clinic: &segments::plain_name(clinic),
            date: LONGEST_DATE,
            time: LONGEST_TIME,
            link: Some(&"x".repeat(link)),
            phone,
        });
        let size = segments::size_of(&text);
        if size.segments > MOST_SEGMENTS {
            let why = match size.encoding {
                Encoding::Gsm7 => "",
                Encoding::Ucs2 => " and a character that GSM-7 does not have",
            };
            return Err(TemplateFault::TooLong { segments: size.segments, link, why });
        }
        Ok(())
    }

    fn fill(&self, values: Values<'_>) -> String {
        let value = |placeholder| match placeholder {
            Placeholder::Clinic => Some(values.clinic),
            Placeholder::Date => Some(values.date),
            Placeholder::Time => Some(values.time),
            Placeholder::Link => values.link,
            Placeholder::Phone => values.phone,
        };
        let piece = |piece: &'_ Piece| match piece {
            Piece::Words(words) => Some(words.clone()),
            Piece::Value(placeholder) => value(*placeholder).map(str::to_owned),
        };
        let line = |line: &Vec<Piece>| line.iter().map(piece).collect::<Option<String>>();
        self.lines.iter().filter_map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Piece {
    fn may_be_missing(&self) -> bool {
        matches!(self, Self::Value(Placeholder::Link | Placeholder::Phone))
    }

    fn has_word(&self, word: &str) -> bool {
        let Self::Words(words) = self else { return false };
        words.split(|c: char| !c.is_alphanumeric()).any(|part| part == word)
    }
}

fn pieces(line: &str) -> Result<Vec<Piece>, TemplateFault> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((words, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else {
            return Err(TemplateFault::Unclosed(shown(behind)));
        };
        let known = Placeholder::ALL.into_iter().find(|p| p.name() == name);
        let value = known.ok_or_else(|| TemplateFault::Unknown(shown(name)))?;
        pieces.push(words_of(words)?);
        pieces.push(Piece::Value(value));
        rest = after;
    }
    pieces.push(words_of(rest)?);
    Ok(pieces)
}

fn words_of(words: &str) -> Result<Piece, TemplateFault> {
    if words.contains('}') {
        return Err(TemplateFault::Unopened);
    }
    Ok(Piece::Words(words.to_owned()))
}

/// As much of it as names it.
fn shown(name: &str) -> String {
    name.escape_debug().take(20).collect()
}

/// A text knows line ends and no other sign that moves a cursor or turns the direction.
fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Words are a clinic's own affair, not a log's.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template(..)")
    }
}
