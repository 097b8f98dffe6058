//! A phone number as dictated or typed: digits, digit words, "double five", words around the number
//! and extensions dropped. Heard only where exactly one number that can be texted comes out, by the
//! numbering plan of the clinic's region; never shown by `Debug`.

use std::fmt;

use phonenumber::Metadata;
use phonenumber::country::Id;
use phonenumber::metadata::{DATABASE, Descriptor};

use crate::speech::hear::dictated::{self, Dictated};
use crate::speech::hear::tokens::fold;
use crate::speech::hear::{Ear, Question};

/// What was said about a phone number.
#[derive(Clone, PartialEq, Eq)]
pub enum HeardPhone {
    /// Nothing, or that it is the number of this call.
    Unsaid,
    /// There is none, or no text is wanted.
    None,
    /// E.164.
    Number(String),
}

impl fmt::Debug for HeardPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsaid => "Unsaid",
            Self::None => "None",
            Self::Number(_) => "Number(***)",
        })
    }
}

const NO_PHONE: [&str; 12] = [
    "none",
    "no",
    "no phone",
    "no phone number",
    "no number",
    "no mobile",
    "no cell phone",
    "no text",
    "no texts",
    "no text message",
    "without a phone",
    "i have no phone",
];

const UNSAID: [&str; 19] = [
    "",
    "null",
    "undefined",
    "unknown",
    "caller",
    "callers number",
    "caller number",
    "same",
    "same number",
    "the same number",
    "the same",
    "this number",
    "this one",
    "my number",
    "the number im calling from",
    "the number i am calling from",
    "number im calling from",
    "current number",
    "{{customer.number}}",
];

/// E.164 allows fifteen digits; an international prefix may stand before them.
const MOST_DIGITS: usize = 15;
const LONGEST_DICTATED: usize = 32;

impl Ear<'_> {
    /// A number that a text can be sent to, or what was said instead of one.
    pub fn phone(&self, text: &str) -> Result<HeardPhone, Question> {
        let folded = fold(text).ok_or(Question::Phone)?;
        let bare = folded.trim_matches([' ', '.', ',', '!', '?']);
        if UNSAID.contains(&bare) {
            return Ok(HeardPhone::Unsaid);
        }
        if NO_PHONE.contains(&bare) {
            return Ok(HeardPhone::None);
        }
        let region = self.clinic.region.parse().ok();
        let mut numbers: Vec<String> = dictated::numbers(bare)
            .into_iter()
            .filter_map(|dictated| textable(region, &dictated))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        match (numbers.pop(), numbers.is_empty()) {
            (Some(only), true) => Ok(HeardPhone::Number(only)),
            _ => Err(Question::Phone),
        }
    }
}

/// E.164, where the number is a person's and could be texted. The library matches a number's
/// beginning and so takes some that are too long; it does not refuse toll-free and the like; and it
/// may take the region's own prefix off a foreign number, so what it leaves out is looked at.
fn textable(region: Option<Id>, dictated: &Dictated) -> Option<String> {
    if dictated.digits.len() > LONGEST_DICTATED {
        return None;
    }
    let home = region.and_then(|region| DATABASE.by_id(region.as_ref()));
    let abroad = match dictated.plus {
        true => Some(dictated.digits.as_str()),
        false => home.and_then(|home| after_international_prefix(home, &dictated.digits)),
    };
    let number = match abroad {
        Some(digits) => phonenumber::parse(None, format!("+{digits}")).ok()?,
        None => phonenumber::parse(region, &dictated.digits).ok()?,
    };
    let code = number.country().code().to_string();
    let national = number.national().to_string();
    let dialed = abroad.unwrap_or(&dictated.digits).strip_suffix(national.as_str())?;
    let trunk = home.and_then(|home| home.national_prefix()).unwrap_or("0");
    let may_be_dialed = match abroad {
        // "+44 (0)20 …" is how it stands on many a card.
        Some(_) => dialed == code || (code != "1" && dialed == format!("{code}0")),
        None => ["", trunk, &code].contains(&dialed),
    };
    if !may_be_dialed {
        return None;
    }
    if !number.is_valid() {
        return None;
    }
    let regions = DATABASE.by_code(&number.country().code())?;
    let kinds = || regions.iter().map(|region| region.descriptors());
    let is_personal = kinds()
        .flat_map(|k| [k.fixed_line(), k.mobile(), k.voip(), k.personal_number()])
        .flatten()
        .any(|kind| is_whole(kind, &national));
    let is_service = kinds()
        .flat_map(|k| {
            let paid = [k.toll_free(), k.premium_rate(), k.shared_cost(), k.uan()];
            let other = [k.pager(), k.voicemail(), k.short_code(), k.emergency()];
            paid.into_iter().chain(other)
        })
        .flatten()
        .any(|kind| kind.is_match(&national));
    let text = number.format().mode(phonenumber::Mode::E164).to_string();
    let digits = text.strip_prefix('+')?;
    let fits = digits.len() <= MOST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    (fits && is_personal && !is_service && !(code == "1" && has_service_code(&national)))
        .then_some(text)
}

/// The number with its country code, where it was dialed as from abroad ("011 44 …").
fn after_international_prefix<'d>(home: &Metadata, digits: &'d str) -> Option<&'d str> {
    let prefix = home.international_prefix()?.find(digits).filter(|found| found.start() == 0)?;
    digits.split_at_checked(prefix.end()).map(|(_, rest)| rest)
}

/// Whether the pattern takes the number to its end, not only its beginning.
fn is_whole(kind: &Descriptor, national: &str) -> bool {
    let end = kind.national_number().find(national).map(|found| found.end());
    kind.is_match(national) && end == Some(national.len())
}

/// "411", "911" and their like as an area code or an exchange.
fn has_service_code(national: &str) -> bool {
    let codes = [national.get(0..3), national.get(3..6)];
    codes.into_iter().flatten().any(|code| code.ends_with("11"))
}
