//! What may be said, held against every reply that any test of this binary gets through the front door:
//! its form, so that a voice can say it; its claims, so that it is true; and nothing of a person in it.

mod catches;
mod claims;
mod kinds;
mod voice;

use serde_json::Value;
use uuid::Uuid;

/// The arguments that say something about a person.
const PERSONAL: [&str; 3] = ["patient_name", "patient_email", "notes"];
/// Shorter ones could be part of any sentence.
const TELLING: usize = 6;
const SLOT_ID_CHARACTERS: usize = 13;

/// Every reply in a body that answered a message.
pub(crate) fn check(answer: &Value) {
    if let Some(items) = answer["results"].as_array() {
        for item in items {
            let faults = faults_of(item);
            assert!(faults.is_empty(), "{faults:#?} in {item:#}");
        }
    } else if let Some(sentence) = answer["result"].as_str() {
        // The legacy form has no metadata: it must be a sentence of some kind.
        let mut faults = voice::faults(spoken(sentence));
        faults.extend(claims::faults_of_any(spoken(sentence)));
        assert!(faults.is_empty(), "{faults:#?} in {sentence}");
    }
}

/// Nothing that a caller said about a person is said back.
pub(crate) fn check_privacy(item: &Value, arguments: &Value) {
    let words = words(item).unwrap_or_default().to_lowercase();
    for key in PERSONAL {
        let said = arguments[key].as_str().unwrap_or_default().trim().to_lowercase();
        assert!(said.len() < TELLING || !words.contains(&said), "{key} is repeated: {words}");
    }
}

/// The part before the bracket.
pub(crate) fn spoken(words: &str) -> &str {
    words.split_once(" [").map_or(words, |(spoken, _)| spoken)
}

fn words(item: &Value) -> Option<&str> {
    item["result"].as_str().or_else(|| item["error"].as_str())
}

fn faults_of(item: &Value) -> Vec<String> {
    let Some(words) = words(item) else { return vec!["no sentence".to_owned()] };
    let metadata = &item["metadata"];
    let mut faults = voice::faults(spoken(words));
    faults.extend(claims::faults(spoken(words), metadata));
    let mut must = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let has_error = metadata["outcome"] == "unavailable";
    must(item["toolCallId"].is_string() && item["name"].is_string(), "no id or no name");
    must(item.get("error").is_some() == has_error, "`error` iff unavailable");
    must(item.get("result").is_some() != has_error, "`result` iff not unavailable");

    let has_appointment =
        ["booked", "already_booked"].contains(&metadata["outcome"].as_str().unwrap_or_default());
    let id = metadata["appointment_id"].as_str();
    must(id.is_some() == has_appointment, "an appointment's id iff there is one");
    must(id.is_none_or(|id| Uuid::parse_str(id).is_ok()), "an id that is none");
    must(metadata["starts_at"].is_string() == has_appointment, "a start iff there is one");
    let status = metadata["sms_status"].as_str();
    must(status.is_none() || has_appointment, "a text without an appointment");
    let is_open = matches!(status, None | Some("sent" | "sending"));
    must(metadata["sms_reason"].is_null() == is_open, "a reason iff no text will come");

    faults.extend(faults_of_slots(words, metadata));
    faults
}

/// The times on offer: at most three, ascending, each with its `slot_id` in the bracket and nowhere else.
fn faults_of_slots(words: &str, metadata: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let slots = metadata["slots"].as_array().cloned().unwrap_or_default();
    let bracket = words.split_once(" [").map(|(_, bracket)| bracket);
    must(bracket.is_some() != slots.is_empty(), "a bracket iff there are times on offer");
    must(slots.len() <= 3, "more than three times");
    let text = |slot: &Value, key: &str| slot[key].as_str().unwrap_or_default().to_owned();
    let starts: Vec<String> = slots.iter().map(|slot| text(slot, "starts_at")).collect();
    must(starts.iter().all(|at| at.ends_with('Z')), "a start that is not in UTC");
    must(starts.is_sorted_by(|a, b| a < b), "times out of order");
    let Some(bracket) = bracket else { return faults };

    let listed = bracket
        .strip_prefix("Not to be read aloud. slot_id by time: ")
        .and_then(|rest| rest.strip_suffix(']'));
    let listed: Vec<(&str, &str)> = listed
        .map(|l| l.split("; ").filter_map(|entry| entry.split_once(" = ")).collect())
        .unwrap_or_default();
    must(listed.len() == slots.len(), "a bracket that does not list the slots");
    for ((time, id), slot) in listed.iter().zip(&slots) {
        let is_id = id.len() == SLOT_ID_CHARACTERS
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        must(is_id && text(slot, "slot_id") == *id, "a slot_id that is not the slot's");
        must(!spoken(words).contains(id), "a slot_id that is spoken");
        must(spoken(words).contains(time), "a slot_id for a time that is not said");
        must(!text(slot, "provider").is_empty(), "a slot without a provider");
    }
    faults
}
