//! Who has what already: the same patient, another person on the same phone, a corrected number, and
//! callers without one.

use serde_json::json;

use super::{book, wish};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, book_appointment};

const OTHER: &str = "+12125550143";

#[tokio::test(flavor = "multi_thread")]
async fn the_same_patient_at_the_same_start_has_it_already() {
    let gateway = Gateway::unhurried().await;
    let booked = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    let before = gateway.traces().await;
    // In a new call, however the name is written and the time is said, and whoever is asked for.
    for (name, time, provider) in [
        ("Ada Sample", "2:30 PM", ""),
        ("ada  sample", "half past two", "Dr. Weber"),
        ("ADA SAMPLE", "14:30", "Dr. Lee"),
        ("Ada Sample.", "2.30 PM", ""),
    ] {
        let mut wish = wish(name, time);
        wish["provider"] = json!(provider);
        let reply = book(&gateway, wish).await;
        assert_eq!(reply.outcome(), "already_booked", "{name}, {time}, {provider}");
        assert_eq!(reply.appointment_id(), booked.appointment_id());
        assert_eq!(reply.sms(), ("sent", None));
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"You already have an appointment then: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
        }
    }
    assert_eq!(gateway.traces().await, before, "nothing was done twice");
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

/// It would be in two places at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_patient_at_an_overlapping_start_has_it_already() {
    let gateway = Gateway::unhurried().await;
    let booked = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    let before = gateway.traces().await;
    for time in ["2:15 PM", "2:45 PM"] {
        let mut wish = wish("Ada Sample", time);
        wish["provider"] = json!("Weber");
        let reply = book(&gateway, wish).await;
        assert_eq!(reply.outcome(), "already_booked", "{time}");
        assert_eq!(
            reply.starts_at(),
            booked.starts_at(),
            "what they have, not what they asked for"
        );
        assert!(reply.spoken().contains("at two thirty PM with Doctor Amara Lee"));
    }
    assert_eq!(gateway.traces().await, before);
    // Before and after it is another appointment.
    for time in ["2 PM", "3 PM"] {
        assert_eq!(book(&gateway, wish("Ada Sample", time)).await.outcome(), "booked", "{time}");
    }
    assert_eq!(gateway.count("patients").await, 1);
}

/// Whoever only names another's number and name does not hear when they come, nor to whom.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_numbers_patient_has_is_not_told() {
    let gateway = Gateway::unhurried().await;
    let cleaning = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "2 PM",
                           "service": "cleaning", "provider": "Weber" });
    assert_eq!(book(&gateway, cleaning).await.outcome(), "booked");
    let before = gateway.traces().await;
    let mut guess = wish("Ada Sample", "2:30 PM");
    guess["patient_phone"] = json!(CALLER);
    let guess = book_appointment(guess);
    for call in [guess.clone().from(OTHER), guess.over_the_web()] {
        let reply = gateway.call("demo", &call).await;
        assert_eq!(reply.outcome(), "question");
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. I cannot book that: the patient has another appointment around that time. Which other time would suit?");
        }
        let all = reply.0.to_string();
        assert!(["Weber", "two PM", "19:00"].iter().all(|told| !all.contains(told)), "{all}");
    }
    assert_eq!(gateway.traces().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_name_in_the_same_call_is_asked_about() {
    let gateway = Gateway::unhurried().await;
    let in_call = async |name: &str, another: Option<bool>| {
        let mut wish = wish(name, "2:30 PM");
        wish["for_another_person"] = json!(another);
        gateway.call("demo", &book_appointment(wish).in_call("one-call")).await
    };
    let first = in_call("Ada Sample", None).await;
    assert_eq!(first.outcome(), "booked");
    let before = gateway.traces().await;
    for another in [None, Some(false)] {
        let reply = in_call("Adah Sampel", another).await;
        assert_eq!(reply.outcome(), "question");
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"In this call I already booked Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee, under another name. Is this one for a second person?");
        }
    }
    assert_eq!(gateway.traces().await, before);
    // The same person again, whatever the model says of another.
    let same = in_call("Ada Sample", Some(true)).await;
    assert_eq!((same.outcome(), same.appointment_id()), ("already_booked", first.appointment_id()));
    let second = in_call("Ben Sample", Some(true)).await;
    assert_eq!(second.outcome(), "booked");
    assert!(second.spoken().contains("Doctor Jonas Weber"), "{}", second.spoken());
    let third = in_call("Cleo Sample", Some(true)).await;
    assert_eq!(third.outcome(), "slot_taken");
    assert_eq!(gateway.count("appointments").await, 2);
    assert_eq!(gateway.count("patients WHERE phone = '+12125550142'").await, 2);
    // One family, one phone: each has an appointment, and each a text.
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 2);
}

/// In another call nobody is asked: two people of one household may well ring twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_name_in_another_call_is_another_patient() {
    let gateway = Gateway::unhurried().await;
    for (name, doctor) in [("Ada Sample", "Doctor Amara Lee"), ("Ben Sample", "Doctor Jonas Weber")]
    {
        let reply = book(&gateway, wish(name, "2:30 PM")).await;
        assert_eq!(reply.outcome(), "booked");
        assert!(reply.spoken().contains(doctor), "{}", reply.spoken());
    }
    // The same call, another start: nothing to ask.
    for (name, time) in [("Cleo Sample", "9 AM"), ("Dora Sample", "10 AM")] {
        let call = book_appointment(wish(name, time)).in_call("one-call");
        assert_eq!(gateway.call("demo", &call).await.outcome(), "booked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_number_in_the_same_call_corrects_it_and_is_texted_once() {
    let gateway = Gateway::unhurried().await;
    let in_call = async |phone: &str| {
        let mut wish = wish("Ada Sample", "2:30 PM");
        wish["patient_phone"] = json!(phone);
        gateway.call("demo", &book_appointment(wish).in_call("one-call")).await
    };
    let booked = in_call(CALLER).await;
    for _ in 0..3 {
        let corrected = in_call("two one two, five five five, oh one four three").await;
        assert_eq!(corrected.outcome(), "already_booked");
        assert_eq!(corrected.appointment_id(), booked.appointment_id());
        assert_eq!(corrected.sms(), ("sent", None));
        insta::allow_duplicates! {
            insta::assert_snapshot!(corrected.spoken(), @"You already have an appointment then: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four three. Is there anything else?");
        }
    }
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 1);
    assert_eq!(gateway.stand_in.messages_to(OTHER).len(), 1, "texted once");
    assert_eq!(gateway.count("appointments").await, 1);
    let phone = "SELECT p.phone FROM appointments a JOIN patients p ON p.id = a.patient_id";
    assert_eq!(gateway.value(phone).await, OTHER);
    assert_eq!(gateway.count("audit_log WHERE action = 'phone_corrected'").await, 1);
    // Back to the first number: it has had its text.
    let back = in_call(CALLER).await;
    assert_eq!((back.outcome(), back.sms()), ("already_booked", ("sent", None)));
    assert_eq!(gateway.value(phone).await, CALLER);
    assert_eq!(gateway.stand_in.messages().len(), 2);
}

/// In another call the number is who they are: another number is another person.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_number_in_another_call_is_another_patient() {
    let gateway = Gateway::unhurried().await;
    book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    let namesake = book_appointment(wish("Ada Sample", "2:30 PM")).from(OTHER);
    let reply = gateway.call("demo", &namesake).await;
    assert_eq!(reply.outcome(), "booked");
    assert!(reply.spoken().contains("Doctor Jonas Weber"));
    assert_eq!(gateway.count("patients").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_number_is_asked_for_one() {
    let gateway = Gateway::unhurried().await;
    let nothing = gateway.traces().await;
    let web = book_appointment(wish("Ada Sample", "2:30 PM")).over_the_web();
    // Withheld, a service's own number, one that cannot be texted.
    let odd = ["anonymous", "Restricted", "+18005550199", "911", "sip:front@voice.example", ""];
    let odd = odd.map(|number| book_appointment(wish("Ada Sample", "2:30 PM")).from(number));
    for call in odd.iter().chain([&web]) {
        let reply = gateway.call("demo", call).await;
        assert_eq!(reply.outcome(), "question", "{:?}", call.caller);
        insta::allow_duplicates! {
            insta::assert_snapshot!(reply.spoken(), @"Which phone number shall I put down? Please say it digit by digit, or say none if you want no text.");
        }
    }
    assert_eq!(gateway.traces().await, nothing);
    let mut answered = web.clone();
    answered.arguments["patient_phone"] = json!("two one two five five five oh one four three");
    let reply = gateway.call("demo", &answered).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sent", None)));
    assert_eq!(gateway.stand_in.messages_to(OTHER).len(), 1);
}

/// Without a phone nobody is known across calls, but within one call they are.
#[tokio::test(flavor = "multi_thread")]
async fn a_patient_without_a_phone() {
    let gateway = Gateway::unhurried().await;
    let mut wish = wish("Ada Sample", "2:30 PM");
    wish["patient_phone"] = json!("none");
    let call = book_appointment(wish.clone()).over_the_web().in_call("one-call");
    let reply = gateway.call("demo", &call).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("skipped", Some("no_phone"))));
    let again = book_appointment(wish.clone()).over_the_web().in_call("one-call");
    let again = gateway.call("demo", &again).await;
    assert_eq!(
        (again.outcome(), again.appointment_id()),
        ("already_booked", reply.appointment_id())
    );
    let stranger = book_appointment(wish).over_the_web().in_call("another-call");
    assert_eq!(gateway.call("demo", &stranger).await.outcome(), "booked");
    assert_eq!(gateway.count("patients WHERE phone IS NULL").await, 2);
    assert_eq!(gateway.stand_in.messages().len(), 0);
}
