//! What is said of the text: what is known when it is said, also when asked later; and what is said when
//! nothing can be known.

use std::time::{Duration, Instant};

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use super::{book, wish};
use crate::harness::cluster::connect;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::CALLER;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn each_fate_of_a_text_has_its_sentence() {
    let gateway = Gateway::unhurried().await;
    let reject = |code| Fault::Reject { code, http_status: 400 };
    let mut all = String::new();
    for (n, (fault, status, reason, texts)) in [
        (None, "sent", None, 1),
        (Some(Fault::RateLimited(None)), "sending", None, 0),
        (Some(Fault::CreatedThen(500)), "sending", None, 1),
        (Some(Fault::ResetAfter), "sending", None, 1),
        (Some(Fault::Garbage), "sending", None, 1),
        (Some(reject(21211)), "failed_but_booked", Some("rejected_21211"), 0),
        (Some(reject(21610)), "opted_out", Some("rejected_21610"), 0),
    ]
    .into_iter()
    .enumerate()
    {
        fault.into_iter().for_each(|fault| gateway.stand_in.script(fault));
        let phone = format!("+1212555011{n}");
        let mut wish = wish("Ada Sample", "2:30 PM");
        wish["patient_phone"] = json!(phone);
        let reply = book(&gateway, wish).await;
        assert_eq!((reply.outcome(), reply.sms()), ("booked", (status, reason)));
        all.push_str(&format!("{fault:?}\n  {}\n", reply.spoken()));
        assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 1, "it stands");
        let row = gateway.rows("SELECT sms_status, sms_reason FROM sms_messages").await;
        assert_eq!(row, [json!({ "sms_status": status, "sms_reason": reason })]);
        assert_eq!(gateway.stand_in.messages_to(&phone).len(), texts);
        gateway.forget().await;
    }
    insta::assert_snapshot!("each_fate_of_a_text", all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_goes_out_later_is_told_when_asked_again() {
    let gateway = Setup::default().unhurried().set("GATEWAY__SMS__RETRY_BASE_MS", 1).start().await;
    gateway.stand_in.script(Fault::RateLimited(None));
    let first = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!(first.sms(), ("sending", None));
    let again = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!((again.outcome(), again.sms()), ("already_booked", ("sending", None)));
    let start = Instant::now();
    while gateway.stand_in.messages_to(CALLER).is_empty() {
        assert!(start.elapsed() < PATIENCE, "the worker sends it");
        gateway.step().await;
    }
    let later = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!((later.outcome(), later.sms()), ("already_booked", ("sent", None)));
    insta::assert_snapshot!(later.spoken(), @"You already have an appointment then: Tuesday, November twenty-fourth at two thirty PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 1);
    assert_eq!(gateway.count("appointments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_is_owed_where_none_is_wanted() {
    let gateway = Gateway::unhurried().await;
    for (n, said) in
        ["none", "no phone", "no text", "None.", "without a phone"].into_iter().enumerate()
    {
        let mut wish = wish("Ada Sample", ["9 AM", "10 AM", "11 AM", "1 PM", "2 PM"][n]);
        wish["patient_phone"] = json!(said);
        let reply = book(&gateway, wish).await;
        assert_eq!(
            (reply.outcome(), reply.sms()),
            ("booked", ("skipped", Some("no_phone"))),
            "{said}"
        );
    }
    gateway.change_rules("UPDATE organizations SET texts_enabled = false").await;
    let reply = book(&gateway, wish("Ada Sample", "4 PM")).await;
    assert_eq!((reply.outcome(), reply.sms()), ("booked", ("skipped", Some("texts_off"))));
    insta::assert_snapshot!(reply.spoken(), @"That is booked: Tuesday, November twenty-fourth at four PM with Doctor Jonas Weber. You will not get a text; your appointment stands. Is there anything else?");
    assert_eq!(gateway.stand_in.messages().len(), 0);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'skipped'").await, 6);
    assert_eq!(gateway.count("sms_attempts").await, 0);
    assert_eq!(gateway.step().await, 0, "nothing is left to be done");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_day_is_held_nothing_is_promised() {
    let gateway = Setup::default()
        .unhurried()
        .set("GATEWAY__DATABASE__POOL_WAIT_MS", 2_000)
        .set("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", 2_500)
        .start()
        .await;
    // The day's rows are there before somebody holds them.
    book(&gateway, wish("Ben Sample", "9 AM")).await;
    let before = gateway.traces().await;
    let client = connect(&gateway.database.url).await;
    client.batch_execute("BEGIN; SELECT FROM provider_days FOR UPDATE").await.unwrap();
    let reply = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!(reply.outcome(), "pending");
    insta::assert_snapshot!(reply.spoken(), @"I am still waiting for the calendar, so nothing is confirmed yet. Shall I try once more in a moment?");
    assert_eq!(gateway.traces().await, before);
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(book(&gateway, wish("Ada Sample", "2:30 PM")).await.outcome(), "booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_tables_it_says_that_it_cannot() {
    let gateway = Gateway::unhurried().await;
    gateway.execute("ALTER TABLE appointments RENAME TO away").await;
    let reply = book(&gateway, wish("Ada Sample", "2:30 PM")).await;
    assert_eq!(reply.outcome(), "unavailable");
    assert!(reply.0.get("result").is_none(), "a failure is no result");
    insta::assert_snapshot!(reply.spoken(), @"I cannot reach the calendar right now, so I cannot confirm anything. Please try again in a minute, or call us again later.");
    gateway.execute("ALTER TABLE away RENAME TO appointments").await;
    assert_eq!(book(&gateway, wish("Ada Sample", "2:30 PM")).await.outcome(), "booked");
}
