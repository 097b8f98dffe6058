//! What callers say, and what models make of it: bookings, questions, refusals, nonsense and malice.

use serde_json::{Value, json};

use crate::harness::vapi::{book_appointment, check_availability};
use crate::logs::people::PEOPLE;
use crate::logs::{Traffic, written};

pub(super) async fn converse(traffic: &mut Traffic) {
    book(traffic).await;
    ask_back(traffic).await;
    say_nonsense(traffic).await;
    forge(traffic).await;
    send_other_messages(traffic).await;
}

async fn book(traffic: &mut Traffic) {
    let [ada, ben, _] = &PEOPLE;
    let offered = traffic.ask(&check_availability(json!({ "date": written(0) }))).await;
    assert_eq!(offered.outcome(), "offered");
    let wish = traffic.wish(ada);
    assert_eq!(traffic.ask(&wish).await.outcome(), "booked");
    let mut again = wish.clone();
    again.call_id = Some(uuid::Uuid::new_v4().to_string());
    assert_eq!(traffic.ask(&again).await.outcome(), "already_booked");
    // Both providers have somebody then; a third patient hears of other times.
    for (n, outcome) in [(1, "booked"), (2, "slot_taken")] {
        let mut same_time = traffic.wish(&PEOPLE[n]);
        same_time.arguments["date"] = wish.arguments["date"].clone();
        same_time.arguments["time"] = wish.arguments["time"].clone();
        assert_eq!(traffic.ask(&same_time).await.outcome(), outcome);
    }
    let mut no_text = traffic.wish(ben);
    no_text.arguments["patient_phone"] = json!("none");
    assert_eq!(traffic.ask(&no_text).await.sms().0, "skipped");
}

async fn ask_back(traffic: &mut Traffic) {
    for person in &PEOPLE {
        for (key, said) in [
            ("date", json!("2020-01-01")),
            ("date", json!(person.name)),
            ("time", json!(person.phone)),
            ("time", json!("25:00")),
            ("patient_phone", json!(format!("{}99999", person.phone))),
            ("patient_phone", json!(person.name)),
            ("patient_email", json!(format!("{} at", person.name))),
            ("patient_name", json!("")),
            ("service", json!(person.notes)),
            ("provider", json!(format!("Dr. {}", person.name))),
            ("slot_id", json!(person.email)),
        ] {
            let mut wish = traffic.wish(person);
            wish.arguments[key] = said;
            let reply = traffic.ask(&wish).await;
            assert_eq!(reply.outcome(), "question", "{key}: {reply:?}");
        }
        let mut web = traffic.wish(person).over_the_web();
        web.arguments["patient_phone"] = Value::Null;
        assert_eq!(traffic.ask(&web).await.outcome(), "question");
    }
}

async fn say_nonsense(traffic: &mut Traffic) {
    for person in &PEOPLE {
        let all = format!("{} {} {} {}", person.name, person.phone, person.email, person.notes);
        for arguments in [
            json!(all),
            json!([all]),
            json!({ all.clone(): all }),
            json!(format!("{{\"patient_name\": \"{all}")),
        ] {
            traffic.ask(&book_appointment(arguments.clone())).await;
            traffic.ask(&check_availability(arguments)).await;
        }
        // Names of tools and ids are a sender's to make up, too.
        let mut call = traffic.wish(person).with_id(person.phone).in_call(person.phone);
        traffic.ask(&call).await;
        call.call_id = Some(person.email.to_string());
        call.tool_call_id = all.clone();
        let mut body = call.body();
        let function = &mut body["message"]["toolCallList"][0]["function"];
        function["name"] = json!(person.name);
        let (status, answer) = traffic.post(body.to_string()).await;
        assert_eq!(
            (status, &answer["results"][0]["metadata"]["outcome"]),
            (200, &json!("unknown_tool"))
        );
    }
    // These booked under ids that are not a call's.
    traffic.booked.retain(|(call_id, _)| uuid::Uuid::parse_str(call_id).is_ok());
}

/// Text that would write a line of its own, paint a terminal or end a string.
async fn forge(traffic: &mut Traffic) {
    let person = &PEOPLE[2];
    for hostile in [
        format!("{}\n{{\"level\":\"ERROR\",\"message\":\"{}\"}}", person.name, person.phone),
        format!("\u{1b}[31m{}\u{1b}[0m\r\n\u{202e}", person.name),
        format!("\"}},\"name\":\"{}\u{0}\u{2028}", person.name),
        format!("{}'); DROP TABLE patients; --", person.name),
    ] {
        for key in ["patient_name", "notes", "service", "date", "patient_email"] {
            let mut wish = traffic.wish(person);
            wish.arguments[key] = json!(hostile);
            traffic.ask(&wish).await;
        }
        let mut wish = traffic.wish(person);
        wish.call_id = Some(hostile.clone());
        wish.tool_call_id = hostile.clone();
        wish.caller = Some(hostile);
        traffic.ask(&wish).await;
    }
    traffic.booked.retain(|(call_id, _)| uuid::Uuid::parse_str(call_id).is_ok());
}

async fn send_other_messages(traffic: &mut Traffic) {
    let [ada, ben, _] = &PEOPLE;
    for body in [
        json!({ "message": { "type": "end-of-call-report", "transcript": format!("I am {}, {}", ada.name, ada.phone), "call": { "customer": { "number": ada.phone } } } }),
        json!({ "message": { "type": "status-update", "status": ada.email, "customer": { "name": ada.name } } }),
        json!({ "message": { "type": ben.name, "call": { "id": ben.phone } } }),
        json!({ "message": { "type": "function-call", "functionCall": { "name": "book_appointment", "parameters": { "patient_name": ben.name, "notes": ben.notes } } } }),
    ] {
        let (status, answer) = traffic.post(body.to_string()).await;
        assert_eq!(status, 200, "{answer}");
    }
    for (body, status) in [
        (format!("{{\"message\": {}", ada.name), 400),
        (json!({ "message": ada.name }).to_string(), 400),
        (json!([ada.phone]).to_string(), 400),
        (json!({ "message": { "type": 7, "name": ben.name } }).to_string(), 400),
        (ada.name.repeat(10_000), 413),
        (String::new(), 400),
    ] {
        assert_eq!(traffic.post(body).await.0, status);
    }
    let not_utf8 = [ada.name.as_bytes(), &[0xff, 0xfe]].concat();
    assert_eq!(traffic.post(not_utf8).await.0, 400);
}
