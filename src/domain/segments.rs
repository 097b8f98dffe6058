//! What a text costs: the segments that carriers send it in. One character outside GSM-7 turns the whole
//! text to UCS-2, which fits less than half of it into a segment (3GPP TS 23.038; counted as Twilio's
//! own calculator does).

/// The alphabet of one septet each, but for the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Characters behind an escape, which makes them two septets.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// How a text is written on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Gsm7,
    Ucs2,
}

impl Encoding {
    /// Units that fit into a text of one segment, and into each of several, which spend some on saying
    /// how they belong together.
    fn room(self) -> (usize, usize) {
        match self {
            Self::Gsm7 => (160, 153),
            Self::Ucs2 => (70, 67),
        }
    }
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub encoding: Encoding,
    pub segments: usize,
}

/// Counts a text. No character is split between two segments: one that does not fit goes to the next.
pub fn size_of(text: &str) -> Size {
    let (encoding, costs) = match text.chars().map(septets).collect::<Option<Vec<_>>>() {
        Some(septets) => (Encoding::Gsm7, septets),
        None => (Encoding::Ucs2, text.chars().map(char::len_utf16).collect()),
    };
    let (alone, each) = encoding.room();
    if costs.iter().sum::<usize>() <= alone {
        return Size { encoding, segments: 1 };
    }
    let (mut segments, mut used) = (1, 0);
    for cost in costs {
        if used + cost > each {
            (segments, used) = (segments + 1, 0);
        }
        used += cost;
    }
    Size { encoding, segments }
}

/// A clinic's name on one line and in the alphabet, without what costs twice: one other character would
/// double the price of the text that names it, and halve its length.
pub fn plain_name(name: &str) -> String {
    const KEPT: &str = "@£$¥èéùìòÇØøÅåÆæßÉ!\"#%&'()*+,-./:;<=>? ÄÖÑÜ§äöñüà_¡¿¤";
    let plain = name.chars().filter_map(|c| match c {
        c if c.is_ascii_alphanumeric() || KEPT.contains(c) => Some(c),
        '\u{2018}' | '\u{2019}' | '`' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        '\u{2010}'..='\u{2015}' => Some('-'),
        'á' | 'â' | 'ã' => Some('a'),
        'í' | 'î' | 'ï' => Some('i'),
        'ó' | 'ô' | 'õ' => Some('o'),
        'ú' | 'û' => Some('u'),
        'ê' | 'ë' => Some('e'),
        'ç' => Some('c'),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    });
    plain.collect::<String>().trim().to_owned()
}

/// What a character costs in GSM-7; `None`: it has none such.
fn septets(c: char) -> Option<usize> {
    let basic = BASIC.contains(c).then_some(1);
    basic.or(EXTENSION.contains(c).then_some(2))
}
