//! What somebody who lost the lease left behind: the next one reads it and repeats nothing. And what the
//! rows say of an answer that settled nothing.

use vapi_gateway::config::Config;
use vapi_gateway::twilio::stand_in::Fault;

use crate::texts::{book_into, patient};

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_heard_without_the_lease_is_not_asked_for_again() {
    for (code, status) in [(21610, "opted_out"), (21211, "failed_but_booked")] {
        let gateway = patient().start().await;
        book_into(&gateway, Fault::Reject { code, http_status: 400 }).await;
        // As if the lease had ended before the refusal was written: the row does not know of it.
        gateway.execute("UPDATE sms_messages SET sms_status = 'sending', sms_reason = NULL").await;
        assert_eq!(gateway.step_when_due().await, 1);
        gateway.assert_settled(status, Some(&format!("rejected_{code}"))).await;
        assert_eq!(gateway.attempts().await, ["rejected"]);
        assert_eq!(gateway.stand_in.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_settles_nothing_is_recorded_with_its_status() {
    let gateway = patient().start().await;
    book_into(&gateway, Fault::Status(503)).await;
    assert_eq!(gateway.attempts().await, ["unknown"]);
    assert_eq!(gateway.value("SELECT http_status FROM sms_attempts").await, 503);
}

#[test]
fn a_batch_does_not_take_more_connections_than_there_are() {
    let load = |batch: &str| {
        let set = [
            ("DATABASE_URL", "postgres://gateway:a-synthetic-password@127.0.0.1/gateway"),
            ("GATEWAY__VAULT__KEYS", crate::harness::gateway::VAULT_KEY),
            ("GATEWAY__DATABASE__POOL_SIZE", "4"),
            ("GATEWAY__SMS__BATCH", batch),
        ];
        Config::load(None, set.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())))
    };
    assert_eq!(load("4").expect("a configuration").sms.batch, 4);
    let faults: Vec<String> = load("5").expect_err("too many").lines().collect();
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("sms.batch must not be more than database.pool_size"));
}
