//! Two of a family: one number, one time, two dentists. Without links two texts read the same, and with
//! them each names its own: each gets its own, and no entry of Twilio's list stands for both.

use std::time::Duration;

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::{Gateway, Setup};
use crate::harness::locks::{Held, until_waiting};
use crate::harness::patience::until_row;
use crate::harness::vapi::{Reply, ToolCall};
use crate::texts::{booking, patient, unlinked};

fn of(name: &str) -> ToolCall {
    let mut call = booking("9:30 AM");
    call.arguments["patient_name"] = json!(name);
    call
}

async fn book(gateway: &Gateway, name: &str, fault: Fault) -> Reply {
    gateway.stand_in.script(fault);
    let reply = gateway.call("demo", &of(name)).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    reply
}

/// Steps until both are settled, as if the time between the steps had passed.
async fn settle(gateway: &Gateway) {
    for _ in 0..12 {
        if gateway.count("sms_messages WHERE sms_status = 'sending'").await == 0 {
            return;
        }
        gateway.step_when_due().await;
    }
    panic!("not settled: {:?}", gateway.rows("SELECT * FROM sms_messages").await);
}

/// Two texts, two sids, the same words.
async fn assert_each_has_its_own(gateway: &Gateway) {
    let texts = gateway.stand_in.messages();
    assert_eq!(texts.len(), 2);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 2);
    let sids = "SELECT count(DISTINCT twilio_message_sid) FROM sms_messages";
    assert_eq!(gateway.value(sids).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_the_others_is_not_adopted() {
    for setup in [patient(), unlinked()] {
        let gateway = setup.start().await;
        assert_eq!(book(&gateway, "Ada Sample", Fault::Slow(Duration::ZERO)).await.sms().0, "sent");
        assert_eq!(book(&gateway, "Ben Sample", Fault::ResetBefore).await.sms().0, "sending");
        settle(&gateway).await;
        assert_eq!(gateway.count("audit_log WHERE action = 'text_resent'").await, 1);
        assert_each_has_its_own(&gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_unknown_ones_that_were_created_are_both_found() {
    for setup in [patient(), unlinked()] {
        let gateway = setup.start().await;
        book(&gateway, "Ada Sample", Fault::ResetAfter).await;
        book(&gateway, "Ben Sample", Fault::Garbage).await;
        settle(&gateway).await;
        assert_eq!(gateway.count("audit_log WHERE action = 'text_resent'").await, 0);
        assert_each_has_its_own(&gateway).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_look_at_once_do_not_adopt_the_same_one() {
    let gateway = unlinked().start().await;
    book(&gateway, "Ada Sample", Fault::ResetAfter).await;
    book(&gateway, "Ben Sample", Fault::ResetBefore).await;
    // Both have found the one text that there is when they come to say so.
    let held = Held::writes_to(&gateway.database.url, "sms_attempts").await;
    let release = async {
        until_waiting(&gateway.database.url, 2).await;
        held.release().await;
    };
    let (worked, ()) = tokio::join!(gateway.step_when_due(), release);
    assert_eq!(worked, 2);
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 1);
    assert_eq!(gateway.count("sms_messages WHERE lease_token IS NOT NULL").await, 0);
    settle(&gateway).await;
    assert_each_has_its_own(&gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_adopted_from_under_its_own_sender_is_given_back_in_kind() {
    let setup = unlinked().set("GATEWAY__SMS__REPLY_DEADLINE_MS", 200);
    let gateway = setup.start().await;
    book(&gateway, "Ben Sample", Fault::ResetBefore).await;
    let slow = book(&gateway, "Ada Sample", Fault::Slow(Duration::from_secs(3))).await;
    assert_eq!(slow.sms().0, "sending");
    let listed = async || gateway.stand_in.messages().len() == 1;
    crate::harness::patience::until("it is in Twilio's list", listed).await;
    // Ben's look finds Ada's text, whose answer is still under way.
    gateway.execute("UPDATE sms_messages SET due_at = now() WHERE lease_token IS NULL").await;
    gateway.step().await;
    let no_lease = "SELECT 1 FROM sms_messages HAVING count(lease_token) = 0";
    until_row(&gateway.database.url, no_lease).await;
    settle(&gateway).await;
    assert_each_has_its_own(&gateway).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_clinics_text_is_not_adopted_either() {
    // The same account at two clinics, the same name and time, the same patient.
    let twin = crate::harness::clinics::MAPLE.replace("slug = \"demo\"", "slug = \"twin\"");
    let gateway: Gateway = add(patient(), twin).start().await;
    gateway.stand_in.script(Fault::ResetBefore);
    assert_eq!(gateway.call("demo", &of("Ada Sample")).await.sms().0, "sending");
    assert_eq!(gateway.call("twin", &of("Ada Sample")).await.sms().0, "sent");
    settle(&gateway).await;
    assert_eq!(gateway.count("sms_messages WHERE sms_status = 'sent'").await, 2);
}

fn add(setup: Setup, clinic: String) -> Setup {
    setup.clinic(clinic)
}
