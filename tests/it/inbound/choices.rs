//! Which appointment is meant, where it could be one of several.

use super::{booked, is};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::CALLER;

/// A gateway with two appointments of the caller's.
async fn twice_booked() -> Gateway {
    let gateway = booked().await;
    gateway.book_at("2026-11-25", "4:30 PM").await;
    gateway
}

const WHICH: &str = "Which appointment do you mean? Reply 1 for November 24, 9:30 AM or 2 for November 25, 4:30 PM.";

#[tokio::test(flavor = "multi_thread")]
async fn of_two_it_is_asked_which_by_number() {
    let gateway = twice_booked().await;
    assert_eq!(gateway.text_back("C").await.as_deref(), Some(WHICH));
    assert!(is(&gateway.responses().await, &[("booked", "none"), ("booked", "none")]));
    let answer = gateway.text_back("2").await.expect("an answer");
    assert!(answer.contains("November 25, 2026 at 4:30 PM is confirmed"), "{answer}");
    assert!(is(&gateway.responses().await, &[("booked", "none"), ("confirmed", "confirmed")]));
    // The other number is still a choice and not a word.
    assert!(gateway.text_back(" 1. ").await.expect("an answer").contains("November 24"));
    assert!(is(
        &gateway.responses().await,
        &[("confirmed", "confirmed"), ("confirmed", "confirmed")]
    ));
    assert_eq!(gateway.text_back("2").await, None, "chosen before");
    assert_eq!(gateway.text_back("3").await, None, "never on offer");
    assert_eq!(gateway.meanings().await, ["confirm", "choice", "choice", "choice", "other"]);
    assert_eq!(gateway.patients_actions().await, ["appointment_confirmed"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_has_the_meaning_that_was_asked_about() {
    let gateway = twice_booked().await;
    assert_eq!(gateway.text_back("no").await.as_deref(), Some(WHICH));
    assert!(gateway.text_back("1").await.expect("an answer").contains("can't come on November 24"));
    assert!(is(&gateway.responses().await, &[("booked", "declined"), ("booked", "none")]));
    // One is open now: a word means that one.
    assert!(gateway.text_back("C").await.expect("an answer").contains("November 25"));
    assert!(is(&gateway.responses().await, &[("booked", "declined"), ("confirmed", "confirmed")]));
    // None is: a word is a change of mind about the one of the latest text.
    assert!(gateway.text_back("N").await.expect("an answer").contains("November 25"));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_a_number_is_a_word_again() {
    let gateway = twice_booked().await;
    assert_eq!(gateway.text_back("1").await.as_deref(), Some(WHICH), "1 is a yes before");
    gateway
        .execute("UPDATE inbound_messages SET received_at = received_at - interval '24 hours'")
        .await;
    assert_eq!(gateway.text_back("2").await.as_deref(), Some(WHICH));
    assert!(is(&gateway.responses().await, &[("booked", "none"), ("booked", "none")]));
    // That was a no, so the choice is one.
    assert!(gateway.text_back("2").await.expect("an answer").contains("can't come on November 25"));
    assert_eq!(gateway.meanings().await, ["confirm", "decline", "choice"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_five_are_numbered_within_two_segments() {
    let gateway = Setup::default().unhurried().start().await;
    for day in ["2026-12-21", "2026-12-22", "2026-12-23", "2026-12-28", "2026-12-29", "2026-12-30"]
    {
        gateway.book_at(day, "10:30 AM").await;
    }
    let asked = gateway.text_back("C").await.expect("a question");
    insta::assert_snapshot!(asked, @"Which appointment do you mean? Reply 1 for December 21, 10:30 AM, 2 for December 22, 10:30 AM, 3 for December 23, 10:30 AM, 4 for December 28, 10:30 AM or 5 for December 29, 10:30 AM.");
    assert!(asked.is_ascii() && asked.len() <= 306);
    assert_eq!(gateway.text_back("6").await, None);
    assert!(gateway.text_back("5").await.is_some());
}

/// A family's, say, who come together.
#[tokio::test(flavor = "multi_thread")]
async fn two_at_the_same_time_are_told_apart_by_their_providers() {
    let gateway = twice_booked().await;
    gateway.book_for(CALLER, "Grace Example", "2026-11-24", "9:30 AM").await;
    let asked = gateway.text_back("C").await.expect("a question");
    insta::assert_snapshot!(asked, @"Which appointment do you mean? Reply 1 for November 24, 9:30 AM with Dr. Amara Lee, 2 for November 24, 9:30 AM with Dr. Jonas Weber or 3 for November 25, 4:30 PM.");
    // However long their names are, two segments have to do.
    gateway.execute("UPDATE providers SET name = repeat('Äb Name ', 25) || name").await;
    let asked = gateway.text_back("C").await.expect("a question");
    assert!(asked.contains(" with Äb Name") && asked.chars().count() <= 306, "{asked}");
}

/// What was on offer may be over or cancelled by the time it is chosen.
#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_is_gone_is_for_staff() {
    let gateway = twice_booked().await;
    gateway.text_back("C").await;
    gateway
        .execute("UPDATE appointments SET status = 'cancelled' WHERE starts_at < '2026-11-25'")
        .await;
    assert_eq!(gateway.text_back("1").await, None);
    assert_eq!(gateway.meanings().await, ["confirm", "other"]);
    assert!(is(&gateway.responses().await, &[("cancelled", "none"), ("booked", "none")]));
}

/// Another's number is asked nothing about these, whatever it texts.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_its_numbers_own() {
    let gateway = twice_booked().await;
    gateway.text_back("C").await;
    for word in ["1", "2", "C"] {
        assert_eq!(gateway.text_from("+13025550177", word).await, None);
    }
    assert!(is(&gateway.responses().await, &[("booked", "none"), ("booked", "none")]));
}
