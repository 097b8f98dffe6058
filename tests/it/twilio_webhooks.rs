//! The stand-in as the other half of Twilio: what it reports of a text, and how patiently it posts.
//! Everything is driven by hand and awaited. Texts from a phone are in `twilio_inbound.rs`.

use vapi_gateway::twilio::DeliveryStatus;
use vapi_gateway::twilio::signature::BadSignature;
use vapi_gateway::twilio::stand_in::{Course, StandIn};

use crate::harness::receiver::{Hit, Receiver, Then};
use crate::twilio_client::{ACCOUNT, CLINIC, PATIENT, SERVICE, TOKEN, stand_in};
use crate::twilio_stand_in::{get, messages_url, post};

/// Creates a text with this callback; returns its sid.
async fn create(twilio: &StandIn, callback: &str) -> String {
    let form = [("To", PATIENT), ("From", CLINIC), ("Body", "x"), ("StatusCallback", callback)];
    let (status, created) = post(twilio, &form).await;
    assert_eq!(status, 201, "{created}");
    created["sid"].as_str().expect("a sid").to_owned()
}

/// The statuses that were reported, in order.
fn reported(hits: &[Hit]) -> Vec<&str> {
    hits.iter().map(|hit| hit.param("MessageStatus").expect("a status")).collect()
}

async fn shown(twilio: &StandIn, sid: &str) -> (String, serde_json::Value) {
    let url = messages_url(twilio).replace("Messages.json", &format!("Messages/{sid}.json"));
    let (_, message) = get(&url).await;
    let (_, list) = get(&messages_url(twilio)).await;
    let listed = list["messages"].as_array().unwrap().iter().find(|m| m["sid"] == sid).unwrap();
    assert_eq!(*listed, message, "the list shows the same");
    (message["status"].as_str().unwrap().to_owned(), message["error_code"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_reported_as_sent_and_as_delivered_and_never_as_queued() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let address = format!("{}/twilio/maple/status/7?a=b%20c", receiver.url);
    let sid = create(&twilio, &format!("{address}#rc=2&rp=ct,rt,5xx")).await;
    assert_eq!(receiver.take(), [], "the answer told it");
    assert_eq!(shown(&twilio, &sid).await.0, "queued");
    assert_eq!(twilio.deliver(&sid).await, [Some(200), Some(200)]);
    let hits = receiver.take();
    assert_eq!(reported(&hits), ["sent", "delivered"]);
    for hit in &hits {
        assert_eq!(hit.url, address, "without the fragment");
        assert_eq!(hit.verify(TOKEN), Ok(()));
        assert_eq!(hit.verify("another"), Err(BadSignature::Mismatch));
        assert_eq!((hit.param("MessageSid"), hit.param("SmsSid")), (Some(&*sid), Some(&*sid)));
        assert_eq!(hit.param("SmsStatus"), hit.param("MessageStatus"));
        assert_eq!(hit.param("AccountSid"), Some(ACCOUNT));
        assert_eq!((hit.param("From"), hit.param("To")), (Some(CLINIC), Some(PATIENT)));
        assert_eq!(hit.param("ApiVersion"), Some("2010-04-01"));
        assert_eq!((hit.param("ErrorCode"), hit.param("MessagingServiceSid")), (None, None));
    }
    assert_ne!(hits[0].idempotency_token, hits[1].idempotency_token);
    assert_eq!(shown(&twilio, &sid).await, ("delivered".to_owned(), serde_json::Value::Null));

    let quiet = post(&twilio, &[("To", PATIENT), ("From", CLINIC), ("Body", "x")]).await.1;
    let answers = twilio.deliver(quiet["sid"].as_str().unwrap()).await;
    assert_eq!(answers, [None, None], "nobody asked for reports");
    let refused =
        [("To", PATIENT), ("From", CLINIC), ("Body", "x"), ("StatusCallback", "http://a_b.c")];
    assert_eq!(post(&twilio, &refused).await.1["code"], 21609);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_names_itself_and_then_a_number_of_its_pool() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let form = [
        ("To", PATIENT),
        ("MessagingServiceSid", SERVICE),
        ("Body", "x"),
        ("StatusCallback", &receiver.url),
    ];
    let (_, created) = post(&twilio, &form).await;
    assert_eq!((&created["status"], &created["num_segments"]), (&"accepted".into(), &"0".into()));
    assert_eq!(created["from"], serde_json::Value::Null);
    twilio.deliver(created["sid"].as_str().unwrap()).await;
    for hit in receiver.take() {
        assert_eq!(hit.param("MessagingServiceSid"), Some(SERVICE));
        assert_eq!(hit.param("From"), Some("+15005550006"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_fares_as_its_number_is_told_to() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let code = |code: u32| serde_json::Value::from(code);
    let none = serde_json::Value::Null;
    for (course, reports, status, error_code) in [
        (Course::OutOfOrder, vec!["delivered", "sent"], "delivered", none.clone()),
        (Course::Lost, vec![], "delivered", none.clone()),
        (Course::Twice, vec!["sent", "sent", "delivered", "delivered"], "delivered", none.clone()),
        (Course::Undelivered(30003), vec!["sent", "undelivered"], "undelivered", code(30003)),
        (Course::Failed(30034), vec!["failed"], "failed", code(30034)),
        (Course::Delivered, vec!["sent", "delivered"], "delivered", none.clone()),
    ] {
        twilio.deliver_as(PATIENT, course);
        let sid = create(&twilio, &receiver.url).await;
        twilio.deliver(&sid).await;
        let hits = receiver.take();
        assert_eq!(reported(&hits), reports, "{course:?}");
        let last = hits.last().and_then(|hit| hit.param("ErrorCode")).map(str::to_owned);
        assert_eq!(last, error_code.as_u64().map(|code| code.to_string()), "{course:?}");
        assert_eq!(shown(&twilio, &sid).await, (status.to_owned(), error_code), "{course:?}");
        let remembered = twilio.messages().pop().unwrap().reports;
        assert_eq!(remembered.len(), hits.len());
    }
    twilio.deliver_as(PATIENT, Course::Lost);
    assert_eq!(twilio.habits_of(PATIENT), (None, Course::Lost));
    twilio.clear_habits_of(PATIENT);
    assert_eq!(twilio.habits_of(PATIENT), (None, Course::Delivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_by_hand_says_what_it_is_told_and_undoes_nothing() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let sid = create(&twilio, &receiver.url).await;
    receiver.then_status(404);
    let answer = twilio.report(&sid, DeliveryStatus::Undelivered, Some(30005)).await;
    assert_eq!(answer, Some(404));
    assert_eq!(twilio.report(&sid, DeliveryStatus::Sending, None).await, Some(200));
    let hits = receiver.take();
    assert_eq!(reported(&hits), ["undelivered", "sending"]);
    assert_eq!(hits[0].param("ErrorCode"), Some("30005"));
    assert_eq!(shown(&twilio, &sid).await, ("undelivered".to_owned(), 30005.into()));
    assert_eq!(twilio.report("SM0", DeliveryStatus::Sent, None).await, None);
}

/// The fragment, how the tries are answered, what comes of it, and how many tries there were.
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_tried_again_where_its_fragment_asks_for_it() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    for (fragment, answers, outcome, tries) in [
        ("", vec![500], Some(500), 1),
        ("#rc=2&rp=ct,rt,5xx", vec![500, 503, 200], Some(200), 3),
        ("#rc=2&rp=ct,rt,5xx", vec![500, 503, 502, 200], Some(502), 3),
        ("#rc=2&rp=ct,rt,5xx", vec![404, 200], Some(404), 1),
        ("#rc=1&rp=4xx", vec![404, 200], Some(200), 2),
        ("#rc=9&rp=all", vec![500, 404, 500, 404, 500, 404, 200], Some(404), 6),
        ("#rc=0&rp=all", vec![500, 200], Some(500), 1),
    ] {
        let sid = create(&twilio, &format!("{}/{fragment}", receiver.url)).await;
        answers.iter().for_each(|status| receiver.then_status(*status));
        assert_eq!(twilio.report(&sid, DeliveryStatus::Sent, None).await, outcome, "{fragment}");
        let hits = receiver.take();
        assert_eq!(hits.len(), tries, "{fragment} {answers:?}");
        assert!(hits.iter().all(|hit| *hit == hits[0]), "one token, one signature");
        receiver.forget();
    }
    let sid = create(&twilio, &format!("{}/#rc=1&rp=rt&rt=100", receiver.url)).await;
    receiver.then(Then::Never);
    assert_eq!(twilio.report(&sid, DeliveryStatus::Sent, None).await, Some(200));
    assert_eq!(receiver.take().len(), 2, "not answered, then answered");
    let nobody = create(&twilio, "http://127.0.0.1:9/#rc=2").await;
    assert_eq!(twilio.report(&nobody, DeliveryStatus::Sent, None).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_delivered_without_being_told_to_where_that_is_asked_for() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    twilio.deliver_by_itself(std::time::Duration::from_millis(1));
    twilio.deliver_as(PATIENT, Course::Late(std::time::Duration::from_millis(1)));
    let sid = create(&twilio, &receiver.url).await;
    crate::harness::run::until("it is delivered", async || {
        shown(&twilio, &sid).await.0 == "delivered" && twilio.messages()[0].reports.len() == 2
    })
    .await;
    assert_eq!(reported(&receiver.take()), ["sent", "delivered"]);
}
