//! `[texts]`: settings within bounds, and words that make a text of two segments at most.

use super::{CLINIC, PROVIDER, assert_fault, faults, faults_with};

#[test]
fn the_settings_of_texts_have_rules() {
    let number = "must be a whole number from";
    let cases = [
        ("on_unknown = \"twice\"", "on_unknown must be \"resend_once\" or \"hold\"".to_owned()),
        ("decline_cancels = 1", "decline_cancels must be true or false".to_owned()),
        ("reminder_minutes = [0]", format!("reminder_minutes {number} 1 to 20160")),
        ("reminder_minutes = [20161]", format!("reminder_minutes {number} 1 to 20160")),
        ("reminder_minutes = [\"60\"]", format!("reminder_minutes {number} 1 to 20160")),
        ("texts_per_number_per_day = -1", format!("texts_per_number_per_day {number} 0 to 1000")),
        ("numbers_per_day = 1000001", format!("numbers_per_day {number} 0 to 1000000")),
        ("countries = [\"us\"]", "countries must be country codes such as US".to_owned()),
        ("countries = [\"US\", \"US\"]", "countries has the same country twice".to_owned()),
        (
            "reminders = [60]",
            "reminders is not a key here; those are templates, on_unknown".to_owned(),
        ),
    ];
    for (line, expected) in cases {
        let found = faults_with(&format!("[texts]\n{line}\n"));
        assert_fault(&found, &format!("line 14: texts: {expected}"));
    }
    for (line, expected) in [
        ("reminder_minutes = [60, 120, 60]", "reminder_minutes has the same time twice"),
        ("reminder_minutes = [1, 2, 3, 4, 5, 6]", "reminder_minutes has more than 5 times"),
        ("countries = []", "countries is empty: leave it out to mean the clinic's own"),
    ] {
        let found = faults_with(&format!("[texts]\n{line}\n"));
        assert_fault(&found, &format!("line 13: texts: {expected}"));
    }
    for right in [
        "",
        "reminder_minutes = []",
        "reminder_minutes = 60",
        "reminder_minutes = [20160, 1]",
        "on_unknown = \"hold\"\ndecline_cancels = true\ncountries = [\"US\", \"CA\"]\nnumbers_per_day = 0",
    ] {
        assert_eq!(faults_with(&format!("[texts]\n{right}\n")), Vec::<String>::new(), "{right}");
    }
}

#[test]
fn a_clinics_phone_is_one_that_can_be_dialed_from_anywhere() {
    for (phone, is_right) in [
        ("+12125550100", true),
        ("+493012345678", true),
        ("2125550100", false),
        ("", false),
        ("+1 212 555 0100", false),
    ] {
        let text = format!("{CLINIC}{PROVIDER}")
            .replace("region = \"DE\"", &format!("region = \"DE\"\nphone = \"{phone}\""));
        let found = faults(&text);
        if is_right {
            assert_eq!(found, Vec::<String>::new(), "{phone}");
        } else {
            assert_fault(&found, "line 6: organization: phone must be in E.164");
        }
    }
}

/// The faults of these words for one kind of text, without their place.
fn faults_of(kind: &str, words: &str) -> Vec<String> {
    let words = toml::Value::String(words.to_owned());
    let found = faults_with(&format!("[texts.templates]\n{kind} = {words}\n"));
    let place = format!("line 14: texts: templates: {kind} ");
    found.iter().map(|f| f.strip_prefix(&place).unwrap_or(f).to_owned()).collect()
}

#[test]
fn words_are_checked_when_they_are_applied() {
    let right = "{clinic}: {date}, {time}. Reply STOP to opt out.";
    let long = format!("{right} {}", "a".repeat(250));
    let accented = format!("{right} Hasta mañana, señor Sáez. {}", "a".repeat(60));
    for (words, expected) in [
        (
            "{name} on {date} at {time}. STOP",
            "has an unknown placeholder {name}; those are {clinic}, {date}",
        ),
        ("{Date} {time} STOP", "has an unknown placeholder {Date}"),
        ("{} {date} {time} STOP", "has an unknown placeholder {}"),
        ("{date} {time STOP", "has a placeholder that is not closed: {time STOP"),
        ("{date} time} STOP", "has a } without a {"),
        ("{date} {time} STOP \u{202e}", "has a character that a text cannot show"),
        ("{date} {time} STOP \t", "has a character that a text cannot show"),
        ("{time} STOP", "must say {date}, on a line without {link}"),
        ("{date} STOP", "must say {time}, on a line without {link}"),
        ("{date} {time} {link}\nSTOP", "must say {date}, on a line without {link}"),
        ("{date} {time}", "must say how to opt out, with the word STOP"),
        ("{date} {time} NONSTOP", "must say how to opt out, with the word STOP"),
        ("{date} {time}\n{link} STOP", "must say how to opt out, with the word STOP"),
        ("{date} {time} STOP. Reply CANCEL to cancel.", "must not say CANCEL: carriers take"),
        ("{date} {time} STOP\nCall {phone}", "says {phone}, and the clinic has none: set phone"),
        (
            long.as_str(),
            "takes 3 segments at its longest, with a link of 120 characters; 2 is the most",
        ),
        (
            accented.as_str(),
            "takes 3 segments at its longest, with a link of 120 characters and a character that GSM-7",
        ),
    ] {
        for kind in ["confirmation", "reminder", "change", "cancellation"] {
            assert_fault(&faults_of(kind, words), expected);
        }
    }
    assert_eq!(faults_of("reminder", right), Vec::<String>::new());
    assert_eq!(faults_of("reminder", "\n{date}\n{time}\n{link}\nSTOP\n"), Vec::<String>::new());
    assert_fault(
        &faults_of("birthday", right),
        "is not a key here; those are confirmation, reminder",
    );
}

#[test]
fn a_long_name_counts() {
    let words = "{clinic} {clinic} {clinic}\n{date} {time}\n{link}\nReply STOP to opt out.";
    assert_eq!(faults_of("reminder", words), Vec::<String>::new());
    let name = "A Clinic with a Name That Is About as Long as Names of Clinics Can Be, Sadly";
    let text = format!(
        "{CLINIC}{PROVIDER}[texts.templates]\nreminder = {}\n",
        toml::Value::String(words.into())
    );
    assert_fault(
        &faults(&text.replace("A Clinic", name)),
        "line 14: texts: templates: reminder takes 3 segments",
    );
}
