//! UTC, a half-hour zone, the southern half of the earth, a day that begins at one; midnight, the end of
//! the year, and the last day that can be booked.

use serde_json::json;
use time::macros::{datetime, offset};

use super::{book, expected, night, nothing, search, wrong_quarters};
use crate::harness::gateway::NOW;
use crate::harness::vapi::book_appointment;

const ROWS: &str =
    "SELECT starts_at, ends_at, local_start, timezone FROM appointments ORDER BY starts_at";

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_in_utc() {
    let gateway = night("UTC", "US", NOW).await;
    assert_eq!(
        wrong_quarters(
            &gateway,
            "2027-03-14",
            expected("2027-03-14", "00:00", "24:00", offset!(UTC))
        )
        .await,
        []
    );
    let reply = book(&gateway, "Ada Sample", "2026-11-24T02:30:00Z", "").await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-11-24T02:30:00Z"));
    insta::assert_snapshot!(reply.spoken(), @"That is booked: Tuesday, November twenty-fourth at two thirty AM with Doctor Ada Night. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_half_an_hour_off() {
    // Half past eight in the evening in India.
    let gateway = night("Asia/Kolkata", "IN", NOW).await;
    assert_eq!(
        wrong_quarters(
            &gateway,
            "2026-11-25",
            expected("2026-11-25", "00:00", "24:00", offset!(+5:30))
        )
        .await,
        []
    );
    // The caller's number is not of the clinic's country.
    gateway.execute("UPDATE organizations SET text_countries = '{IN,US}'").await;
    let reply = book(&gateway, "Ada Sample", "tomorrow", "2:30 PM").await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-11-24T09:00:00Z"));
    assert!(
        gateway.stand_in.messages()[0].body.contains("Date: November 24, 2026\nTime: 2:30 PM\n")
    );
    // Just after midnight here is still the day before in UTC, whose rows are locked.
    let reply = book(&gateway, "Ben Sample", "2026-11-25", "12:15 AM").await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-11-24T18:45:00Z"));
    assert_eq!(gateway.count("provider_days WHERE day = '2026-11-24' AND revision > 0").await, 1);
    insta::assert_json_snapshot!(gateway.rows(ROWS).await, @r#"
    [
      {
        "ends_at": "2026-11-24T09:30:00+00:00",
        "local_start": "2026-11-24T14:30:00",
        "starts_at": "2026-11-24T09:00:00+00:00",
        "timezone": "Asia/Kolkata"
      },
      {
        "ends_at": "2026-11-24T19:15:00+00:00",
        "local_start": "2026-11-25T00:15:00",
        "starts_at": "2026-11-24T18:45:00+00:00",
        "timezone": "Asia/Kolkata"
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_in_the_south() {
    // Two in the night of Tuesday in Sydney: today is not the day that it is in New York.
    let gateway = night("Australia/Sydney", "AU", NOW).await;
    let reply = book(&gateway, "Ada Sample", "tomorrow", "").await;
    insta::assert_snapshot!(reply.spoken(), @"Today is Tuesday, November twenty-fourth, twenty twenty-six. What exact time would you like on Wednesday, November twenty-fifth?");
    let reply = book(&gateway, "Ada Sample", "tomorrow", "2:30 PM").await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-11-25T03:30:00Z"));
    // The clocks go back in April: eleven hours ahead before, ten after.
    let mut all = expected("2027-04-04", "00:00", "02:00", offset!(+11));
    all.extend(nothing(120, 180));
    all.extend(expected("2027-04-04", "03:00", "24:00", offset!(+10)));
    assert_eq!(wrong_quarters(&gateway, "2027-04-04", all).await, []);
    let doubled = book(&gateway, "Ben Sample", "2027-04-04", "2:30 AM").await;
    insta::assert_snapshot!(doubled.spoken(), @"Today is Tuesday, November twenty-fourth, twenty twenty-six. The clocks go back on Sunday, April fourth, twenty twenty-seven, showing two thirty AM twice. What other time would you like?");
    // And forward in October.
    let mut all = expected("2027-10-03", "00:00", "02:00", offset!(+10));
    all.extend(nothing(120, 180));
    all.extend(expected("2027-10-03", "03:00", "24:00", offset!(+11)));
    assert_eq!(wrong_quarters(&gateway, "2027-10-03", all).await, []);
    let skipped = book(&gateway, "Ben Sample", "2027-10-03", "2:30 AM").await;
    assert_eq!(skipped.outcome(), "question");
    assert_eq!(gateway.count("appointments").await, 1);
}

/// Where the clocks go forward at midnight, the day begins at one.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_midnight() {
    let gateway = night("America/Santiago", "CL", datetime!(2026-09-03 15:00 UTC)).await;
    let mut all = nothing(0, 60);
    all.extend(expected("2026-09-06", "01:00", "24:00", offset!(-3)));
    assert_eq!(wrong_quarters(&gateway, "2026-09-06", all).await, []);
    let reply = search(&gateway, json!({ "date": "2026-09-06" })).await;
    assert_eq!(reply.slots()[0].1, "2026-09-06T04:00:00Z");
    // An hour and three quarters across the missing midnight.
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-09-05", "time": "11:45 PM", "service": "operation" });
    let reply = gateway.call("night", &book_appointment(wish)).await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-09-06T03:45:00Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn midnight_is_crossed() {
    let gateway = night("America/New_York", "US", NOW).await;
    let with_ada = async |name: &str, date: &str, time: &str, service: &str| {
        let wish = json!({ "patient_name": name, "date": date, "time": time, "service": service, "provider": "Ada" });
        gateway.call("night", &book_appointment(wish)).await
    };
    let late = with_ada("Ada Sample", "2026-11-24", "11:30 PM", "operation").await;
    assert_eq!((late.outcome(), late.starts_at()), ("booked", "2026-11-25T04:30:00Z"));
    // It runs into Wednesday until half past one, and half an hour more is kept free.
    for (name, time, outcome) in [
        ("Ben Sample", "00:00", "slot_taken"),
        ("Ben Sample", "12:45 AM", "slot_taken"),
        ("Ben Sample", "1:45 AM", "slot_taken"),
        ("Ben Sample", "2 AM", "booked"),
    ] {
        assert_eq!(with_ada(name, "2026-11-25", time, "").await.outcome(), outcome, "{time}");
    }
    let reply = search(&gateway, json!({ "date": "2026-11-25", "provider": "Ada" })).await;
    insta::assert_snapshot!(reply.spoken(), @"On Wednesday, November twenty-fifth, I have two thirty AM, one fifteen PM, or eleven forty-five PM with Doctor Ada Night. Which one suits you?");
    let midnight = book(&gateway, "Cleo Sample", "2026-11-25", "00:00").await;
    assert_eq!((midnight.outcome(), midnight.starts_at()), ("booked", "2026-11-25T05:00:00Z"));
    insta::assert_snapshot!(midnight.spoken(), @"That is booked: Wednesday, November twenty-fifth at midnight with Doctor Ben Day. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
    // Said as a word, it belongs to two days.
    let word = book(&gateway, "Dora Sample", "2026-11-25", "midnight").await;
    insta::assert_snapshot!(word.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. Do you mean twelve AM as Wednesday, November twenty-fifth begins, or the midnight that ends it?");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_ends() {
    let gateway = night("America/New_York", "US", NOW).await;
    let old = book(&gateway, "Ada Sample", "December 31st", "11:45 PM").await;
    assert_eq!((old.outcome(), old.starts_at()), ("booked", "2027-01-01T04:45:00Z"));
    assert!(
        gateway.stand_in.messages()[0].body.contains("Date: December 31, 2026\nTime: 11:45 PM\n")
    );
    let new = book(&gateway, "Ben Sample", "January 1st", "12 AM").await;
    assert_eq!((new.outcome(), new.starts_at()), ("booked", "2027-01-01T05:00:00Z"));
    insta::assert_snapshot!(new.spoken(), @"That is booked: Friday, January first, twenty twenty-seven at midnight with Doctor Ben Day. I have sent a confirmation text to the number ending in zero one four two. Is there anything else?");
    let reply = search(&gateway, json!({ "date": "New Year's Eve" })).await;
    assert!(["question", "offered"].contains(&reply.outcome()), "{}", reply.spoken());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_day_that_can_be_booked() {
    let gateway = night("America/New_York", "US", NOW).await;
    // Four hundred days from today; the last start may run into the day after.
    let wish = json!({ "patient_name": "Ada Sample", "date": "2027-12-28", "time": "11:45 PM", "service": "operation" });
    let reply = gateway.call("night", &book_appointment(wish)).await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2027-12-29T04:45:00Z"));
    let beyond = book(&gateway, "Ben Sample", "2027-12-29", "12 AM").await;
    assert_eq!(beyond.outcome(), "question");
    insta::assert_snapshot!(beyond.spoken(), @"Today is Monday, November twenty-third, twenty twenty-six. We book only until Tuesday, December twenty-eighth, twenty twenty-seven. Which earlier day would suit you?");
    let beyond = search(&gateway, json!({ "date": "2027-12-29" })).await;
    assert_eq!(beyond.outcome(), "question");
    let last = search(&gateway, json!({ "date": "2027-12-28", "time": "11:45 PM" })).await;
    assert_eq!(last.slots().last().map(|s| s.1.as_str()), Some("2027-12-29T04:45:00Z"));
    assert_eq!(gateway.count("appointments").await, 1);
}
