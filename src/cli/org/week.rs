//! A week of opening hours as the file writes it: `mon-fri = ["09:00-12:00", "13:00-17:00"]`.
//! A day that is not mentioned is a day off.

use super::reading::{Section, Text};

/// Minutes after local midnight: from, until.
pub(super) type Stretch = (u16, u16);

/// A whole day.
pub(super) const WHOLE_DAY: Stretch = (0, 24 * 60);

/// As the file names them, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The stretches of each day, Monday first, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Week(pub(super) [Vec<Stretch>; 7]);

impl Week {
    pub(super) fn read(section: &Section<'_, '_>) -> Self {
        let mut week = Self::default();
        let mut taken = [false; 7];
        for (key, texts) in section.lists() {
            let Some((first, last)) = days(key.text) else {
                section.fault_of(key, "is not a day or a run of days: mon, tue, … sun, or mon-fri");
                continue;
            };
            let hours = stretches(section, &texts);
            let run = week.0.iter_mut().zip(&mut taken).take(last + 1).skip(first);
            for (day, taken) in run {
                if *taken {
                    section.fault_of(key, "has a day that another line has too");
                }
                *taken = true;
                day.clone_from(&hours);
            }
        }
        week
    }

    /// As keys and values; days that follow each other with the same hours stand on one line.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut days = self.0.iter().zip(DAYS).peekable();
        while let Some((hours, first)) = days.next() {
            let mut last = first;
            while let Some((_, day)) = days.next_if(|(next, _)| *next == hours) {
                last = day;
            }
            if !hours.is_empty() {
                let key = if first == last { first.to_owned() } else { format!("{first}-{last}") };
                let hours: Vec<_> = hours.iter().map(|h| format!("\"{}\"", write(*h))).collect();
                lines.push(format!("{key} = [{}]", hours.join(", ")));
            }
        }
        lines
    }
}

/// Stretches of one day, sorted; those at fault are left out.
pub(super) fn stretches(section: &Section<'_, '_>, texts: &[Text<'_>]) -> Vec<Stretch> {
    let mut read: Vec<Stretch> = Vec::new();
    for text in texts {
        match parse(text.text) {
            None => section.fault_of(*text, "must be hours such as 09:00-12:00, up to 24:00"),
            Some((from, until)) if from >= until => {
                section.fault_of(*text, "must end after it starts, on the same day");
            }
            Some((from, until)) if read.iter().any(|r| from < r.1 && r.0 < until) => {
                section.fault_of(*text, "overlaps other hours of the day");
            }
            Some(stretch) => read.push(stretch),
        }
    }
    read.sort_unstable();
    read
}

/// "09:00-12:00".
pub(super) fn write((from, until): Stretch) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", time(from), time(until))
}

fn parse(text: &str) -> Option<Stretch> {
    let (from, until) = text.split_once('-')?;
    Some((minute(from)?, minute(until)?))
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let is_number = |part: &str, length: usize| {
        (1..=2).contains(&part.len())
            && part.len() >= length
            && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !is_number(hour, 1) || !is_number(minute, 2) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let all = hour * 60 + minute;
    (minute < 60 && all <= WHOLE_DAY.1).then_some(all)
}

/// The days of a key, first and last.
fn days(key: &str) -> Option<(usize, usize)> {
    let place = |day: &str| DAYS.iter().position(|d| *d == day);
    match key.split_once('-') {
        None => place(key).map(|day| (day, day)),
        Some((first, last)) => {
            Some((place(first)?, place(last)?)).filter(|(first, last)| first < last)
        }
    }
}
