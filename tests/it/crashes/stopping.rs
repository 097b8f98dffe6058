//! SIGTERM: what is in flight is finished, within a bound, and the exit code says so.

use std::time::{Duration, Instant};

use tokio::join;
use vapi_gateway::twilio::stand_in::Fault;

use crate::crashes::{Place, post, wish};
use crate::harness::gateway::{ask, client};
use crate::harness::locks::{Held, until_waiting};
use crate::harness::patience::until;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    let url = process.url.clone();
    let held = Held::writes_to(&place.database.url, "provider_days").await;
    let answer = post(&process, &wish());
    until_waiting(&place.database.url, 1).await;
    let release = async {
        until("nobody new is let in", async || !is_ready(&url).await).await;
        held.release().await;
    };
    let ((code, log), ()) = join!(process.terminate(), release);
    assert_eq!(code, Some(0), "{log:#?}");
    let answer = answer.await.expect("a task").expect("an answer");
    let metadata = &answer["results"][0]["metadata"];
    assert_eq!(metadata["outcome"], "booked", "{answer}");
    assert_eq!(metadata["sms_status"], "sent");
    place.assert_booked_and_texted_once().await;
    assert!(log.last().is_some_and(|line| line.contains("Stopped")), "{log:#?}");
}

/// Whether a load balancer would send requests there: 200, and no other answer or none.
async fn is_ready(url: &str) -> bool {
    let answer = client().get(format!("{url}/ready")).send().await;
    answer.is_ok_and(|answer| answer.status() == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_in_flight_is_finished() {
    let place = Place::new().await;
    let patient = [
        ("GATEWAY__TWILIO__TIMEOUT_MS", "20000"),
        ("GATEWAY__SMS__LEASE_MS", "31000"),
        ("GATEWAY__SMS__REPLY_DEADLINE_MS", "100"),
    ];
    let process = place.serve(&patient).await;
    assert!(is_ready(&process.url).await);
    place.twilio.script(Fault::Slow(Duration::from_secs(3)));
    let reply = ask(&process.url, "night", &wish()).await;
    assert_eq!(reply.sms(), ("sending", None));
    let (code, log) = process.terminate().await;
    assert_eq!(code, Some(0), "{log:#?}");
    // Without waiting any further.
    place.assert_booked_and_texted_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_is_left_to_the_next_one() {
    let place = Place::new().await;
    let bounded = [
        ("GATEWAY__TWILIO__TIMEOUT_MS", "200000"),
        ("GATEWAY__SMS__LEASE_MS", "301000"),
        ("GATEWAY__SMS__REPLY_DEADLINE_MS", "100"),
        ("GATEWAY__SERVER__SHUTDOWN_MS", "1000"),
    ];
    let process = place.serve(&bounded).await;
    place.twilio.script(Fault::CreatedThenHang);
    assert_eq!(ask(&process.url, "night", &wish()).await.sms(), ("sending", None));
    let began = Instant::now();
    let (code, log) = process.terminate().await;
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    assert_eq!(code, Some(0), "{log:#?}");
    let last = log.last().expect("a last line");
    assert!(last.contains("work in flight"), "{last}");
    let ended = "UPDATE sms_messages SET leased_until = now() - interval '1 second'";
    crate::harness::rows::execute(&place.database.url, ended).await;
    let next = place.serve(&[]).await;
    place.until_sent().await;
    place.assert_booked_and_texted_once().await;
    assert_eq!(next.terminate().await.0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_one_stops_at_once() {
    let place = Place::new().await;
    let process = place.serve(&[]).await;
    let began = Instant::now();
    let (code, log) = process.terminate().await;
    assert_eq!(code, Some(0), "{log:#?}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
