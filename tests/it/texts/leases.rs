//! Who works on a text: one node at a time, whoever is faster, and another one when it does not come back.

use std::time::Duration;

use tokio::join;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::Gateway;
use crate::harness::locks::{Held, until_waiting};
use crate::harness::patience::until_row;
use crate::texts::{book_into, booking, number, patient};

/// Texts that wait at once.
const MANY: usize = 20;

/// Books for so many patients while Twilio limits the rate, and lets the wait pass.
async fn leave_waiting(gateway: &Gateway) {
    let hours = [
        "9 AM", "9:30 AM", "10 AM", "10:30 AM", "11 AM", "11:30 AM", "1 PM", "1:30 PM", "2 PM",
        "2:30 PM",
    ];
    for n in 0..MANY {
        gateway.stand_in.fault_for(&number(n), Fault::RateLimited(None));
        let reply = gateway.call("demo", &booking(hours[n % 10]).from(&number(n))).await;
        assert_eq!((reply.outcome(), reply.sms()), ("booked", ("sending", None)), "{reply:?}");
    }
    gateway.execute("UPDATE sms_messages SET due_at = now()").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_send_each_text_once() {
    let one = patient()
        .set("GATEWAY__DATABASE__POOL_SIZE", 24)
        .set("GATEWAY__SMS__BATCH", 24)
        .start()
        .await;
    let two = patient().join(&one);
    leave_waiting(&one).await;
    let (by_one, by_two, again) = join!(one.step(), two.step(), one.step());
    assert_eq!(by_one + by_two + again, MANY, "each is claimed once");
    for n in 0..MANY {
        assert_eq!(one.stand_in.messages_to(&number(n)).len(), 1);
    }
    assert_eq!(one.count("sms_messages WHERE sms_status = 'sent'").await, 20);
    assert_eq!(
        one.count("sms_attempts").await,
        40,
        "one that was limited and one that was not, each"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_saw_the_same_text_due_claim_it_once() {
    let one = patient().start().await;
    let two = patient().join(&one);
    book_into(&one, Fault::RateLimited(None)).await;
    one.execute("UPDATE sms_messages SET due_at = now()").await;
    // Both have read that it is due when they come to claim it.
    let held = Held::writes_to(&one.database.url, "sms_messages").await;
    let release = async {
        until_waiting(&one.database.url, 2).await;
        held.release().await;
    };
    let (by_one, by_two, ()) = join!(one.step(), two.step(), release);
    assert_eq!(by_one + by_two, 1);
    assert_eq!(one.attempts().await, ["not_sent", "accepted"]);
    assert_eq!(one.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_as_large_as_configured() {
    let gateway = patient().set("GATEWAY__SMS__BATCH", 3).start().await;
    leave_waiting(&gateway).await;
    assert_eq!(gateway.step().await, 3);
    assert_eq!(gateway.stand_in.messages().len(), 3);
}

/// Books with a text whose answer takes `answer` to come, and does not wait for it.
async fn in_flight(answer: Duration) -> (Gateway, Gateway) {
    let one = patient().set("GATEWAY__SMS__REPLY_DEADLINE_MS", 200).start().await;
    let two = patient().join(&one);
    assert_eq!(book_into(&one, Fault::Slow(answer)).await.sms(), ("sending", None));
    until_row(&one.database.url, "SELECT 1 FROM sms_attempts").await;
    (one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_not_stolen_before_its_end() {
    let (one, two) = in_flight(Duration::from_secs(3)).await;
    assert_eq!(two.step_when_due().await, 0);
    assert_eq!(two.step().await, 0);
    until_row(&one.database.url, "SELECT 1 FROM sms_messages WHERE sms_status = 'sent'").await;
    assert_eq!(one.attempts().await, ["accepted"]);
    one.assert_settled("sent", None).await;
    assert_eq!(one.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_lease_with_an_attempt_is_looked_into_and_not_resent() {
    let (one, two) = in_flight(Duration::from_secs(3)).await;
    end_leases(&one).await;
    assert_eq!(two.step().await, 1);
    assert_eq!(two.attempts().await, ["unknown"]);
    assert!(two.due_in().await > 10.0, "Twilio's list is not read at once");
    // The first one was only slow: what it heard from Twilio counts.
    until_row(&one.database.url, "SELECT 1 FROM sms_messages WHERE sms_status = 'sent'").await;
    assert_eq!(one.attempts().await, ["accepted"]);
    one.assert_settled("sent", None).await;
    assert_eq!(one.stand_in.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_what_was_already_found_changes_nothing() {
    let (one, two) = in_flight(Duration::from_secs(3)).await;
    end_leases(&one).await;
    assert_eq!(two.step().await, 1);
    assert_eq!(two.step_when_due().await, 1, "found in the list, which knows it already");
    assert_eq!(two.state().await.0, "sent");
    let sid = two.text().await["twilio_message_sid"].clone();
    one.stop().await;
    assert_eq!(two.text().await["twilio_message_sid"], sid);
    assert_eq!(two.stand_in.messages().len(), 1);
    assert_eq!(two.count("sms_attempts").await, 1);
}

async fn end_leases(gateway: &Gateway) {
    let ended = "UPDATE sms_messages SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL";
    gateway.execute(ended).await;
}

/// Whatever is to be written about texts to this number is refused.
async fn spoil(gateway: &Gateway, table: &str, is_spoiled: &str) {
    gateway
        .execute(&format!(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF {is_spoiled} THEN RAISE 'spoiled'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER spoiled BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION spoil()"
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_worked_on_does_not_hold_up_the_others() {
    let gateway = patient().set("GATEWAY__SMS__BATCH", 1).start().await;
    leave_waiting(&gateway).await;
    let first = number(0);
    gateway
        .execute(&format!(
            "UPDATE sms_messages SET due_at = now() - interval '1 minute' WHERE to_phone = '{first}'"
        ))
        .await;
    let is_firsts = format!(
        "EXISTS (SELECT FROM sms_messages m WHERE m.org_id = NEW.org_id AND m.id = NEW.message_id \
         AND m.to_phone = '{first}')"
    );
    spoil(&gateway, "sms_attempts", &is_firsts).await;
    assert_eq!(gateway.step().await, 0, "a failure is no reason to look again at once");
    for n in 1..MANY {
        assert_eq!(gateway.step().await, 1, "{n}");
    }
    assert_eq!(gateway.stand_in.messages().len(), MANY - 1);
    // It is tried again when nobody can be at it any more.
    gateway.execute("DROP TRIGGER spoiled ON sms_attempts").await;
    assert_eq!(gateway.step().await, 0);
    gateway.execute("UPDATE sms_messages SET leased_until = now() - interval '1 second' WHERE leased_until > now()").await;
    assert_eq!(gateway.step().await, 1);
    assert_eq!(gateway.stand_in.messages_to(&first).len(), 1);
}
