//! What each key of a file may hold.

use super::{CLINIC, PROVIDER, assert_fault, faults, faults_with};

#[test]
fn the_organizations_keys_have_rules() {
    let cases = [
        ("slug = \"demo\"", "slug = \"-demo\"", "line 2: organization: slug must be a word"),
        ("slug = \"demo\"", "slug = \"\"", "line 2: organization: slug must be a word"),
        (
            "slug = \"demo\"",
            "slug = \"46cf29952bee44e3838b24151486fe4e\"",
            "line 2: organization: slug must be a word",
        ),
        ("slug = \"demo\"", "slug = 1", "line 2: organization: slug must be text in quotation"),
        (
            "\"A Clinic\"",
            "\"A\\nClinic\"",
            "line 3: organization: name has a character that cannot",
        ),
        (
            "\"A Clinic\"",
            "\"A Clinic [closed]\"",
            "line 3: organization: name has a character that",
        ),
        ("A Clinic", &"A".repeat(81), "line 3: organization: name must have at most 80 characters"),
        ("\"A Clinic\"", "\" - \"", "line 3: organization: name must have letters or digits"),
        ("\"Europe/Berlin\"", "\"Europe/Bern\"", "line 4: organization: timezone must be an IANA"),
        ("\"DE\"", "\"de\"", "line 5: organization: region must be a country code"),
        ("\"DE\"", "\"ZZ\"", "line 5: organization: region must be a country code"),
        (
            "\"DE\"",
            "\"DE\"\nlocale = \"German\"",
            "line 6: organization: locale must be a language",
        ),
        ("\"DE\"", "\"DE\"\nid = \"demo\"", "line 6: organization: id must be a UUID"),
        (
            "\"DE\"",
            "\"DE\"\nslot_minutes = 0",
            "line 6: organization: slot_minutes must be a whole",
        ),
        (
            "\"DE\"",
            "\"DE\"\nhorizon_days = 0",
            "line 6: organization: horizon_days must be a whole",
        ),
        ("\"DE\"", "\"DE\"\ntexts = \"no\"", "line 6: organization: texts must be true or false"),
        (
            "minutes = 30",
            "minutes = 1441",
            "line 8: service 1: minutes must be a whole number from 1",
        ),
        (
            "minutes = 30",
            "minutes = 0.5",
            "line 8: service 1: minutes must be a whole number from 1",
        ),
        (
            "minutes = 30",
            "minutes = 30\nbuffer_after = 721",
            "line 9: service 1: buffer_after must be a whole number from 0 to 720",
        ),
    ];
    for (old, new, expected) in cases {
        let text = format!("{CLINIC}{PROVIDER}").replace(old, new);
        assert_fault(&faults(&text), expected);
    }
}

#[test]
fn hours_are_a_week_without_overlaps() {
    let cases = [
        ("mon = [\"9-12\"]", "mon must be hours such as 09:00-12:00, up to 24:00"),
        ("mon = [\"09:00-24:01\"]", "mon must be hours such as"),
        ("mon = [\"09:60-12:00\"]", "mon must be hours such as"),
        ("mon = [\"12:00-09:00\"]", "mon must end after it starts"),
        ("mon = [\"09:00-09:00\"]", "mon must end after it starts"),
        ("mon = [\"22:00-02:00\"]", "mon must end after it starts"),
        ("mon = [\"09:00-12:00\", \"11:00-13:00\"]", "mon overlaps other hours of the day"),
        ("mon = [9]", "mon must be text in quotation marks"),
        ("monday = [\"09:00-12:00\"]", "monday is not a day or a run of days"),
        ("fri-mon = [\"09:00-12:00\"]", "fri-mon is not a day or a run of days"),
        (
            "mon-wed = [\"09:00-12:00\"], wed = [\"13:00-14:00\"]",
            "wed has a day that another line has too",
        ),
    ];
    for (hours, expected) in cases {
        let provider = format!("[[provider]]\nname = \"Chair 2\"\nhours = {{ {hours} }}\n");
        assert_fault(&faults_with(&provider), &format!("line 15: provider 2: hours: {expected}"));
    }
    let right = [
        "mon-sun = [\"00:00-24:00\"]",
        "mon = \"9:00-12:00\", tue = [\"13:00-17:00\", \"09:00-13:00\"]",
        "",
    ];
    for hours in right {
        let provider = format!("[[provider]]\nname = \"Chair 2\"\nhours = {{ {hours} }}\n");
        assert_eq!(faults_with(&provider), Vec::<String>::new(), "{hours}");
    }
}

#[test]
fn no_two_of_a_kind_sound_alike() {
    let lee = "[[provider]]\nname = \"dr  LEE\"\nhours = {}\n";
    assert_fault(&faults_with(lee), "line 13: provider 2: name is an earlier provider's");
    let service = "[[service]]\nname = \"consultation!\"\nminutes = 5\n";
    assert_fault(&faults_with(service), "line 13: service 2: name is an earlier service's");
    let service = "[[service]]\nname = \"Cleaning\"\nminutes = 5\ndefault = true\n";
    assert_fault(&faults_with(service), "line 13: service 2: default is true for an earlier");
}

#[test]
fn services_and_closures_name_providers_of_the_file() {
    let cases = [
        ("providers = [\"Dr. Lee\", \"Dr. Weber\"]", "providers names nobody whom a [[provider]]"),
        ("providers = [\"Dr. Lee\", \"dr lee\"]", "providers names somebody twice"),
    ];
    for (line, expected) in cases {
        let service = format!("[[service]]\nname = \"Cleaning\"\nminutes = 5\n{line}\n");
        assert_fault(&faults_with(&service), &format!("line 16: service 2: {expected}"));
    }
    let service = "[[service]]\nname = \"Cleaning\"\nminutes = 5\nproviders = []\n";
    assert_fault(&faults_with(service), "line 13: service 2: providers is empty: leave it out");
    let closure = "[[closure]]\ndate = 2026-12-25\nprovider = \"Dr. Weber\"\n";
    assert_fault(&faults_with(closure), "line 15: closure 1: provider names nobody whom a");
}

#[test]
fn closures_are_days_or_runs_of_days() {
    let cases = [
        ("date = 2026-12-24T10:00:00", "line 14: closure 1: date must be a date such as"),
        ("from = 2026-12-24", "line 13: closure 1: date must stand alone, or else from and to"),
        ("date = 2026-12-24\nto = 2026-12-25", "line 13: closure 1: date must stand alone"),
        ("from = 2026-12-24\nto = 2026-12-23", "line 13: closure 1: to must not be before from"),
        ("from = 2026-12-24\nto = 2062-12-24", "line 13: closure 1: to must be within a year"),
        ("date = 2026-12-24\nkind = \"open\"", "line 13: closure 1: hours is missing: an extra"),
        ("date = 2026-12-24\nkind = \"half\"", "line 15: closure 1: kind must be"),
        ("date = 2026-12-24\nhours = []", "line 13: closure 1: hours is empty: leave it out"),
        ("date = 2026-12-24\nhours = \"12-13\"", "line 15: closure 1: hours must be hours such as"),
        (
            "date = 2026-12-24\n[[closure]]\nfrom = 2026-12-20\nto = 2026-12-31",
            "line 15: closure 2: date repeats an earlier closure",
        ),
    ];
    for (lines, expected) in cases {
        assert_fault(&faults_with(&format!("[[closure]]\n{lines}\n")), expected);
    }
}
