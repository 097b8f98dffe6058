//! `[[closure]]`: dated exceptions to the week, one day or a run of days, for one provider or all,
//! taking time away or (`kind = "open"`) adding it.

use time::{Date, Duration};

use crate::domain::clinic::ClosureKind;

use super::names::Names;
use super::reading::Section;
use super::week::{self, Stretch, WHOLE_DAY};

/// A longer run is a slip of the pen in a year.
const LONGEST_RUN: Duration = Duration::days(366);

/// One exception of one day. The provider is a place in the file's list; `None`: everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClosureEntry {
    pub(super) provider: Option<usize>,
    pub(super) on: Date,
    pub(super) kind: ClosureKind,
    pub(super) hours: Stretch,
}

pub(super) fn read(sections: Vec<Section<'_, '_>>, providers: &Names) -> Vec<ClosureEntry> {
    let mut all: Vec<ClosureEntry> = Vec::new();
    for mut section in sections {
        for entry in read_one(&mut section, providers) {
            if all.contains(&entry) {
                section.fault(section.at, "date", "repeats an earlier closure");
                break;
            }
            all.push(entry);
        }
        section.end();
    }
    all
}

fn read_one(section: &mut Section<'_, '_>, providers: &Names) -> Vec<ClosureEntry> {
    let run = run(section);
    let provider = section.text("provider").map(|text| {
        providers.find(text.text).unwrap_or_else(|| {
            section.fault_of(text, "names nobody whom a [[provider]] describes");
            0
        })
    });
    let kind = match section.text("kind") {
        None => ClosureKind::Closed,
        Some(text) => match text.text {
            "closed" => ClosureKind::Closed,
            "open" => ClosureKind::Open,
            _ => {
                section.fault_of(text, "must be \"closed\" or \"open\"");
                ClosureKind::Closed
            }
        },
    };
    let hours = match section.texts("hours") {
        Some(texts) => {
            if texts.is_empty() {
                section.fault(section.at, "hours", "is empty: leave it out to mean the whole day");
            }
            week::stretches(section, &texts)
        }
        None if kind == ClosureKind::Closed => vec![WHOLE_DAY],
        None => {
            section.fault(
                section.at,
                "hours",
                "is missing: an extra opening says from when to when",
            );
            Vec::new()
        }
    };
    let Some((first, last)) = run else { return Vec::new() };
    let days =
        std::iter::successors(Some(first), |day| day.next_day()).take_while(|day| *day <= last);
    days.flat_map(|on| hours.iter().map(move |hours| (on, *hours)))
        .map(|(on, hours)| ClosureEntry { provider, on, kind, hours })
        .collect()
}

/// The days meant, first and last: `date`, or `from` and `to`.
fn run(section: &mut Section<'_, '_>) -> Option<(Date, Date)> {
    let keys = (section.has("date"), section.has("from"), section.has("to"));
    let (date, from, to) = (section.date("date"), section.date("from"), section.date("to"));
    match keys {
        (true, false, false) => Some((date?, date?)),
        (false, true, true) => {
            let (from, to) = (from?, to?);
            if from > to {
                section.fault(section.at, "to", "must not be before from");
            } else if to - from > LONGEST_RUN {
                section.fault(section.at, "to", "must be within a year of from");
            } else {
                return Some((from, to));
            }
            None
        }
        _ => {
            section.fault(section.at, "date", "must stand alone, or else from and to");
            None
        }
    }
}
