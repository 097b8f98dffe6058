//! The day with 23 hours and the day with 25, at a clinic in New York that is open all night.

use serde_json::json;
use time::macros::{datetime, offset};

use super::{book, expected, night, nothing, search, wrong_quarters};
use crate::harness::vapi::book_appointment;

const SPRING: &str = "2027-03-14";
const AUTUMN: &str = "2026-11-01";
const BEFORE_SPRING: time::OffsetDateTime = datetime!(2027-03-12 15:00 UTC);
const BEFORE_AUTUMN: time::OffsetDateTime = datetime!(2026-10-30 15:00 UTC);

const ROWS: &str =
    "SELECT starts_at, ends_at, local_start, timezone FROM appointments ORDER BY starts_at";

#[tokio::test(flavor = "multi_thread")]
async fn the_day_with_23_hours_has_no_time_between_two_and_three() {
    let gateway = night("America/New_York", "US", BEFORE_SPRING).await;
    let mut all = expected(SPRING, "00:00", "02:00", offset!(-5));
    all.extend(nothing(120, 180));
    all.extend(expected(SPRING, "03:00", "24:00", offset!(-4)));
    assert_eq!(wrong_quarters(&gateway, SPRING, all).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_the_clocks_skip_is_a_question() {
    let gateway = night("America/New_York", "US", BEFORE_SPRING).await;
    let nothing = gateway.traces().await;
    for time in ["2 AM", "2:30 AM", "02:45"] {
        assert_eq!(
            book(&gateway, "Ada Sample", SPRING, time).await.outcome(),
            "question",
            "{time}"
        );
    }
    let reply = book(&gateway, "Ada Sample", SPRING, "2:30 AM").await;
    insta::assert_snapshot!(reply.spoken(), @"Today is Friday, March twelfth, twenty twenty-seven. The clocks go forward on Sunday, March fourteenth, skipping two thirty AM. What other time would you like?");
    let offset = json!({ "patient_name": "Ada Sample", "date": "2027-03-14T02:30:00-05:00" });
    assert_eq!(gateway.call("night", &book_appointment(offset)).await.outcome(), "question");
    assert_eq!(gateway.traces().await, nothing, "nothing was booked");
    for (name, time, at) in [
        ("Ada Sample", "1:45 AM", "2027-03-14T06:45:00Z"),
        ("Ben Sample", "3 AM", "2027-03-14T07:00:00Z"),
    ] {
        let reply = book(&gateway, name, SPRING, time).await;
        assert_eq!((reply.outcome(), reply.starts_at()), ("booked", at));
    }
    // Half an hour from a quarter to two ends at a quarter past three, and that is said by the wall.
    let texts: Vec<String> = gateway.stand_in.messages().into_iter().map(|m| m.body).collect();
    assert!(texts[0].contains("Date: March 14, 2027\nTime: 1:45 AM\n"), "{texts:?}");
    assert!(texts[1].contains("Date: March 14, 2027\nTime: 3:00 AM\n"), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_service_crosses_the_gap() {
    let gateway = night("America/New_York", "US", BEFORE_SPRING).await;
    let with_ada = async |name: &str, service: &str, time: &str| {
        let wish = json!({ "patient_name": name, "date": SPRING, "time": time, "service": service,
                           "provider": "Dr. Night" });
        gateway.call("night", &book_appointment(wish)).await
    };
    // Two hours from one: on the wall it ends at four, half an hour after that is kept free.
    assert_eq!(with_ada("Ada Sample", "operation", "1 AM").await.outcome(), "booked");
    insta::assert_json_snapshot!(gateway.rows(ROWS).await, @r#"
    [
      {
        "ends_at": "2027-03-14T08:00:00+00:00",
        "local_start": "2027-03-14T01:00:00",
        "starts_at": "2027-03-14T06:00:00+00:00",
        "timezone": "America/New_York"
      }
    ]
    "#);
    for (name, time, outcome) in [
        ("Ben Sample", "3 AM", "slot_taken"),
        ("Ben Sample", "4:15 AM", "slot_taken"),
        ("Ben Sample", "4:30 AM", "booked"),
        ("Cleo Sample", "12:15 AM", "booked"),
        ("Dora Sample", "12:30 AM", "slot_taken"),
    ] {
        assert_eq!(with_ada(name, "consultation", time).await.outcome(), outcome, "{time}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_with_25_hours_offers_no_time_twice() {
    let gateway = night("America/New_York", "US", BEFORE_AUTUMN).await;
    let mut all = expected(AUTUMN, "00:00", "01:00", offset!(-4));
    all.extend(nothing(60, 120));
    all.extend(expected(AUTUMN, "02:00", "24:00", offset!(-5)));
    assert_eq!(wrong_quarters(&gateway, AUTUMN, all).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doubled_hour_is_not_offered_even_if_it_is_all_that_is_left() {
    let gateway = night("America/New_York", "US", BEFORE_AUTUMN).await;
    gateway.fill("night", "2026-11-01T00:00-04", "2026-11-01T01:00-04").await;
    let reply = search(&gateway, json!({ "date": AUTUMN })).await;
    insta::assert_snapshot!(reply.spoken(), @"On Sunday, November first, I have two AM, one PM, or eleven forty-five PM. Which one suits you?");
    assert_eq!(reply.slots()[0].1, "2026-11-01T07:00:00Z");
    gateway.fill("night", "2026-11-01T02:00-05", "2026-11-02T00:00-05").await;
    let reply = search(&gateway, json!({ "date": AUTUMN })).await;
    assert_eq!(reply.outcome(), "offered");
    assert!(reply.spoken().starts_with("Nothing is free on Sunday, November first. On Monday,"));
    assert_eq!(reply.slots()[0].1, "2026-11-02T05:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_the_clocks_show_twice_is_a_question() {
    let gateway = night("America/New_York", "US", BEFORE_AUTUMN).await;
    let nothing = gateway.traces().await;
    for time in ["1 AM", "1:30 AM", "01:45"] {
        assert_eq!(
            book(&gateway, "Ada Sample", AUTUMN, time).await.outcome(),
            "question",
            "{time}"
        );
    }
    let reply = book(&gateway, "Ada Sample", AUTUMN, "1:30 AM").await;
    insta::assert_snapshot!(reply.spoken(), @"Today is Friday, October thirtieth, twenty twenty-six. The clocks go back on Sunday, November first, showing one thirty AM twice. What other time would you like?");
    assert_eq!(gateway.traces().await, nothing, "nothing was booked");
    // With the clinic's own offset there is one meaning each, an hour apart, and one provider for both.
    for (name, offset, at) in [
        ("Ada Sample", "-04:00", "2026-11-01T05:30:00Z"),
        ("Ben Sample", "-05:00", "2026-11-01T06:30:00Z"),
    ] {
        let date = format!("2026-11-01T01:30:00{offset}");
        let wish = json!({ "patient_name": name, "date": date, "provider": "Dr. Night" });
        let reply = gateway.call("night", &book_appointment(wish)).await;
        assert_eq!((reply.outcome(), reply.starts_at()), ("booked", at), "{}", reply.spoken());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_service_crosses_the_doubled_hour() {
    let gateway = night("America/New_York", "US", BEFORE_AUTUMN).await;
    let with_ada = async |name: &str, service: &str, time: &str| {
        let wish = json!({ "patient_name": name, "date": AUTUMN, "time": time, "service": service,
                           "provider": "Dr. Night" });
        gateway.call("night", &book_appointment(wish)).await
    };
    // Two hours from half past midnight: the second half past one; free again from two.
    assert_eq!(with_ada("Ada Sample", "operation", "12:30 AM").await.outcome(), "booked");
    insta::assert_json_snapshot!(gateway.rows(ROWS).await, @r#"
    [
      {
        "ends_at": "2026-11-01T06:30:00+00:00",
        "local_start": "2026-11-01T00:30:00",
        "starts_at": "2026-11-01T04:30:00+00:00",
        "timezone": "America/New_York"
      }
    ]
    "#);
    assert_eq!(with_ada("Ben Sample", "consultation", "12:15 AM").await.outcome(), "slot_taken");
    assert_eq!(with_ada("Ben Sample", "consultation", "2 AM").await.outcome(), "booked");
}

/// The whole of a 25-hour day counts for who has the fewest appointments, and no hour of its neighbors.
#[tokio::test(flavor = "multi_thread")]
async fn the_fewest_appointments_are_counted_over_25_hours() {
    let gateway = night("America/New_York", "US", BEFORE_AUTUMN).await;
    let with = async |name: &str, date: &str, time: &str, provider: &str| {
        let wish =
            json!({ "patient_name": name, "date": date, "time": time, "provider": provider });
        let reply = gateway.call("night", &book_appointment(wish)).await;
        assert_eq!(reply.outcome(), "booked", "{}", reply.spoken());
        reply.spoken().to_owned()
    };
    // The last half hour of the long day, 24.5 hours after its beginning.
    with("Ada Sample", AUTUMN, "11:30 PM", "Dr. Night").await;
    assert!(with("Ben Sample", AUTUMN, "9 AM", "").await.contains("Doctor Ben Day"));
    // The days before and after it: the first in the list again.
    with("Cleo Sample", "2026-10-31", "11:30 PM", "Dr. Night").await;
    assert!(with("Dora Sample", "2026-11-02", "9 AM", "").await.contains("Doctor Ada Night"));
}
