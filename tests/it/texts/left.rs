//! What somebody who lost the lease left behind: the next one reads it and repeats nothing. And what the
//! rows say of an answer that settled nothing.

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::cluster::connect;
use crate::harness::patience::until_waiting_for_locks;
use crate::harness::vapi::{CALLER, book_appointment, check_availability};
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

/// However many texts are due, and however long their transactions take, calls find a connection.
#[tokio::test(flavor = "multi_thread")]
async fn texts_that_are_due_do_not_take_the_calls_connections() {
    let gateway = patient().set("GATEWAY__DATABASE__POOL_SIZE", 2).start().await;
    gateway.stand_in.always_for(CALLER, Fault::RateLimited(None));
    for time in ["9 AM", "10 AM", "11 AM"] {
        let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": time });
        assert_eq!(gateway.call("demo", &book_appointment(wish)).await.outcome(), "booked");
    }
    gateway.execute("UPDATE sms_messages SET due_at = now()").await;
    let client = connect(&gateway.database.url).await;
    client.batch_execute("BEGIN; SELECT FROM sms_messages FOR UPDATE").await.unwrap();
    let asked = async {
        until_waiting_for_locks(&gateway.database.url, 1).await;
        let reply = gateway.call("demo", &check_availability(json!({}))).await;
        client.batch_execute("COMMIT").await.unwrap();
        reply
    };
    let (worked, reply) = tokio::join!(gateway.step(), asked);
    assert_eq!((worked, reply.outcome()), (3, "offered"));
}
