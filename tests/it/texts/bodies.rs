//! What a text says, and what it costs: GSM-7, two segments at most, whatever the clinic is called. The
//! counter is written from the standard's alphabet (3GPP TS 23.038), not from the code under test.

use proptest::prelude::*;
use time::macros::datetime;
use vapi_gateway::domain::segments::{Encoding, size_of};
use vapi_gateway::domain::text_kind::TextKind;
use vapi_gateway::messaging::wording::{template, word};

use crate::harness::vapi::CALLER;
use crate::texts::{book, unlinked};

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Behind an escape: two septets each.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Segments of a text, and whether it is GSM-7. No character is cut in two: what does not fit begins the
/// next segment.
pub(super) fn segments(text: &str) -> (usize, bool) {
    let septets = |c: char| match (BASIC.contains(c), EXTENSION.contains(c)) {
        (true, _) => Some(1),
        (_, true) => Some(2),
        _ => None,
    };
    let is_gsm7 = text.chars().all(|c| septets(c).is_some());
    let (alone, each) = if is_gsm7 { (160, 153) } else { (70, 67) };
    let cost = |c: char| septets(c).filter(|_| is_gsm7).unwrap_or(c.len_utf16());
    if text.chars().map(cost).sum::<usize>() <= alone {
        return (1, is_gsm7);
    }
    let mut rooms = vec![each];
    for c in text.chars() {
        match rooms.last_mut() {
            Some(room) if *room >= cost(c) => *room -= cost(c),
            _ => rooms.push(each - cost(c)),
        }
    }
    (rooms.len(), is_gsm7)
}

#[test]
fn the_counter_counts_as_twilios_calculator_does() {
    for (text, expected) in [
        ("a".repeat(160), (1, true)),
        ("a".repeat(161), (2, true)),
        ("a".repeat(306), (2, true)),
        ("a".repeat(307), (3, true)),
        ("€".repeat(80), (1, true)),
        ("€".repeat(81), (2, true)),
        (format!("’{}", "a".repeat(69)), (1, false)),
        (format!("’{}", "a".repeat(70)), (2, false)),
        ("😀".repeat(35), (1, false)),
        ("😀".repeat(36), (2, false)),
        ("ñ".repeat(160), (1, true)),
        ("á".repeat(70), (1, false)),
        ("Ç".repeat(160), (1, true)),
        // Also asked of the calculator: nothing is split between two segments.
        (String::new(), (1, true)),
        ("€".repeat(152), (2, true)),
        ("€".repeat(153), (3, true)),
        ("😀".repeat(66), (2, false)),
        ("😀".repeat(67), (3, false)),
        (format!("{0}€{0}", "a".repeat(152)), (3, true)),
        (format!("{0}€{1}", "a".repeat(152), "a".repeat(151)), (2, true)),
    ] {
        assert_eq!(segments(&text), expected, "{text}");
        assert_eq!(counted(&text), expected, "{text}");
    }
    assert_eq!(BASIC.chars().count(), 127);
}

/// What the program counts.
fn counted(text: &str) -> (usize, bool) {
    let size = size_of(text);
    (size.segments, size.encoding == Encoding::Gsm7)
}

fn text(clinic: &str) -> String {
    let words = template(TextKind::Confirmation, None, false);
    word(&words, clinic, datetime!(2026-09-30 12:30), None, None)
}

/// Four lines and no more, in the alphabet, within two segments.
fn assert_is_a_good_text(text: &str) {
    let (count, is_gsm7) = segments(text);
    assert!(is_gsm7 && count <= 2, "{count} segments: {text:?}");
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!(lines.len(), 4, "{text:?}");
    assert!(lines[0].starts_with("Appointment Confirmation:"), "{text:?}");
    assert_eq!(
        lines[1..],
        ["Date: September 30, 2026", "Time: 12:30 PM", "Reply STOP to opt out."]
    );
}

#[test]
fn hostile_names_make_good_texts() {
    let long = "Very ".repeat(100);
    let wide = "😀".repeat(200);
    let costly = "€[]{}^~\\|".repeat(40);
    for (name, shown) in [
        ("Maple Dental", "Maple Dental"),
        ("Dr. O\u{2019}Neil \u{2014} \u{201c}Smiles\u{201d}", "Dr. O'Neil - \"Smiles\""),
        ("Clínica São João", "Clinica Sao Joao"),
        ("Zahnärzte Öztürk & Söhne", "Zahnärzte Öztürk & Söhne"),
        ("One\r\nTime: 9:00 AM\nTwo", "One  Time: 9:00 AM Two"),
        ("Tab\tand\u{a0}blank", "Tab and blank"),
        ("Bell\u{7}\u{1b}[31m\u{202e}", "Bell31m"),
    ] {
        let text = text(name);
        assert_is_a_good_text(&text);
        assert_eq!(
            text.lines().next(),
            Some(format!("Appointment Confirmation: {shown}").as_str())
        );
    }
    for name in
        ["", " ", "Стоматология", "牙医", long.as_str(), wide.as_str(), costly.as_str(), "\0"]
    {
        assert_is_a_good_text(&text(name));
    }
}

proptest! {
    #[test]
    fn any_name_makes_a_good_text(name in "\\PC{0,400}|[\\x00-\\x{10ffff}]{0,400}") {
        assert_is_a_good_text(&text(&name));
    }

    #[test]
    fn any_text_is_counted_as_the_standard_says(
        text in "[@£a-z€\\[\\\\{á😀’\\n]{0,400}|\\PC{0,200}|[a€]{150,320}|[á😀]{60,140}",
    ) {
        prop_assert_eq!(counted(&text), segments(&text));
    }

    #[test]
    fn any_moment_is_told_within_two_segments(minutes in 0i64..40_000_000) {
        let start = datetime!(2026-01-01 0:00) + time::Duration::minutes(minutes);
        let link = format!("https://{}/c/KDFEIqR6pKAo-COdXV5bCA", "w".repeat(90));
        let words = template(TextKind::Confirmation, None, true);
        let text = word(&words, &"W".repeat(500), start, Some(&link), None);
        prop_assert!(text.contains(&link), "{text}");
        let (count, is_gsm7) = segments(&text);
        prop_assert!(is_gsm7 && count <= 2, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_says_where_and_when_in_the_clinics_zone_and_nothing_of_the_person() {
    let gateway = unlinked().start().await;
    gateway
        .change_rules("UPDATE organizations SET name = E'Dr. O\u{2019}Neil\\n& Co \u{1f9b7}'")
        .await;
    book(&gateway).await;
    let texts = gateway.stand_in.messages_to(CALLER);
    insta::assert_snapshot!(texts[0].body, @r"
    Appointment Confirmation: Dr. O'Neil & Co
    Date: November 24, 2026
    Time: 9:30 AM
    Reply STOP to opt out.
    ");
    assert_eq!(segments(&texts[0].body), (1, true));
    assert!(!texts[0].body.contains("Sample") && !texts[0].body.contains("Consultation"));
}
