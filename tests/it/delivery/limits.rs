//! Texts that are not sent: more than a day's, and to countries that the clinic does not text.

use futures_util::future::join_all;
use serde_json::json;
use vapi_gateway::domain::country;

use super::{CLINIC, book, patient, wish};

#[tokio::test(flavor = "multi_thread")]
async fn a_number_gets_no_more_than_its_texts_a_day() {
    let gateway = patient().start().await;
    gateway.execute("UPDATE organizations SET texts_per_number_per_day = 2").await;
    for n in 0..4 {
        let mut call = wish(n * 4);
        call.caller = Some(super::number(0));
        let reply = gateway.call(CLINIC, &call).await;
        let expected =
            if n < 2 { ("sent", None) } else { ("failed_but_booked", Some("limit_reached")) };
        assert_eq!((reply.outcome(), reply.sms()), ("booked", expected));
        if n == 2 {
            let said = "We have reached today's limit for texts: the confirmation text could not be sent, so none will come, but your appointment stands.";
            assert!(reply.spoken().contains(said), "{}", reply.spoken());
        }
    }
    assert_eq!(gateway.stand_in.messages().len(), 2);
    // Another number, another clinic, another day.
    assert_eq!(book(&gateway, 1, None).await.sms(), ("sent", None));
    gateway.execute("UPDATE sms_numbers_of_day SET day = day - 1").await;
    let mut call = wish(40);
    call.caller = Some(super::number(0));
    assert_eq!(gateway.call(CLINIC, &call).await.sms(), ("sent", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_texts_no_more_than_its_numbers_a_day() {
    let gateway = patient().start().await;
    gateway.execute("UPDATE organizations SET numbers_per_day = 2").await;
    for (n, expected) in
        [(0, "sent"), (1, "sent"), (2, "failed_but_booked"), (3, "failed_but_booked")]
    {
        assert_eq!(book(&gateway, n, None).await.sms().0, expected, "{n}");
    }
    let mut known = wish(8);
    known.caller = Some(super::number(1));
    assert_eq!(gateway.call(CLINIC, &known).await.sms(), ("sent", None), "no new number");
    gateway.execute("UPDATE organizations SET texts_per_number_per_day = 0").await;
    assert_eq!(book(&gateway, 12, None).await.sms().1, Some("limit_reached"), "none at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_at_once_do_not_exceed_it() {
    let gateway = patient().start().await;
    let other = patient().join(&gateway);
    gateway.execute("UPDATE organizations SET texts_per_number_per_day = 3").await;
    let calls = (0..10).map(|n| {
        let mut call = wish(n * 4);
        call.caller = Some(super::number(0));
        call
    });
    let calls: Vec<_> = calls.collect();
    let asked = calls.iter().enumerate().map(|(n, call)| {
        let node = if n.is_multiple_of(2) { &gateway } else { &other };
        node.call(CLINIC, call)
    });
    let replies = join_all(asked).await;
    let sent = replies.iter().filter(|reply| reply.sms() == ("sent", None)).count();
    assert_eq!(sent, 3);
    assert_eq!(gateway.stand_in.messages().len(), 3);
    assert_eq!(gateway.value("SELECT texts FROM sms_numbers_of_day").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_clinics_countries_are_texted() {
    let gateway = patient().start().await;
    let mut abroad = wish(0);
    abroad.caller = Some("+447400123456".to_owned());
    abroad.arguments["patient_phone"] = json!("+447400123456");
    let reply = gateway.call(CLINIC, &abroad).await;
    assert_eq!(reply.sms(), ("failed_but_booked", Some("country_not_allowed")), "{reply:?}");
    let said = "We do not text numbers of that country: the confirmation text could not be sent, so none will come, but your appointment stands.";
    assert!(reply.spoken().contains(said), "{}", reply.spoken());
    assert_eq!(gateway.count("sms_attempts").await, 0);
    gateway.execute("UPDATE organizations SET text_countries = '{GB,IE}'").await;
    abroad.tool_call_id = "call_again".to_owned();
    abroad.arguments["time"] = json!("3 PM");
    assert_eq!(gateway.call(CLINIC, &abroad).await.sms(), ("sent", None));
    assert_eq!(book(&gateway, 8, None).await.sms().1, Some("country_not_allowed"));
}

#[test]
fn a_number_has_the_country_of_its_plan() {
    let of = |number| country::of_number(number);
    assert_eq!(of("+12125550142").as_deref(), Some("US"));
    assert_eq!(of("+14165550142").as_deref(), Some("CA"));
    assert_eq!(of("+447400123456").as_deref(), Some("GB"));
    assert_eq!(of("+80012345678"), None);
    assert_eq!(of("nothing"), None);
    let some = ["US".to_owned(), "CA".to_owned()];
    assert!(country::is_texted("+14165550142", &some, "US"));
    assert!(!country::is_texted("+14165550142", &[], "US"));
    assert!(country::is_texted("+14165550142", &[], "CA"));
}
