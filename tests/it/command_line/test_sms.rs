//! `org test-sms`: each way a first text can go, told step by step, by the real command.

use std::time::Duration;

use vapi_gateway::twilio::stand_in::{Course, Fault};

use crate::harness::clinics::{TWILIO_AUTH_TOKEN, TWILIO_NUMBER};
use crate::harness::gateway::{Gateway, settings};
use crate::harness::run::{Ran, Run};

const PHONE: &str = "+12125550142";

/// Tells each step one after the other, so that none is missed.
const STEP: Duration = Duration::from_millis(10);

async fn test_sms(gateway: &Gateway, arguments: &[&str]) -> Ran {
    let command = [&["org", "test-sms"], arguments].concat();
    let settings = settings(&gateway.database.url, gateway.stand_in.base_url(), &[]);
    settings.iter().fold(Run::new(&command), |run, (k, v)| run.env(k, v)).output().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_followed_until_it_has_arrived() {
    let gateway = Gateway::unhurried().await;
    gateway.stand_in.deliver_by_itself(STEP);
    let ran = test_sms(&gateway, &["demo", "--to", PHONE]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let sent = gateway.stand_in.messages_to(PHONE);
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].body,
        "Maple Dental: this is a test of our appointment texts.\nReply STOP to opt out."
    );
    assert!(ran.out.contains(&format!("Twilio took it as {}.", sent[0].sid)), "{}", ran.out);
    assert!(ran.out.ends_with("It is delivered.\n"), "{}", ran.out);
    assert!(!ran.out.contains(TWILIO_AUTH_TOKEN));
    assert_eq!(gateway.count("audit_log WHERE action = 'test_text_sent'").await, 1);
    assert_eq!(gateway.count("sms_messages").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_said_in_plain_words() {
    let gateway = Gateway::unhurried().await;
    gateway.stand_in.deliver_by_itself(STEP);
    let fails = async |arguments: &[&str], words: &str| {
        let ran = test_sms(&gateway, arguments).await;
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains(words), "{arguments:?}: {said}");
    };
    fails(&["demo", "--to", "212 555 0142"], "+12125550142").await;
    fails(&["nobody", "--to", PHONE], "no organization").await;
    fails(&["voxanne", "--to", PHONE], "no Twilio account").await;
    gateway.stand_in.fault_for(PHONE, Fault::Reject { code: 21606, http_status: 400 });
    fails(&["demo", "--to", PHONE], "(21606). The clinic's sending number").await;
    gateway.stand_in.fault_for(PHONE, Fault::ResetAfter);
    fails(&["demo", "--to", PHONE], "did not say whether it took it").await;
    gateway.stand_in.deliver_as(PHONE, Course::Undelivered(30034));
    fails(&["demo", "--to", PHONE], "It did not arrive (30034).").await;
    let opted_out = format!(
        "INSERT INTO sms_opt_outs (org_id, phone, sender, source)
         SELECT id, '{PHONE}', '{TWILIO_NUMBER}', 'inbound' FROM organizations WHERE slug = 'demo'"
    );
    gateway.execute(&opted_out).await;
    let before = gateway.stand_in.messages().len();
    fails(&["demo", "--to", PHONE], "text START").await;
    assert_eq!(gateway.stand_in.messages().len(), before);
}

/// Nobody waits for ever for a carrier that says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_goes_nowhere_is_not_waited_for() {
    let gateway = Gateway::unhurried().await;
    let ran = test_sms(&gateway, &["demo", "--to", PHONE, "--wait", "0"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("It is queued.\nNothing more is known"), "{}", ran.out);
}
