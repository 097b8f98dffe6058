//! Whether a sentence can be said: one short tidy line in words, with dates and times as a voice says
//! them. The words for them are written out here, not taken from the program.

/// What the issue allows.
const MOST_WORDS: usize = 60;
/// Markup, brackets, addresses, assignments: nothing that a voice could say.
const MARKS: &str = "*_#`|<>{}[]()~^\\/@+=\"–—•…&%$";
/// Values of a program that slipped into a sentence.
const NO_WORDS: [&str; 14] = [
    "null",
    "undefined",
    "nan",
    "some(",
    "none(",
    "http",
    "utc",
    "gmt",
    "est",
    "edt",
    "a.m.",
    "p.m.",
    "hundred hours",
    "o'clock",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const ONES: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 4] = ["twenty", "thirty", "forty", "fifty"];
const ORDINALS: [&str; 31] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty-first",
    "twenty-second",
    "twenty-third",
    "twenty-fourth",
    "twenty-fifth",
    "twenty-sixth",
    "twenty-seventh",
    "twenty-eighth",
    "twenty-ninth",
    "thirtieth",
    "thirty-first",
];

pub(super) fn faults(spoken: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let count = spoken.split_whitespace().count();
    must((1..=MOST_WORDS).contains(&count), "empty, or more than sixty words");
    let is_tidy = spoken.trim() == spoken
        && !spoken.contains("  ")
        && !spoken.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' '));
    must(is_tidy, "not one tidy line");
    must(spoken.starts_with(char::is_uppercase), "no capital at the beginning");
    must(spoken.ends_with(['.', '?']), "no end");
    must(!spoken.chars().any(char::is_numeric), "digits");
    must(!spoken.contains(|c| MARKS.contains(c)), "signs that cannot be said");
    must(
        ![" .", " ,", " ?", "..", ",,", ",.", "?."].iter().any(|p| spoken.contains(p)),
        "punctuation",
    );
    let lower = format!(" {} ", spoken.to_lowercase());
    for word in NO_WORDS {
        let is_said =
            [" ", ".", ",", "?"].iter().any(|end| lower.contains(&format!(" {word}{end}")));
        must(!is_said, &format!("the word {word}"));
    }
    let tokens: Vec<&str> =
        spoken.split(' ').map(|token| token.trim_matches(['.', ',', '?', ':', ';'])).collect();
    for (at, token) in tokens.iter().enumerate() {
        let before = &tokens[..at];
        if ["AM", "PM"].contains(token) {
            must(is_half_in_question(&tokens, at) || is_time(before), "a time as nobody says it");
        }
        if MONTHS.contains(token) {
            let has_day = tokens.get(at + 1).is_some_and(|day| ORDINALS.contains(day));
            let has_weekday = before.last().is_some_and(|day| WEEKDAYS.contains(day));
            must(has_day && has_weekday, "a date as nobody says it");
        }
        if *token == "ending" {
            let said = tokens[at..].iter().skip(2).take_while(|word| is_digit(word)).count();
            must(said == 4, "not the last four digits");
        }
        let run = tokens[at..].iter().take_while(|word| is_digit(word)).count();
        must(run <= 4, "more of a number than its last four digits");
    }
    faults
}

/// "AM or PM".
fn is_half_in_question(tokens: &[&str], at: usize) -> bool {
    tokens.get(at..at + 3) == Some(&["AM", "or", "PM"])
        || (at >= 2 && tokens.get(at - 2..=at) == Some(&["AM", "or", "PM"]))
}

/// "two", "two thirty", "two oh five" at the end of what stands before AM or PM.
fn is_time(before: &[&str]) -> bool {
    match before {
        [.., hour, "oh", minute] => is_hour(hour) && ONES.contains(minute),
        [.., hour, minute] if is_hour(hour) && is_minute(minute) => true,
        // "at two PM": the word before the hour is none of a number's.
        [.., other, hour] => is_hour(hour) && !is_minute(other) && !ONES.contains(other),
        _ => false,
    }
}

fn is_hour(word: &str) -> bool {
    ONES.contains(&word) || TEENS[..3].contains(&word)
}

fn is_minute(word: &str) -> bool {
    let (tens, ones) = word.split_once('-').unwrap_or((word, ""));
    TEENS.contains(&word) || (TENS.contains(&tens) && (ones.is_empty() || ONES.contains(&ones)))
}

fn is_digit(word: &str) -> bool {
    word == "zero" || ONES.contains(&word)
}
