//! A database that is broken, locked, full of objections, and gone. PostgreSQL's errors quote rows.

use crate::harness::gateway::{client, post};
use crate::harness::locks::Held;
use crate::harness::outage::Outage;
use crate::harness::patience::until;
use crate::harness::process::ServeProcess;
use crate::logs::Traffic;
use crate::logs::people::PEOPLE;

pub(super) async fn break_the_database(traffic: &mut Traffic) {
    object(traffic).await;
    lock(traffic).await;
    rename(traffic).await;
    go_away(traffic).await;
    never_be_there(traffic).await;
}

/// A constraint whose violation shows the whole row.
async fn object(traffic: &mut Traffic) {
    let refuse =
        "ALTER TABLE patients ADD CONSTRAINT nobody_may_be_a_patient CHECK (false) NOT VALID";
    traffic.gateway.execute(refuse).await;
    let mut wish = traffic.wish(&PEOPLE[1]);
    // Nobody on file, whose row would be there.
    wish.arguments["patient_name"] = serde_json::json!("Fooberta Placeholder");
    assert_eq!(traffic.ask(&wish).await.outcome(), "unavailable");
    traffic.gateway.execute("ALTER TABLE patients DROP CONSTRAINT nobody_may_be_a_patient").await;
}

async fn lock(traffic: &mut Traffic) {
    let held = Held::writes_to(&traffic.gateway.database.url, "patients, provider_days").await;
    let wish = traffic.wish(&PEOPLE[0]);
    assert_eq!(traffic.ask(&wish).await.outcome(), "pending");
    held.release().await;
}

async fn rename(traffic: &mut Traffic) {
    for (table, column) in
        [("patients", "phone"), ("appointments", "notes"), ("sms_messages", "to_phone")]
    {
        let (there, away) =
            (format!("RENAME {column} TO gone"), format!("RENAME gone TO {column}"));
        traffic.gateway.execute(&format!("ALTER TABLE {table} {there}")).await;
        let wish = traffic.wish(&PEOPLE[2]);
        assert_eq!(traffic.ask(&wish).await.outcome(), "unavailable", "{table}");
        traffic.gateway.execute(&format!("ALTER TABLE {table} {away}")).await;
    }
}

async fn go_away(traffic: &mut Traffic) {
    let outage = Outage::begin(&traffic.gateway.database).await;
    let wish = traffic.wish(&PEOPLE[0]);
    assert_eq!(traffic.ask(&wish).await.outcome(), "unavailable");
    let url = format!("{}/ready", traffic.url);
    let answers = async |status: u16| {
        let answer = client().get(&url).send().await;
        answer.is_ok_and(|answer| answer.status() == status)
    };
    until("it is not ready", async || answers(503).await).await;
    // The worker notices by itself, when it looks next.
    let process = traffic.process.as_ref().expect("a running process");
    let told = "Texts that are due cannot be read";
    until("the worker has noticed", async || process.has_logged(told)).await;
    outage.end().await;
    until("it is ready", async || answers(200).await).await;
}

/// A process that never had a database, with secrets in its address.
async fn never_be_there(traffic: &mut Traffic) {
    let url = "postgres://quuxina:placeholder@127.0.0.1:9/foobarcillin";
    let level = [("GATEWAY__LOG__LEVEL", "trace".to_owned())];
    let process = ServeProcess::start(url, traffic.gateway.stand_in.base_url(), &level).await;
    let wish = traffic.wish(&PEOPLE[0]);
    let (status, _) = post(&process.url, "night", "quuxina-secret", &wish.body()).await;
    assert_eq!(status, 503);
    let (code, log) = process.terminate().await;
    assert_eq!(code, Some(0));
    super::assert_knows_nobody("the log of one without a database", &log.join("\n"), traffic);
}
