//! A clinic's file is checked as a whole: every fault with its line, none with a value, and a credential
//! only by reference.

mod credentials;
mod rules;
mod texts;

use vapi_gateway::cli::org::{FileFaults, OrgFile, Secrets};

const MAPLE_DENTAL: &str = include_str!("../../../src/cli/demo/clinics/maple-dental.toml");
const VOXANNE: &str = include_str!("../../../src/cli/demo/clinics/voxanne.toml");

/// The least that a clinic needs, nine lines.
const CLINIC: &str = r#"[organization]
slug = "demo"
name = "A Clinic"
timezone = "Europe/Berlin"
region = "DE"
[[service]]
name = "Consultation"
minutes = 30
default = true
"#;
const PROVIDER: &str = "[[provider]]\nname = \"Dr. Lee\"\nhours = { mon = [\"09:00-12:00\"] }\n";

const SECRET: &str = "a-synthetic-secret-of-vapi";
const OTHER_SECRET: &str = "another-synthetic-secret";

fn variable(name: &str) -> Option<String> {
    let value = match name {
        "SECRET" | "DEMO_VAPI_SECRET" => SECRET,
        "OTHER_SECRET" => OTHER_SECRET,
        "SPACED" => "a synthetic secret with spaces",
        "SHORT" => "short-synthetic",
        "EMPTY" => "",
        "SID" | "DEMO_TWILIO_ACCOUNT_SID" => "AC0123456789abcdef0123456789abcdef",
        "KEY_SID" => "SK0123456789abcdef0123456789abcdef",
        "DEMO_TWILIO_AUTH_TOKEN" => "a-synthetic-token",
        "DEMO_TWILIO_PHONE_NUMBER" => "+12125550100",
        _ => return None,
    };
    Some(value.to_owned())
}

fn read_with(text: &str, mut input: &[u8]) -> Result<OrgFile, FileFaults> {
    OrgFile::read(text, &mut Secrets::new(&variable, &mut input))
}

fn faults(text: &str) -> Vec<String> {
    match read_with(text, b"") {
        Ok(_) => Vec::new(),
        Err(faults) => faults.lines().collect(),
    }
}

/// The faults of a whole clinic with `more` from line 13 on.
fn faults_with(more: &str) -> Vec<String> {
    faults(&format!("{CLINIC}{PROVIDER}{more}"))
}

#[track_caller]
fn assert_fault(found: &[String], expected: &str) {
    assert!(found.len() == 1 && found[0].starts_with(expected), "{expected}\n{found:#?}");
}

#[test]
fn the_clinics_of_the_demo_are_without_fault() {
    assert_eq!(faults(MAPLE_DENTAL), Vec::<String>::new());
    assert_eq!(faults(VOXANNE), Vec::<String>::new());
    assert_eq!(faults_with(""), Vec::<String>::new());
}

#[test]
fn all_faults_are_told_at_once_in_the_files_order() {
    let text = r#"[organization]
slug = "Demo Clinic"
nmae = "A Clinic"
timezone = "EST"
region = "Germany"
slot_minutes = 7
[[provider]]
name = "Dr. Lee"
[[service]]
name = "Cleaning"
minutes = "30"
buffer = 5
[[closure]]
date = 2026-02-30
"#;
    let found = faults(text);
    assert_fault(&found, "line 14: not TOML");
    let text = text.replace("2026-02-30", "\"2026-02-30\"");
    assert_eq!(
        faults(&text),
        [
            "line 1: organization: name is missing",
            "line 1: organization: slot_minutes must divide the day's 1440 minutes",
            "line 2: organization: slug must be a word for URLs: up to 63 lower-case letters, digits \
             and hyphens, and not a UUID",
            "line 3: organization: nmae is not a key here; those are slug, id, timezone, region, \
             locale, name, slot_minutes, min_notice_minutes, horizon_days, texts, phone",
            "line 4: organization: timezone must be an IANA zone such as America/New_York, or UTC",
            "line 5: organization: region must be a country code such as US",
            "line 7: provider 1: hours is missing, here and for the whole clinic",
            "line 11: service 1: minutes must be a whole number from 1 to 1440",
            "line 12: service 1: buffer is not a key here; those are name, default, minutes, \
             buffer_before, buffer_after, providers",
            "line 14: closure 1: date must be a date such as 2026-11-26",
        ]
    );
}

#[test]
fn an_empty_file_says_what_a_clinic_needs() {
    assert_eq!(
        faults(""),
        [
            "line 1: [organization] is missing",
            "line 1: [[provider]] is missing: a clinic has at least one",
            "line 1: [[service]] is missing: a clinic has at least one",
        ]
    );
    assert_fault(&faults_with("[weather]\n"), "line 13: weather is not a key here; those are org");
    assert_fault(&faults_with("[vapi\n"), "line 13: not TOML: ");
    assert_fault(
        &faults(&format!("{CLINIC}[provider]\nname = \"Dr. Lee\"\n")),
        "line 10: provider must be written as [[provider]]",
    );
}
