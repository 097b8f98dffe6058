//! Texts of which nobody knows whether they were created, each fault in both ways: created, it is found
//! in Twilio's list; not created, it is sent once more.

use serde_json::Value;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::Gateway;
use crate::harness::vapi::Reply;
use crate::texts::{Claim, booking, number, patient};

/// What happens to the text, and whether it was created all the same.
const FAULTS: [(Fault, bool); 8] = [
    (Fault::Status(500), false),
    (Fault::CreatedThen(503), true),
    (Fault::Status(302), false),
    (Fault::ResetBefore, false),
    (Fault::ResetAfter, true),
    (Fault::Garbage, true),
    (Fault::Html(200), false),
    (Fault::Html(502), false),
];

const TIMES: [&str; 8] = ["9 AM", "9:30 AM", "10 AM", "10:30 AM", "11 AM", "1 PM", "2 PM", "3 PM"];

#[tokio::test(flavor = "multi_thread")]
async fn every_unknown_outcome_ends_in_one_text() {
    let gateway = patient().start().await;
    for (n, (fault, created)) in FAULTS.into_iter().enumerate() {
        gateway.stand_in.fault_for(&number(n), fault);
        let reply = gateway.call("demo", &booking(TIMES[n]).from(&number(n))).await;
        assert_eq!(reply.outcome(), "booked");
        assert_eq!(reply.sms(), ("sending", None), "{fault:?}");
        assert_eq!(Claim::of(&reply), Claim::StillTrying, "{fault:?}");
        assert_eq!(
            gateway.stand_in.messages_to(&number(n)).len(),
            usize::from(created),
            "{fault:?}"
        );
        assert_eq!(of(&gateway, n, "a.outcome").await, ["unknown"], "{fault:?}");
    }
    let lost = FAULTS.iter().filter(|(_, created)| !created).count();
    assert_eq!(gateway.step().await, 0, "nobody looks before it can be seen");
    first_look(&gateway, lost).await;
    second_look(&gateway, lost).await;
    for (n, (fault, _)) in FAULTS.into_iter().enumerate() {
        let texts = gateway.stand_in.messages_to(&number(n));
        assert_eq!(texts.len(), 1, "{fault:?}");
        assert_eq!(
            of(&gateway, n, "m.twilio_message_sid").await.last(),
            Some(&Value::from(texts[0].sid.clone()))
        );
        assert_eq!(of(&gateway, n, "m.delivery_status").await.last(), Some(&Value::from("queued")));
    }
    assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 8);
    assert_eq!(gateway.step_when_due().await, 0);
}

/// Finds what was created; what was not is left for a second look.
async fn first_look(gateway: &Gateway, lost: usize) {
    let before = gateway.stand_in.messages().len();
    assert_eq!(gateway.step_when_due().await, FAULTS.len());
    assert_eq!(gateway.stand_in.messages().len(), before, "looking sends nothing");
    for (n, (fault, created)) in FAULTS.into_iter().enumerate() {
        let (status, outcome) = if created { ("sent", "accepted") } else { ("sending", "unknown") };
        assert_eq!(of(gateway, n, "m.sms_status").await, [status], "{fault:?}");
        assert_eq!(of(gateway, n, "a.outcome").await, [outcome], "{fault:?}");
        assert_eq!(of(gateway, n, "a.looks").await, [i64::from(!created)], "{fault:?}");
    }
    assert_eq!(gateway.step().await, 0, "two looks lie apart");
    let far =
        "sms_messages WHERE sms_status = 'sending' AND due_at - now() > interval '30 seconds'";
    assert_eq!(gateway.count(far).await, i64::try_from(lost).unwrap());
}

/// Does not find the rest again, and sends it once more.
async fn second_look(gateway: &Gateway, lost: usize) {
    assert_eq!(gateway.step_when_due().await, lost);
    assert_eq!(gateway.step().await, lost, "the resend is due at once");
    let lost = i64::try_from(lost).unwrap();
    assert_eq!(
        gateway.count("audit_log WHERE action = 'text_resent' AND actor = 'worker'").await,
        lost
    );
    assert_eq!(gateway.count("sms_messages WHERE resent").await, lost);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 8);
    for (n, (fault, created)) in FAULTS.into_iter().enumerate() {
        let outcomes: &[&str] = if created { &["accepted"] } else { &["unknown", "accepted"] };
        assert_eq!(of(gateway, n, "a.outcome").await, outcomes, "{fault:?}");
    }
}

/// A column of the attempts on one patient's text, in order.
async fn of(gateway: &Gateway, n: usize, column: &str) -> Vec<Value> {
    let rows = gateway
        .rows(&format!(
            "SELECT {column} AS it FROM sms_messages AS m \
             JOIN sms_attempts AS a ON a.org_id = m.org_id AND a.message_id = m.id \
             WHERE m.to_phone = '{}' ORDER BY a.number",
            number(n)
        ))
        .await;
    rows.iter().map(|row| row["it"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_again_the_status_is_the_present_one() {
    let gateway = patient().start().await;
    gateway.stand_in.script(Fault::ResetAfter);
    let ask = async || -> Reply { gateway.call("demo", &booking("9:30 AM")).await };
    assert_eq!(Claim::of(&ask().await), Claim::StillTrying);
    let meanwhile = ask().await;
    assert_eq!((meanwhile.outcome(), meanwhile.sms()), ("already_booked", ("sending", None)));
    assert_eq!(gateway.step_when_due().await, 1);
    let later = ask().await;
    assert_eq!((later.outcome(), later.sms()), ("already_booked", ("sent", None)));
    assert_eq!(Claim::of(&later), Claim::Sent);
    assert_eq!(gateway.stand_in.messages().len(), 1);
}
