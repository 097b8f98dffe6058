//! Every kind of text under every setting of a clinic: with and without a link, a phone, words of its
//! own, and to a patient who has and who has not confirmed.

use std::fmt::Write;

use vapi_gateway::domain::template::{ASSUMED_LINK, Template};
use vapi_gateway::domain::text_kind::TextKind;

use crate::harness::gateway::Gateway;
use crate::harness::vapi::CALLER;
use crate::texts::bodies::segments;
use crate::texts::{book, patient, without_links};

const KINDS: [&str; 4] = ["confirmation", "reminder", "change", "cancellation"];
const OWN: &str = "See you at {clinic}, {date}, {time}.\nPlease confirm: {link} or reply C.\n\
                   Questions? {phone}\nReply STOP to opt out.";

/// What the patient gets when the only appointment owes a text of this kind, and nothing else.
async fn text(gateway: &Gateway, kind: &str) -> String {
    let status = if kind == "cancellation" { "'cancelled'" } else { "status" };
    let before = gateway.stand_in.messages_to(CALLER).len();
    gateway
        .execute(&format!(
            "TRUNCATE sms_messages CASCADE; UPDATE appointments SET status = {status}; \
             INSERT INTO sms_messages (org_id, id, appointment_id, kind, lead_minutes, to_phone, sms_status) \
             SELECT org_id, gen_random_uuid(), id, '{kind}', CASE '{kind}' WHEN 'reminder' THEN 60 ELSE 0 END, \
             '{CALLER}', 'sending' FROM appointments"
        ))
        .await;
    assert_eq!(gateway.step().await, 1);
    let texts = gateway.stand_in.messages_to(CALLER);
    assert_eq!(texts.len(), before + 1, "{kind}");
    texts.last().expect("a text").body.clone()
}

/// What a clinic and its patient have.
#[derive(Clone, Copy)]
struct Settings {
    link: bool,
    own_words: bool,
    phone: bool,
    confirmed: bool,
}

impl Settings {
    /// All there are, with a link or without.
    fn all(link: bool) -> Vec<Self> {
        let both = [false, true];
        let one = |own_words, phone, confirmed| Self { link, own_words, phone, confirmed };
        let of_own =
            |own| both.map(|no_phone| both.map(|confirmed| one(own, !no_phone, confirmed)));
        both.map(of_own).into_iter().flatten().flatten().collect()
    }

    async fn apply(self, gateway: &Gateway) {
        let phone = if self.phone { "'+12125550100'" } else { "NULL" };
        let status = if self.confirmed { "confirmed" } else { "booked" };
        let settings = format!(
            "UPDATE organizations SET phone = {phone}, texts_per_number_per_day = 1000; DELETE FROM text_templates; \
             UPDATE appointments SET status = '{status}'"
        );
        gateway.execute(&settings).await;
        for kind in KINDS.into_iter().filter(|_| self.own_words) {
            let words = format!(
                "INSERT INTO text_templates SELECT id, '{kind}', $words${OWN}$words$ \
                 FROM organizations WHERE slug = 'demo'"
            );
            gateway.execute(&words).await;
        }
    }

    /// Whether a text of this kind asks for a confirmation.
    fn asks(self, kind: &str) -> bool {
        let is_answered = kind == "cancellation" || (kind == "reminder" && self.confirmed);
        self.link && !is_answered
    }
}

impl std::fmt::Display for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { link, own_words, phone, confirmed } = *self;
        let all =
            [(link, "link"), (own_words, "own words"), (phone, "phone"), (confirmed, "confirmed")];
        let words: Vec<_> = all.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
        f.write_str(&if words.is_empty() { "none of it".to_owned() } else { words.join(", ") })
    }
}

#[test]
fn the_programs_own_words_pass_the_check_of_a_clinics() {
    for kind in TextKind::ALL {
        for asks in [true, false] {
            let words = Template::usual(kind, asks);
            let name = "W".repeat(70);
            assert_eq!(words.check(&name, Some("+12125550100"), ASSUMED_LINK), Ok(()), "{kind:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_text_under_every_setting() {
    let mut all = String::new();
    for link in [true, false] {
        let setup = if link { patient() } else { patient().without_public_url() };
        let gateway = setup.start().await;
        book(&gateway).await;
        for settings in Settings::all(link) {
            settings.apply(&gateway).await;
            for kind in KINDS {
                let text = text(&gateway, kind).await;
                let (count, is_gsm7) = segments(&text);
                assert!(is_gsm7 && count <= 2, "{text}");
                assert!(text.contains("November 24, 2026") && text.contains("9:30 AM"), "{text}");
                assert!(text.contains("STOP") && !text.contains(['{', '}']), "{text}");
                assert_eq!(text.contains("/c/"), settings.asks(kind), "{text}");
                let line = without_links(&text).replace('\n', " / ");
                writeln!(all, "{kind}: {settings}\n{line}\n").expect("a line");
            }
        }
    }
    insta::assert_snapshot!("every_kind_of_text", all);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filled_in_is_not_read_again() {
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway
        .execute(
            "UPDATE organizations SET name = 'Clinic <date> (link)'; UPDATE organizations SET name = translate(name, '<>()', '{}{}')",
        )
        .await;
    // Braces cost twice and are left out of a name; what is between them stays words.
    let body = text(&gateway, "confirmation").await;
    assert!(body.starts_with("Appointment Confirmation: Clinic date link\n"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_staff_spoiled_are_not_sent() {
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway
        .execute("INSERT INTO text_templates SELECT id, 'confirmation', 'At {when}' FROM organizations WHERE slug = 'demo'")
        .await;
    let body = text(&gateway, "confirmation").await;
    assert!(
        body.starts_with("Appointment Confirmation: Maple Dental\nDate: November 24, 2026\n"),
        "{body}"
    );
}
