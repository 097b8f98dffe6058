//! Every row of the table is said by a real gateway at least once, so that none of them is a guess.

use std::collections::BTreeSet;

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use super::claims::{OUTCOMES, TEXTS};
use crate::harness::clinics::{harbor, one_slot};
use crate::harness::cluster::connect;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{
    Reply, ToolCall, book_appointment, check_availability, opt_out_of_texts,
};

/// The kinds that were heard: `(outcome, sms_status)`.
#[derive(Default)]
struct Heard(BTreeSet<(String, String)>);

impl Heard {
    async fn ask(&mut self, gateway: &Gateway, org: &str, call: ToolCall) -> Reply {
        let reply = gateway.call(org, &call).await;
        let outcome = reply.outcome().to_owned();
        self.0.insert((outcome, reply.sms().0.to_owned()));
        reply
    }

    /// Books, and asks for the same again: the text's state is in both sentences.
    async fn book_twice(&mut self, gateway: &Gateway, org: &str, day: &str, phone: &str) {
        for _ in 0..2 {
            let wish = json!({ "patient_name": "Ada Sample", "patient_phone": phone,
                               "date": day, "time": "10 AM" });
            self.ask(gateway, org, book_appointment(wish)).await;
        }
    }
}

fn all(table: &[super::claims::Claims]) -> BTreeSet<String> {
    table.iter().map(|claims| claims.kind.to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_sentence_is_met() {
    // The lock is held on purpose below: that wait is short, all others may be long.
    let gateway = Setup::default()
        .unhurried()
        .set("GATEWAY__DATABASE__POOL_WAIT_MS", 2_000)
        .set("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", 2_500)
        .clinic(one_slot("tiny"))
        .start()
        .await;
    let mut heard = Heard::default();
    let demo = "demo";
    hear_about_texts(&mut heard, &gateway).await;

    for wish in [
        json!({ "date": "2026-11-24" }),
        json!({ "date": "2026-11-26" }),
        json!({ "date": "whenever the moon is full" }),
    ] {
        heard.ask(&gateway, demo, check_availability(wish)).await;
    }
    // The only time that this clinic has.
    let wish = |name: &str| json!({ "patient_name": name, "date": "2026-11-30", "time": "9 AM" });
    heard.ask(&gateway, "tiny", book_appointment(wish("Ada Sample"))).await;
    heard.ask(&gateway, "tiny", book_appointment(wish("Ben Sample")).from("+12125550143")).await;
    heard.ask(&gateway, "tiny", check_availability(json!({}))).await;
    heard.ask(&gateway, demo, opt_out_of_texts(json!({}))).await;
    let unknown = ToolCall { tool: "order_pizza", ..check_availability(json!({})) };
    heard.ask(&gateway, demo, unknown).await;

    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-12-02", "time": "10 AM" });
    let client = connect(&gateway.database.url).await;
    client.batch_execute("BEGIN; LOCK TABLE provider_days IN EXCLUSIVE MODE").await.unwrap();
    heard.ask(&gateway, demo, book_appointment(wish.clone())).await;
    client.batch_execute("ROLLBACK; ALTER TABLE appointments RENAME TO away").await.unwrap();
    heard.ask(&gateway, demo, book_appointment(wish)).await;

    let outcomes: BTreeSet<String> = heard.0.iter().map(|(outcome, _)| outcome.clone()).collect();
    assert_eq!(outcomes, all(&OUTCOMES));
    let booked = heard.0.iter().filter(|(outcome, _)| outcome == "booked");
    let booked: BTreeSet<String> = booked.map(|(_, text)| text.clone()).collect();
    let repeated = heard.0.iter().filter(|(outcome, _)| outcome == "already_booked");
    let repeated: BTreeSet<String> = repeated.map(|(_, text)| text.clone()).collect();
    assert_eq!(repeated, all(&TEXTS));
    // Whatever is booked by voice owes a text, or the reason why there is none.
    assert_eq!(booked, all(&TEXTS).into_iter().filter(|text| !text.is_empty()).collect());
}

async fn hear_about_texts(heard: &mut Heard, gateway: &Gateway) {
    let reject = |code| Fault::Reject { code, http_status: 400 };
    heard.book_twice(gateway, "demo", "2026-11-24", "+12125550110").await;
    gateway.stand_in.script(Fault::RateLimited(None));
    heard.book_twice(gateway, "demo", "2026-11-25", "+12125550111").await;
    gateway.stand_in.script(reject(21211));
    heard.book_twice(gateway, "demo", "2026-11-27", "+12125550112").await;
    gateway.stand_in.script(reject(21610));
    heard.book_twice(gateway, "demo", "2026-11-30", "+12125550113").await;
    // Texts switched off.
    gateway
        .change_rules("UPDATE organizations SET texts_enabled = false WHERE slug = 'demo'")
        .await;
    heard.book_twice(gateway, "demo", "2026-12-01", "+12125550114").await;
    gateway.change_rules("UPDATE organizations SET texts_enabled = true WHERE slug = 'demo'").await;
    // One that staff wrote owes no text.
    gateway.execute("TRUNCATE tool_calls, sms_attempts, sms_messages CASCADE").await;
    heard.book_twice(gateway, "demo", "2026-11-24", "+12125550110").await;
}

/// The longest of everything: the checker counts the words.
#[tokio::test(flavor = "multi_thread")]
async fn long_names_and_far_dates_leave_the_sentences_short() {
    let name = |n: &str| {
        format!("Dr. {n} Maria Theresa Augusta Wilhelmina Montgomery Featherstone Smythe")
    };
    let providers: String = ["Ann", "Bea", "Cal", "Dee", "Eli", "Fay", "Gus"]
        .map(|n| format!("[[provider]]\nname = \"{}\"\n", name(n)))
        .concat();
    let rules = format!(
        "[hours]\nmon-fri = [\"09:00-17:00\"]\n{providers}
        [[service]]\nname = \"First consultation before a very long and careful treatment\"\nminutes = 30\ndefault = true
        [[service]]\nname = \"Second consultation after a very long and careful treatment\"\nminutes = 30\nproviders = [\"{}\"]\n",
        name("Gus")
    );
    let gateway = Setup::default().unhurried().clinic(harbor("long", "", &rules)).start().await;
    let mut heard = Heard::default();
    gateway.stand_in.always_for("+12125550142", Fault::RateLimited(None));
    let wish = |who: &str, provider: &str, service: &str, time: &str| {
        json!({ "patient_name": who, "provider": provider, "service": service,
                "date": "September 22nd 2027", "time": time })
    };
    for (who, provider, service, time, outcome) in [
        ("Ada Sample", "Ann", "first", "11:45 AM", "booked"),
        ("Ada Sample", "Ann", "first", "11:45 AM", "already_booked"),
        ("Ben Sample", "Ann", "first", "11:45 AM", "slot_taken"),
        ("Ben Sample", "Ann", "first", "8:45 PM", "closed"),
        ("Ben Sample", "Featherstone", "first", "11:45 AM", "question"),
        ("Ben Sample", "Nobody", "first", "11:45 AM", "question"),
        ("Ben Sample", "Ann", "second", "11:45 AM", "question"),
        ("Ben Sample", "", "consultation", "11:45 AM", "question"),
        ("Ben Sample", "", "ballooning", "11:45 AM", "question"),
    ] {
        let call = book_appointment(wish(who, provider, service, time));
        let reply = heard.ask(&gateway, "long", call).await;
        assert_eq!(reply.outcome(), outcome, "{}", reply.spoken());
    }
    for wish in [
        json!({ "date": "2027-09-22", "provider": "Ann", "time": "3 AM" }),
        json!({ "date": "2027-09-25", "provider": "Ann" }),
        json!({ "date": "2028-09-25", "provider": "Ann" }),
    ] {
        heard.ask(&gateway, "long", check_availability(wish)).await;
    }
}
