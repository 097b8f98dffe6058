//! Dates.

use time::{Date, Weekday};

use crate::speech::say::{cardinal, ordinal};

/// "Tuesday, November twenty-fourth", with ", twenty twenty-seven" where it is not this year.
pub fn date(date: Date, today: Date) -> String {
    let year = match date.year() == today.year() {
        true => String::new(),
        false => format!(", {}", year(date.year())),
    };
    let day = ordinal(date.day().into());
    format!("{}, {} {day}{year}", date.weekday(), date.month())
}

/// "Tuesday".
pub fn weekday(weekday: Weekday) -> String {
    weekday.to_string()
}

/// "twenty twenty-six", "two thousand five", "nineteen hundred".
pub fn year(year: i32) -> String {
    let Ok(year) = u64::try_from(year) else { return String::new() };
    let (century, rest) = (year / 100, year % 100);
    match rest {
        _ if !(10..100).contains(&century) || (century % 10 == 0 && rest < 10) => cardinal(year),
        0 => format!("{} hundred", cardinal(century)),
        1..10 => format!("{} oh {}", cardinal(century), cardinal(rest)),
        _ => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::{date as said, *};

    #[test]
    fn dates() {
        let today = date!(2026 - 11 - 23);
        for (on, words) in [
            (today, "Monday, November twenty-third"),
            (date!(2026 - 12 - 1), "Tuesday, December first"),
            (date!(2027 - 01 - 05), "Tuesday, January fifth, twenty twenty-seven"),
        ] {
            assert_eq!(said(on, today), words);
        }
    }

    #[test]
    fn years() {
        for (n, words) in [
            (1900, "nineteen hundred"),
            (1999, "nineteen ninety-nine"),
            (2000, "two thousand"),
            (2005, "two thousand five"),
            (2010, "twenty ten"),
            (2026, "twenty twenty-six"),
            (2100, "twenty-one hundred"),
            (2101, "twenty-one oh one"),
        ] {
            assert_eq!(year(n), words);
        }
    }
}
