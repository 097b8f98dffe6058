//! The checker itself: it lets good replies pass and catches each kind of bad one.

use serde_json::{Value, json};

use super::{check_privacy, faults_of, voice};

const ID: &str = "018f3e9c-0000-7000-8000-000000000001";

fn booked(text: &str, status: &str, reason: Value) -> Value {
    let words = format!(
        "That is booked: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. {text} Is there anything else?"
    );
    json!({ "toolCallId": "c", "name": "book_appointment", "result": words, "metadata": {
        "outcome": "booked", "appointment_id": ID, "starts_at": "2026-11-24T19:30:00Z",
        "sms_status": status, "sms_reason": reason,
    }})
}

fn offered(words: &str, slots: &[(&str, &str)]) -> Value {
    let slots: Vec<Value> = slots
        .iter()
        .map(|(id, at)| json!({ "slot_id": id, "starts_at": at, "provider": "Dr. Amara Lee" }))
        .collect();
    json!({ "toolCallId": "c", "name": "check_availability", "result": words,
            "metadata": { "outcome": "offered", "slots": slots } })
}

const SENT: &str = "I have sent a confirmation text to the number ending in zero one four two.";
const SENDING: &str = "I am still trying to send the confirmation text, so I cannot promise it; your appointment stands.";
const FAILED: &str =
    "The confirmation text could not be sent, so none will come, but your appointment stands.";

#[test]
fn good_replies_pass() {
    for good in [
        booked(SENT, "sent", Value::Null),
        booked(SENDING, "sending", Value::Null),
        booked(FAILED, "failed_but_booked", json!("not_configured")),
        offered(
            "On Tuesday, November twenty-fourth, I have nine AM. Does that suit you? [Not to be read aloud. slot_id by time: nine AM = 0123456789abc]",
            &[("0123456789abc", "2026-11-24T14:00:00Z")],
        ),
    ] {
        assert_eq!(faults_of(&good), Vec::<String>::new());
    }
}

#[test]
fn a_text_is_never_claimed_beyond_what_is_known() {
    for (text, status, reason) in [
        (SENT, "sending", Value::Null),
        (SENT, "failed_but_booked", json!("unreachable")),
        (SENT, "opted_out", json!("rejected_21610")),
        (SENT, "skipped", json!("no_phone")),
        (SENDING, "sent", Value::Null),
        (SENDING, "failed_but_booked", json!("unreachable")),
        (FAILED, "sent", Value::Null),
        (FAILED, "sending", Value::Null),
        // It will arrive: nobody knows.
        (
            "I am still trying to send the confirmation text, so I cannot promise it; it should arrive soon; your appointment stands.",
            "sending",
            Value::Null,
        ),
        // That the appointment stands must be said.
        (
            "The confirmation text could not be sent, so none will come.",
            "failed_but_booked",
            json!("unreachable"),
        ),
        (SENT, "delivered", Value::Null),
        (SENT, "sent", json!("unreachable")),
        (FAILED, "failed_but_booked", Value::Null),
    ] {
        assert!(!faults_of(&booked(text, status, reason)).is_empty(), "{text} as {status}");
    }
}

#[test]
fn what_cannot_be_said_is_caught() {
    for bad in [
        "",
        "On Tuesday, November 24th at two PM.",
        "It is at 14:30.",
        "That is 2026-11-24T14:30:00Z.",
        "On Tuesday, November twenty-four at two PM.",
        "On November twenty-fourth at two PM.",
        "At fourteen thirty PM.",
        "At thirteen PM.",
        "At two oh thirty PM.",
        "At twenty two PM.",
        "**Booked** for you.",
        "I have `nine AM`.",
        "- Nine AM.",
        "Your id is 018f3e9c.",
        "Two\nlines.",
        "Two  spaces.",
        "no capital.",
        "No end",
        "The date is null.",
        "At nine AM UTC.",
        "Sent to the number ending in four two.",
        "To the number ending in two one two five five five zero one four two.",
        "See https://example.com.",
        "I texted two one two five five five zero one four two.",
    ] {
        assert!(!voice::faults(bad).is_empty(), "{bad}");
    }
    let long = format!("It is {}.", ["so"; 60].join(" "));
    assert!(!voice::faults(&long).is_empty());
    for good in [
        "Which hour do you mean, AM or PM?",
        "At nine AM, twelve fifteen PM, or nine oh five AM.",
        "Do you mean twelve AM as Tuesday, November twenty-fourth begins?",
        "On Friday, May first, twenty twenty-seven at noon.",
    ] {
        assert_eq!(voice::faults(good), Vec::<String>::new(), "{good}");
    }
}

#[test]
fn slots_and_their_bracket_agree() {
    let said =
        "On Tuesday, November twenty-fourth, I have nine AM, or ten AM. Which one suits you?";
    let nine = ("0123456789abc", "2026-11-24T14:00:00Z");
    let ten = ("0123456789abd", "2026-11-24T15:00:00Z");
    let bracket =
        "[Not to be read aloud. slot_id by time: nine AM = 0123456789abc; ten AM = 0123456789abd]";
    let good = offered(&format!("{said} {bracket}"), &[nine, ten]);
    assert_eq!(faults_of(&good), Vec::<String>::new());
    for bad in [
        offered(said, &[nine, ten]),
        offered(&format!("{said} {bracket}"), &[]),
        offered(&format!("{said} {bracket}"), &[ten, nine]),
        offered(&format!("{said} {bracket}"), &[nine]),
        offered(&format!("{said} {bracket}"), &[nine, nine]),
        offered(&format!("{said} {}", bracket.replace("ten AM", "eleven AM")), &[nine, ten]),
        offered(&format!("{said} {}", bracket.replace("789abd", "789abe")), &[nine, ten]),
        offered(&format!("{said} {}", bracket.replace("Not to be read aloud. ", "")), &[nine, ten]),
    ] {
        assert!(!faults_of(&bad).is_empty(), "{bad:#}");
    }
}

#[test]
fn a_reply_whose_parts_disagree_is_caught() {
    let good = booked(SENT, "sent", Value::Null);
    let without = |key: &str| {
        let mut item = good.clone();
        item["metadata"].as_object_mut().unwrap().remove(key);
        item
    };
    let with_outcome = |outcome: &str| {
        let mut item = good.clone();
        item["metadata"]["outcome"] = json!(outcome);
        item
    };
    let mut both = good.clone();
    both["error"] = json!("It broke.");
    for bad in [
        without("appointment_id"),
        without("starts_at"),
        without("sms_status"),
        without("outcome"),
        with_outcome("slot_taken"),
        with_outcome("already_booked"),
        with_outcome("unavailable"),
        with_outcome("confirmed"),
        both,
    ] {
        assert!(!faults_of(&bad).is_empty(), "{bad:#}");
    }
}

#[test]
#[should_panic(expected = "patient_name is repeated")]
fn a_name_that_is_said_back_is_caught() {
    let item = json!({ "result": "That is booked, Robin Sample." });
    check_privacy(&item, &json!({ "patient_name": "Robin Sample" }));
}
