//! A clinic's file, checked as a whole and with its credentials fetched. `demo/clinics/maple-dental.toml`
//! is the commented example of its form.

use std::fmt;

use uuid::Uuid;

use crate::domain::slot_id::MAX_NUMBER;
use crate::domain::zone::Zone;

use super::closures::{self, ClosureEntry};
use super::credentials::{self, TwilioEntry, VapiEntry};
use super::faults::FileFaults;
use super::names::{self, Names};
use super::reading::{Section, Sheet};
use super::secrets::Secrets;
use super::text_settings::{self, TextsEntry};
use super::week::Week;

/// A clinic as a file describes it, without fault.
pub struct OrgFile {
    pub(super) organization: Organization,
    pub(super) providers: Vec<ProviderEntry>,
    pub(super) services: Vec<ServiceEntry>,
    pub(super) closures: Vec<ClosureEntry>,
    pub(super) texts: TextsEntry,
    pub(super) vapi: VapiEntry,
    pub(super) twilio: TwilioEntry,
}

#[derive(Default)]
pub(super) struct Organization {
    /// Without one, the slug says which organization is meant.
    pub(super) id: Option<Uuid>,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) timezone: String,
    pub(super) region: String,
    pub(super) locale: String,
    pub(super) slot_minutes: i16,
    pub(super) min_notice_minutes: i32,
    pub(super) horizon_days: i16,
    pub(super) texts: bool,
    pub(super) phone: Option<String>,
}

pub(super) struct ProviderEntry {
    pub(super) name: String,
    pub(super) week: Week,
}

pub(super) struct ServiceEntry {
    pub(super) name: String,
    pub(super) minutes: i16,
    pub(super) buffer_before: i16,
    pub(super) buffer_after: i16,
    pub(super) is_default: bool,
    /// Places in the file's list of providers.
    pub(super) providers: Vec<usize>,
}

impl OrgFile {
    /// Reads the whole file and fetches what it refers to. Everything that is wrong is told at once.
    pub fn read(text: &str, secrets: &mut Secrets<'_>) -> Result<Self, FileFaults> {
        let sheet = Sheet::new(text);
        let document = sheet.parse();
        // What can be made of a file that is not TOML would only add noise.
        sheet.check()?;
        let mut root = Section::root(&sheet, &document);
        let organization = read_organization(&mut root);
        let providers = read_providers(&mut root);
        let mut named = Names::default();
        for provider in &providers {
            named.add(&provider.name);
        }
        let services = read_services(&mut root, &named);
        let closures = closures::read(root.sections("closure"), &named);
        let (name, phone) = (&organization.name, organization.phone.clone());
        let texts = text_settings::read(root.section("texts"), name, phone);
        let vapi = credentials::read_vapi(root.section("vapi"), secrets);
        let twilio = credentials::read_twilio(root.section("twilio"), secrets);
        root.end();
        sheet.check()?;
        Ok(Self { organization, providers, services, closures, texts, vapi, twilio })
    }
}

/// Names and credentials stay out of logs.
impl fmt::Debug for OrgFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrgFile(..)")
    }
}

fn read_organization(root: &mut Section<'_, '_>) -> Organization {
    let Some(mut section) = root.section("organization") else {
        root.fault(0, "[organization]", "is missing");
        return Organization::default();
    };
    let mut checked = |key, default: Option<&str>, rule, read: &dyn Fn(&str) -> Option<String>| {
        let text = if default.is_some() { section.text(key) } else { section.required_text(key) };
        let Some(text) = text else { return default.unwrap_or_default().to_owned() };
        read(text.text).unwrap_or_else(|| {
            section.fault_of(text, rule);
            String::new()
        })
    };
    let if_right =
        |is_right: fn(&str) -> bool| move |text: &str| is_right(text).then(|| text.to_owned());
    let slug = checked("slug", None, SLUG_RULE, &if_right(is_slug));
    let id = checked("id", Some(""), "must be a UUID", &|t| {
        Uuid::parse_str(t).ok().map(|id| id.to_string())
    });
    let timezone =
        checked("timezone", None, ZONE_RULE, &|t| Zone::find(t).map(|z| z.name().to_owned()));
    let region = checked("region", None, "must be a country code such as US", &if_right(is_region));
    let locale = checked(
        "locale",
        Some("en-US"),
        "must be a language tag such as en-US",
        &if_right(is_locale),
    );
    let organization = Organization {
        id: Uuid::parse_str(&id).ok(),
        slug,
        timezone,
        region,
        locale,
        name: names::read(&mut section),
        slot_minutes: read_grid(&mut section),
        min_notice_minutes: section.number("min_notice_minutes", 0..=MINUTES_OF_A_YEAR, Some(120)),
        horizon_days: section.number("horizon_days", 1..=3650, Some(400)),
        texts: section.flag("texts", true),
        phone: text_settings::read_phone(&mut section),
    };
    section.end();
    organization
}

fn read_grid(section: &mut Section<'_, '_>) -> i16 {
    let minutes = section.number("slot_minutes", 1..=MINUTES_OF_A_DAY, Some(15));
    if minutes != 0 && MINUTES_OF_A_DAY % i64::from(minutes) != 0 {
        section.fault(section.at, "slot_minutes", "must divide the day's 1440 minutes");
    }
    minutes
}

fn read_providers(root: &mut Section<'_, '_>) -> Vec<ProviderEntry> {
    let default = root.section("hours").map(|section| Week::read(&section));
    let mut all = Vec::new();
    let mut named = Names::default();
    for mut section in listed(root, "provider") {
        let name = names::read(&mut section);
        if !named.add(&name) {
            section.fault(section.at, "name", "is an earlier provider's");
        }
        let own = section.section("hours").map(|section| Week::read(&section));
        if own.is_none() && default.is_none() {
            section.fault(section.at, "hours", "is missing, here and for the whole clinic");
        }
        all.push(ProviderEntry { name, week: own.or_else(|| default.clone()).unwrap_or_default() });
        section.end();
    }
    all
}

fn read_services(root: &mut Section<'_, '_>, providers: &Names) -> Vec<ServiceEntry> {
    let mut all: Vec<ServiceEntry> = Vec::new();
    let mut named = Names::default();
    for mut section in listed(root, "service") {
        let name = names::read(&mut section);
        if !named.add(&name) {
            section.fault(section.at, "name", "is an earlier service's");
        }
        let is_default = section.flag("default", false);
        if is_default && all.iter().any(|service| service.is_default) {
            section.fault(section.at, "default", "is true for an earlier service");
        }
        all.push(ServiceEntry {
            name,
            minutes: section.number("minutes", 1..=MINUTES_OF_A_DAY, None),
            buffer_before: section.number("buffer_before", 0..=LONGEST_BUFFER, Some(0)),
            buffer_after: section.number("buffer_after", 0..=LONGEST_BUFFER, Some(0)),
            is_default,
            providers: read_givers(&mut section, providers),
        });
        section.end();
    }
    all
}

/// Who gives a service: those named, or else everybody.
fn read_givers(section: &mut Section<'_, '_>, providers: &Names) -> Vec<usize> {
    let Some(texts) = section.texts("providers") else { return (0..providers.len()).collect() };
    if texts.is_empty() {
        section.fault(section.at, "providers", "is empty: leave it out to mean everybody");
    }
    let mut givers = Vec::new();
    for text in texts {
        match providers.find(text.text) {
            None => section.fault_of(text, "names nobody whom a [[provider]] describes"),
            Some(place) if givers.contains(&place) => {
                section.fault_of(text, "names somebody twice")
            }
            Some(place) => givers.push(place),
        }
    }
    givers
}

/// The tables of a list that a clinic cannot do without.
fn listed<'s, 't>(root: &mut Section<'s, 't>, key: &'static str) -> Vec<Section<'s, 't>> {
    let sections = root.sections(key);
    if sections.is_empty() && !root.has(key) {
        root.fault(0, &format!("[[{key}]]"), "is missing: a clinic has at least one");
    }
    if let Some(section) = sections.get(usize::from(MAX_NUMBER)) {
        section.fault(
            section.at,
            "this one",
            &format!("is more than a clinic can have, {MAX_NUMBER}"),
        );
    }
    sections
}

const MINUTES_OF_A_DAY: i64 = 24 * 60;
const MINUTES_OF_A_YEAR: i64 = 365 * MINUTES_OF_A_DAY;
/// The table's own bound.
const LONGEST_BUFFER: i64 = 12 * 60;

const ZONE_RULE: &str = "must be an IANA zone such as America/New_York, or UTC";
const SLUG_RULE: &str =
    "must be a word for URLs: up to 63 lower-case letters, digits and hyphens, and not a UUID";

/// A slug that reads as an id would name another organization than it seems to.
fn is_slug(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| is_plain(b) || b == b'-')
        && text.bytes().next().is_some_and(is_plain)
        && Uuid::parse_str(text).is_err()
}

/// One that phone numbers can be read by.
pub(super) fn is_region(text: &str) -> bool {
    text.parse::<phonenumber::country::Id>().is_ok() && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}
