//! `[texts]`: how a clinic texts its patients. What is left out is as the program has it.

use std::fmt::Write;

use crate::db::organizations::TextSettingsRow;
use crate::db::{Connection, Error, text_templates};
use crate::domain::on_unknown::OnUnknown;
use crate::domain::org_id::OrgId;
use crate::domain::template::{ASSUMED_LINK, Template};
use crate::domain::text_kind::TextKind;
use crate::twilio::is_e164;

use super::file::is_region;
use super::reading::{Section, Text};
use super::show;

/// The earliest reminder: two weeks ahead.
const LONGEST_LEAD: i64 = 14 * 24 * 60;
/// More would be a nuisance.
const MOST_REMINDERS: usize = 5;
/// One number needs no more in a day, whoever books.
const MOST_TEXTS: i64 = 1_000;
/// Far beyond any clinic's day.
const MOST_NUMBERS: i64 = 1_000_000;

/// How a clinic texts.
#[derive(Debug)]
pub(super) struct TextsEntry {
    pub(super) row: TextSettingsRow,
    /// The clinic's own words, by kind.
    pub(super) templates: Vec<(TextKind, String)>,
}

/// As the migration has it.
impl Default for TextsEntry {
    fn default() -> Self {
        let row = TextSettingsRow {
            phone: None,
            on_unknown: OnUnknown::ResendOnce.as_str().to_owned(),
            decline_cancels: false,
            reminder_minutes: vec![Some(1440), Some(120)],
            texts_per_number_per_day: 10,
            numbers_per_day: 1000,
            text_countries: Vec::new(),
        };
        Self { row, templates: Vec::new() }
    }
}

/// Where patients call the clinic, from its `[organization]`.
pub(super) fn read_phone(section: &mut Section<'_, '_>) -> Option<String> {
    let text = section.text("phone")?;
    if !is_e164(text.text) {
        section.fault_of(text, "must be in E.164, such as +12125550100");
    }
    Some(text.text.to_owned())
}

/// `name` and `phone` are the clinic's: its words must leave room for them.
pub(super) fn read(
    section: Option<Section<'_, '_>>,
    name: &str,
    phone: Option<String>,
) -> TextsEntry {
    let TextsEntry { row: usual, .. } = TextsEntry::default();
    let Some(mut section) = section else {
        return TextsEntry { row: TextSettingsRow { phone, ..usual }, templates: Vec::new() };
    };
    let templates = section.section("templates");
    let row = TextSettingsRow {
        on_unknown: read_on_unknown(&mut section).unwrap_or(usual.on_unknown),
        decline_cancels: section.flag("decline_cancels", usual.decline_cancels),
        reminder_minutes: read_leads(&mut section).unwrap_or(usual.reminder_minutes),
        texts_per_number_per_day: section.number(
            "texts_per_number_per_day",
            0..=MOST_TEXTS,
            Some(usual.texts_per_number_per_day),
        ),
        numbers_per_day: section.number(
            "numbers_per_day",
            0..=MOST_NUMBERS,
            Some(usual.numbers_per_day),
        ),
        text_countries: read_countries(&mut section),
        phone,
    };
    let phone = row.phone.as_deref();
    let templates = templates.map(|section| read_templates(section, name, phone));
    section.end();
    TextsEntry { row, templates: templates.unwrap_or_default() }
}

fn read_on_unknown(section: &mut Section<'_, '_>) -> Option<String> {
    let text = section.text("on_unknown")?;
    if OnUnknown::parse(text.text).is_none() {
        section.fault_of(text, "must be \"resend_once\" or \"hold\"");
    }
    Some(text.text.to_owned())
}

/// Longest first, as they are stored.
fn read_leads(section: &mut Section<'_, '_>) -> Option<Vec<Option<i32>>> {
    let mut leads: Vec<i32> = section.numbers("reminder_minutes", 1..=LONGEST_LEAD)?;
    leads.sort_unstable_by(|a, b| b.cmp(a));
    if leads.windows(2).any(|pair| pair.first() == pair.last()) {
        section.fault(section.at, "reminder_minutes", "has the same time twice");
    }
    if leads.len() > MOST_REMINDERS {
        let rule = format!("has more than {MOST_REMINDERS} times");
        section.fault(section.at, "reminder_minutes", &rule);
    }
    Some(leads.into_iter().map(Some).collect())
}

fn read_countries(section: &mut Section<'_, '_>) -> Vec<Option<String>> {
    let Some(texts) = section.texts("countries") else { return Vec::new() };
    if texts.is_empty() {
        let rule = "is empty: leave it out to mean the clinic's own, or switch texts off";
        section.fault(section.at, "countries", rule);
    }
    let mut all: Vec<Option<String>> = Vec::new();
    for text in texts {
        let country = Some(text.text.to_owned());
        if !is_region(text.text) {
            section.fault_of(text, "must be country codes such as US");
        } else if all.contains(&country) {
            section.fault_of(text, "has the same country twice");
        } else {
            all.push(country);
        }
    }
    all.sort_unstable();
    all
}

fn read_templates(
    mut section: Section<'_, '_>,
    name: &str,
    phone: Option<&str>,
) -> Vec<(TextKind, String)> {
    let mut all = Vec::new();
    for kind in TextKind::ALL {
        let Some(text) = section.text(kind.as_str()) else { continue };
        check(&section, text, name, phone);
        all.push((kind, text.text.trim().to_owned()));
    }
    section.end();
    all.sort_unstable();
    all
}

/// The program does not know yet where a link will lead, so that room for a long one is kept.
fn check(section: &Section<'_, '_>, text: Text<'_>, name: &str, phone: Option<&str>) {
    let checked =
        Template::parse(text.text).and_then(|words| words.check(name, phone, ASSUMED_LINK));
    if let Err(fault) = checked {
        section.fault_of(text, &fault.to_string());
    }
}

/// Makes the clinic's words those of the file.
pub(super) async fn merge_templates(
    conn: &mut Connection,
    org: OrgId,
    entry: &TextsEntry,
    changes: &mut Vec<String>,
) -> Result<(), Error> {
    if text_templates::list(conn, org).await? != entry.templates {
        text_templates::replace(conn, org, &entry.templates).await?;
        changes.push("words of texts changed".to_owned());
    }
    Ok(())
}

/// The columns that differ, as the file calls them.
pub(super) fn differences(stored: &TextSettingsRow, row: &TextSettingsRow) -> Vec<String> {
    let columns = [
        ("phone", stored.phone != row.phone),
        ("on_unknown", stored.on_unknown != row.on_unknown),
        ("decline_cancels", stored.decline_cancels != row.decline_cancels),
        ("reminder_minutes", stored.reminder_minutes != row.reminder_minutes),
        (
            "texts_per_number_per_day",
            stored.texts_per_number_per_day != row.texts_per_number_per_day,
        ),
        ("numbers_per_day", stored.numbers_per_day != row.numbers_per_day),
        ("countries", stored.text_countries != row.text_countries),
    ];
    let changed = columns.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(column, _)| format!("{column} changed")).collect()
}

/// The section that says the same.
pub(super) fn write(
    file: &mut String,
    row: &TextSettingsRow,
    templates: &[(TextKind, String)],
) -> std::fmt::Result {
    let leads: Vec<String> = row.reminder_minutes.iter().flatten().map(i32::to_string).collect();
    writeln!(file, "\n[texts]")?;
    writeln!(file, "on_unknown = {}", show::text(&row.on_unknown))?;
    writeln!(file, "decline_cancels = {}", row.decline_cancels)?;
    writeln!(file, "reminder_minutes = [{}]", leads.join(", "))?;
    writeln!(file, "texts_per_number_per_day = {}", row.texts_per_number_per_day)?;
    writeln!(file, "numbers_per_day = {}", row.numbers_per_day)?;
    if !row.text_countries.is_empty() {
        let countries = row.text_countries.iter().flatten().map(|c| show::text(c));
        writeln!(file, "countries = [{}]", countries.collect::<Vec<_>>().join(", "))?;
    }
    if !templates.is_empty() {
        writeln!(file, "\n[texts.templates]")?;
    }
    for (kind, words) in templates {
        writeln!(file, "{} = {}", kind.as_str(), show::text(words))?;
    }
    Ok(())
}
