//! The breaker: a clinic whose account fails every text is paused, tried by one text, and no other clinic
//! notices.

use serde_json::{Value, json};
use vapi_gateway::twilio::stand_in::Fault;

use super::{CLINIC, book, number, patient, wish};
use crate::harness::gateway::Gateway;
use crate::harness::locks::Held;
use crate::harness::patience::until_row;

fn refused(code: u32, http_status: u16) -> Option<Fault> {
    Some(Fault::Reject { code, http_status })
}

/// `[account_failures, timeouts, is_paused, is_probed]` of the clinic's breaker.
async fn breaker(gateway: &Gateway) -> Value {
    let rows = gateway
        .rows(
            "SELECT jsonb_build_array(account_failures, timeouts, paused_until IS NOT NULL, \
             probe_until IS NOT NULL) AS state FROM sms_breakers",
        )
        .await;
    rows.first().map_or(Value::Null, |row| row["state"].clone())
}

/// Three refusals of the account.
async fn pause(gateway: &Gateway) {
    for n in 0..3 {
        let reply = book(gateway, n, refused(20003, 401)).await;
        assert_eq!(reply.sms(), ("failed_but_booked", Some("rejected_20003")));
    }
    assert_eq!(breaker(gateway).await, json!([3, 0, true, false]));
}

/// As if the pause had gone by.
async fn let_it_pass(gateway: &Gateway) {
    gateway.execute("UPDATE sms_breakers SET paused_until = now() - interval '1 second'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_the_account_counts_and_no_other() {
    let account = [20003, 20005, 20404, 21212, 21606, 21659, 21660, 21703, 21704, 21705];
    let gateway = patient().start().await;
    for (n, code) in account.into_iter().enumerate() {
        book(&gateway, n, refused(code, 400)).await;
        assert_eq!(breaker(&gateway).await[0], 1, "{code}");
        gateway.execute("DELETE FROM sms_breakers").await;
    }
    for (n, http_status) in [(10, 401), (11, 403)] {
        book(&gateway, n, Some(Fault::Html(http_status))).await;
        assert_eq!(breaker(&gateway).await[0], 1, "{http_status} without a code");
        gateway.execute("DELETE FROM sms_breakers").await;
    }
    for (n, code) in
        [21211, 21408, 21608, 21610, 21611, 21612, 21614, 21617].into_iter().enumerate()
    {
        book(&gateway, 20 + n, refused(code, 400)).await;
        assert_eq!(breaker(&gateway).await, Value::Null, "{code}");
    }
    book(&gateway, 30, Some(Fault::RateLimited(None))).await;
    book(&gateway, 31, Some(Fault::Status(500))).await;
    assert_eq!(breaker(&gateway).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_in_a_row_the_caller_hears_at_once_that_none_will_come() {
    let gateway = patient().start().await;
    pause(&gateway).await;
    let attempts = gateway.count("sms_attempts").await;
    let reply = book(&gateway, 3, None).await;
    assert_eq!(reply.sms(), ("failed_but_booked", Some("paused")));
    let said = "Our texts are not going out at the moment: the confirmation text could not be sent, so none will come, but your appointment stands.";
    assert!(reply.spoken().contains(said), "{}", reply.spoken());
    // Over another node, too, and after a restart: it is a row.
    let other = patient().join(&gateway);
    assert_eq!(other.call(CLINIC, &wish(4)).await.sms(), ("failed_but_booked", Some("paused")));
    assert_eq!(gateway.count("sms_attempts").await, attempts, "Twilio is not asked");
    // Another clinic, of the same account even, goes on.
    let mut elsewhere = wish(5);
    elsewhere.arguments["time"] = json!("10 AM");
    assert_eq!(gateway.call("demo", &elsewhere).await.sms(), ("sent", None));
    assert_eq!(gateway.count("sms_breakers").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_text_that_is_taken_ends_the_row() {
    let gateway = patient().start().await;
    for n in 0..6 {
        let fault = if n == 2 || n == 5 { None } else { refused(21606, 400) };
        book(&gateway, n, fault).await;
    }
    assert_eq!(breaker(&gateway).await, json!([0, 0, false, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_pause_one_text_tries_and_the_others_wait() {
    let gateway = patient().set("GATEWAY__SMS__REPLY_DEADLINE_MS", 1_000).start().await;
    pause(&gateway).await;
    let_it_pass(&gateway).await;
    // The one that tries hangs; whoever comes meanwhile is told that it is being tried.
    gateway.stand_in.fault_for(&number(10), Fault::Hang);
    assert_eq!(book(&gateway, 10, None).await.sms(), ("sending", None));
    assert_eq!(breaker(&gateway).await, json!([3, 0, true, true]));
    assert_eq!(book(&gateway, 11, None).await.sms(), ("sending", None));
    assert_eq!(gateway.stand_in.messages_to(&number(11)).len(), 0);
    // The time-out pauses again, and ends nothing for the one that waits.
    let paused = async || (breaker(&gateway).await == json!([3, 1, true, false])).then_some(());
    crate::harness::patience::eventually("the try has failed", paused).await;
    let waits =
        format!("sms_messages WHERE sms_status = 'sending' AND to_phone = '{}'", number(11));
    assert_eq!(gateway.count(&waits).await, 1);
    // It passes again, the next one is taken, and everybody goes on.
    let_it_pass(&gateway).await;
    assert_eq!(book(&gateway, 12, None).await.sms(), ("sent", None));
    assert_eq!(breaker(&gateway).await, json!([0, 0, false, false]));
    gateway.stand_in.clear_faults();
    gateway.later().await;
    assert_eq!(gateway.fate(11).await, json!(["sent", "queued"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_after_the_pause_pauses_again_and_a_number_that_is_none_does_not() {
    let gateway = patient().start().await;
    pause(&gateway).await;
    let_it_pass(&gateway).await;
    assert_eq!(book(&gateway, 10, refused(20003, 401)).await.sms().0, "failed_but_booked");
    assert_eq!(breaker(&gateway).await, json!([4, 0, true, false]));
    assert_eq!(book(&gateway, 11, None).await.sms(), ("failed_but_booked", Some("paused")));
    let_it_pass(&gateway).await;
    // Its own bad luck says nothing: the next one tries.
    book(&gateway, 12, refused(21211, 400)).await;
    assert_eq!(breaker(&gateway).await, json!([4, 0, true, false]));
    assert_eq!(book(&gateway, 13, None).await.sms(), ("sent", None));
    assert_eq!(breaker(&gateway).await, json!([0, 0, false, false]));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_time_outs_in_a_row_pause_and_retries_wait() {
    // Nothing listens there.
    let gateway = patient().set("GATEWAY__TWILIO__BASE_URL", "http://127.0.0.1:9").start().await;
    for n in 0..5 {
        assert_eq!(book(&gateway, n, None).await.sms(), ("sending", None));
    }
    assert_eq!(breaker(&gateway).await, json!([0, 5, true, false]));
    assert_eq!(book(&gateway, 5, None).await.sms(), ("failed_but_booked", Some("paused")));
    // What was begun waits for the end of the pause, without a try.
    assert_eq!(gateway.later().await, 5);
    assert_eq!(gateway.count("sms_attempts").await, 5);
    let waiting =
        "sms_messages WHERE sms_status = 'sending' AND due_at > now() + interval '30 seconds'";
    assert_eq!(gateway.count(waiting).await, 5);
    // Over a node that reaches Twilio all of them go out: one tries, the others follow.
    let_it_pass(&gateway).await;
    let better = patient().join(&gateway);
    for _ in 0..6 {
        better.later().await;
    }
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 5);
    assert_eq!(gateway.stand_in.messages().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_try_with_one_text() {
    let gateway = patient().set("GATEWAY__TWILIO__BASE_URL", "http://127.0.0.1:9").start().await;
    for n in 0..5 {
        book(&gateway, n, None).await;
    }
    let_it_pass(&gateway).await;
    let (one, two) = (patient().join(&gateway), patient().join(&gateway));
    gateway.stand_in.delay_all(std::time::Duration::from_secs(1));
    gateway.execute("UPDATE sms_messages SET due_at = now()").await;
    let (a, b) = tokio::join!(one.step(), two.step());
    assert!(a + b >= 5);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 1);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_slow_says_nothing_about_an_account() {
    // A tenth of a second is left between taking a text and writing to Twilio.
    let gateway = patient()
        .set("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", 100)
        .set("GATEWAY__TWILIO__TIMEOUT_MS", 200)
        .set("GATEWAY__SMS__LEASE_MS", 301)
        .start()
        .await;
    gateway.stand_in.always_for(&number(0), Fault::RateLimited(None));
    book(&gateway, 0, None).await;
    gateway.stand_in.clear_faults();
    gateway
        .execute(
            "DELETE FROM sms_breakers; UPDATE sms_messages SET due_at = now(), lease_token = NULL, leased_until = NULL",
        )
        .await;
    let held = Held::writes_to(&gateway.database.url, "sms_attempts").await;
    let too_late = async {
        let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                     AND wait_event_type = 'Lock' AND xact_start < clock_timestamp() - interval '0.15 seconds'";
        until_row(&gateway.database.url, waits).await;
        held.release().await;
    };
    let (worked, ()) = tokio::join!(gateway.step(), too_late);
    assert_eq!(worked, 1);
    let last = "SELECT outcome FROM sms_attempts ORDER BY number DESC LIMIT 1";
    assert_eq!(gateway.value(last).await, "not_sent");
    assert_eq!(gateway.stand_in.messages().len(), 0);
    assert_eq!(gateway.count("sms_breakers WHERE timeouts > 0").await, 0);
}
