//! `demo --once`: the recorded call, at any clock, in any database, with the texts going anywhere.

use std::net::SocketAddr;
use std::path::Path;

use vapi_gateway::twilio::stand_in::StandIn;
use vapi_gateway::twilio::{Credentials, Sender};

use super::{BUSY_MACHINE, clinic, text};
use crate::cluster::open_folder;
use crate::harness::rows::rows;
use crate::harness::run::{Ran, Run};
use crate::schema::empty_database;

async fn once(data_dir: &Path, more: &[&str], environment: &[(&str, &str)]) -> Ran {
    let folder = data_dir.to_str().expect("a path");
    let mut arguments = vec!["demo", "--once", "--bind", "127.0.0.1:0", "--data-dir", folder];
    arguments.extend(more);
    let run = BUSY_MACHINE
        .iter()
        .chain(environment)
        .fold(Run::new(&arguments), |run, (name, value)| run.env(name, value));
    let ran = run.output().await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran
}

/// Seven digits in a row, in words or out of them, are somebody's number.
fn has_a_full_number(printed: &str) -> bool {
    let digits: String =
        printed.chars().map(|c| if "()-. +".contains(c) { '\0' } else { c }).collect();
    let digits = digits.replace('\0', "");
    digits.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() >= 7)
}

#[test]
fn a_full_number_would_be_found() {
    assert!(has_a_full_number("call +1 (212) 555-0142."));
    assert!(!has_a_full_number("the number ending in 0142"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_is_printed_as_a_person_would_read_it() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    let ran = once(&data_dir, &["--clock", "2026-11-23T15:00:00Z"], &[]).await;
    let printed = ran.out.replace(data_dir.to_str().expect("a path"), "FOLDER");
    insta::assert_snapshot!(printed, @r"
    Starting a private PostgreSQL in FOLDER …

    A patient calls Maple Dental. The voice agent asks the gateway.

      Agent      Thanks for calling Maple Dental. How can I help?
      Caller     Hi. I'd like a consultation, as soon as you have something.
      gateway    check_availability -> offered
      Agent      On Monday, November twenty-third, I have one PM, three PM, or four thirty PM. Which one suits you?
      Caller     The first one is fine.
      Agent      May I have the patient's first and last name?
      Caller     Robin Sample.
      Agent      The first of those times for Robin Sample. Shall I book it?
      Caller     Yes, please.
      gateway    book_appointment -> booked, text sent
      Agent      That is booked: Monday, November twenty-third at one PM with Doctor Amara Lee. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?
      Caller     Great, thank you. Bye!
      Agent      Goodbye!
    ");
    assert!(!has_a_full_number(&ran.out) && !has_a_full_number(&ran.err), "{ran:?}");
    let description = std::fs::read_to_string(data_dir.join("demo.json")).expect("demo.json");
    let description = serde_json::from_str(&description).expect("JSON");
    assert!(!ran.out.contains(&text(&clinic(&description, "demo")["vapi_secret"])));
    assert!(!super::is_reachable(&text(&description["database_url"])).await, "it is stopped");
    assert_eq!(ran.err, "");
}

/// When the call comes, and the day it ends up with an appointment for.
const CLOCKS: [(&str, &str, &str); 8] = [
    ("a Monday morning", "2026-11-23T15:00:00Z", "2026-11-23"),
    ("a Sunday", "2026-11-22T15:00:00Z", "2026-11-23"),
    ("a Saturday after closing", "2026-11-28T18:30:00Z", "2026-11-30"),
    ("the night before Thanksgiving", "2026-11-26T04:30:00Z", "2026-11-27"),
    ("Christmas Eve, late", "2026-12-25T04:59:59Z", "2026-12-26"),
    ("New Year's Eve, late", "2027-01-01T04:30:00Z", "2027-01-01"),
    ("before the hour that spring skips", "2027-03-14T06:30:00Z", "2027-03-15"),
    ("in the hour that autumn repeats", "2026-11-01T06:30:00+00:00", "2026-11-02"),
];

#[tokio::test(flavor = "multi_thread")]
async fn at_any_clock_the_next_open_day_is_booked() {
    let (folder, database) = (open_folder(), empty_database().await);
    let data_dir = folder.path().join("data");
    for (made, (when, clock, day)) in (1..).zip(CLOCKS) {
        let more = ["--clock", clock, "--database-url", &database.url];
        let ran =
            once(&data_dir, &more, &[("DATABASE_URL", "postgres://nobody@127.0.0.1:9/no")]).await;
        let (before, after) =
            ran.out.split_once("-> offered").unwrap_or_else(|| panic!("{when}: {ran:?}"));
        assert!(
            !before.contains("booked") && after.contains("-> booked, text sent"),
            "{when}: {ran:?}"
        );
        assert!(!has_a_full_number(&ran.out), "{when}: {ran:?}");
        let latest = "SELECT local_start::date AS day, count(*) OVER () AS made, sms_status
                      FROM appointments a JOIN sms_messages m ON (a.org_id, a.id) = (m.org_id, appointment_id)
                      ORDER BY a.created_at DESC LIMIT 1";
        let latest = &rows(&database.url, latest).await[0];
        assert_eq!((&latest["day"], &latest["made"]), (&day.into(), &made.into()), "{when}");
        assert_eq!(latest["sms_status"], "sent", "{when}");
    }
    assert!(!data_dir.join("postgres").exists(), "no cluster where a database is named");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_go_where_the_environment_says() {
    let (folder, database) = (open_folder(), empty_database().await);
    let data_dir = folder.path().join("data");
    let more = ["--database-url", database.url.as_str()];
    once(&data_dir, &more, &[]).await;
    let description = std::fs::read_to_string(data_dir.join("demo.json")).expect("demo.json");
    let twilio =
        clinic(&serde_json::from_str(&description).expect("JSON"), "demo")["twilio"].clone();
    let sender = Sender::PhoneNumber(text(&twilio["phone_number"]));
    let token = text(&twilio["auth_token"]).into();
    let account = Credentials::new(text(&twilio["account_sid"]), token, None, sender).unwrap();
    let elsewhere = StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), vec![account]).unwrap();
    assert_eq!(elsewhere.messages().len(), 0);
    let ran = once(&data_dir, &more, &[("GATEWAY__TWILIO__BASE_URL", elsewhere.base_url())]).await;
    assert!(ran.out.contains("-> booked, text sent"), "{ran:?}");
    let texts = elsewhere.messages();
    assert_eq!(texts.len(), 1);
    assert!(texts[0].body.starts_with("Appointment Confirmation: Maple Dental\n"));
}
