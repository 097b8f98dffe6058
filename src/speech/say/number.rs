//! Numbers in words.

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
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
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const SCALES: [(u64, &str); 5] = [
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// "forty-two", "one thousand two hundred".
pub fn cardinal(n: u64) -> String {
    if let Some(word) = at(&SMALL, n) {
        return word.to_owned();
    }
    let joined = |head: String, rest: u64, sign: &str| match rest {
        0 => head,
        rest => format!("{head}{sign}{}", cardinal(rest)),
    };
    for (scale, name) in SCALES {
        if n >= scale {
            return joined(format!("{} {name}", cardinal(n / scale)), n % scale, " ");
        }
    }
    if n >= 100 {
        return joined(format!("{} hundred", cardinal(n / 100)), n % 100, " ");
    }
    joined(at(&TENS, n / 10).unwrap_or_default().to_owned(), n % 10, "-")
}

/// "twenty-fourth".
pub fn ordinal(n: u64) -> String {
    let words = cardinal(n);
    let at = words.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (head, last) = words.split_at_checked(at).unwrap_or(("", &words));
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        last => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{head}{last}")
}

/// "one minute", "thirty minutes": the noun takes an s.
pub fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", cardinal(n))
}

/// Each digit as a word; everything else is left out.
pub(super) fn digits(text: &str) -> String {
    let words = text.chars().filter_map(|c| at(&SMALL, u64::from(c.to_digit(10)?)));
    words.collect::<Vec<_>>().join(" ")
}

/// The end of a phone number, for reading back: "zero one four two". `None` for fewer digits.
pub fn last_four(number: &str) -> Option<String> {
    let mut last: Vec<char> = number.chars().rev().filter(char::is_ascii_digit).take(4).collect();
    last.reverse();
    (last.len() == 4).then(|| digits(&last.into_iter().collect::<String>()))
}

fn at(words: &[&'static str], n: u64) -> Option<&'static str> {
    words.get(usize::try_from(n).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (n, words) in [
            (0, "zero"),
            (13, "thirteen"),
            (20, "twenty"),
            (42, "forty-two"),
            (100, "one hundred"),
            (115, "one hundred fifteen"),
            (2_026, "two thousand twenty-six"),
        ] {
            assert_eq!(cardinal(n), words);
        }
        assert!(cardinal(u64::MAX).starts_with("eighteen thousand"));
    }

    #[test]
    fn ordinals_in_words() {
        for (n, words) in [
            (1, "first"),
            (2, "second"),
            (3, "third"),
            (5, "fifth"),
            (8, "eighth"),
            (9, "ninth"),
            (12, "twelfth"),
            (20, "twentieth"),
            (21, "twenty-first"),
            (30, "thirtieth"),
            (31, "thirty-first"),
            (100, "one hundredth"),
        ] {
            assert_eq!(ordinal(n), words);
        }
    }

    #[test]
    fn the_end_of_a_number() {
        assert_eq!(last_four("+12125550142").as_deref(), Some("zero one four two"));
        assert_eq!(last_four("142"), None);
        assert_eq!(count(1, "minute"), "one minute");
        assert_eq!(count(30, "minute"), "thirty minutes");
    }
}
