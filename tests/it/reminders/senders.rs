//! Follow-ups come from where the first text came from, as long as that is the clinic's.

use std::net::SocketAddr;

use serde_json::Value;
use vapi_gateway::twilio::stand_in::{Fault, StandIn};
use vapi_gateway::twilio::{Credentials, Sender};

use super::{DAY_BEFORE, TWO_HOURS_BEFORE, book, patient};
use crate::harness::clinics::{self, MAPLE, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER};
use crate::harness::gateway::{Gateway, Setup};
use crate::texts::keys::apply;

const NEW_NUMBER: &str = "+12125550177";
const OTHER_ACCOUNT: &str = "AC0000000000000000000000000000beef";

/// Two accounts at one Twilio.
fn twilio() -> StandIn {
    let account = |sid: &str| {
        let number = Sender::PhoneNumber(TWILIO_NUMBER.to_owned());
        Credentials::new(sid.to_owned(), TWILIO_AUTH_TOKEN.into(), None, number)
            .expect("an account")
    };
    let accounts = vec![account(TWILIO_ACCOUNT_SID), account(OTHER_ACCOUNT)];
    StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), accounts).expect("a stand-in")
}

fn to(twilio: &StandIn) -> Setup {
    patient().set("GATEWAY__TWILIO__BASE_URL", twilio.base_url())
}

/// The clinic's file with another number, and perhaps another account.
async fn change(gateway: &Gateway, account: &str, number: &str) {
    let account = account.to_owned();
    let number = number.to_owned();
    apply(gateway, MAPLE, &move |name| {
        let value = match name {
            "DEMO_VAPI_SECRET" => clinics::MAPLE_SECRET,
            "DEMO_TWILIO_ACCOUNT_SID" => account.as_str(),
            "DEMO_TWILIO_AUTH_TOKEN" => TWILIO_AUTH_TOKEN,
            "DEMO_TWILIO_PHONE_NUMBER" => number.as_str(),
            _ => return None,
        };
        Some(value.to_owned())
    })
    .await;
}

/// Where the texts came from, in order.
fn froms(twilio: &StandIn) -> Vec<String> {
    twilio.messages().into_iter().map(|text| text.from.expect("a number")).collect()
}

async fn work_at(gateway: &Gateway, twilio: &StandIn, now: time::OffsetDateTime) {
    let later = to(twilio).at(now).join(gateway);
    while later.step().await > 0 {}
    later.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_from_the_number_of_the_confirmation() {
    let twilio = twilio();
    let gateway = to(&twilio).start().await;
    book(&gateway).await;
    let stored = "SELECT sender, length(account_digest) AS digest FROM sms_messages";
    let stored = gateway.rows(stored).await;
    assert_eq!(
        (&stored[0]["sender"], &stored[0]["digest"]),
        (&Value::from(TWILIO_NUMBER), &Value::from(34))
    );
    change(&gateway, TWILIO_ACCOUNT_SID, NEW_NUMBER).await;
    work_at(&gateway, &twilio, DAY_BEFORE).await;
    assert_eq!(froms(&twilio), [TWILIO_NUMBER, TWILIO_NUMBER]);
    // Another account has another number; what follows then comes from there.
    change(&gateway, OTHER_ACCOUNT, NEW_NUMBER).await;
    work_at(&gateway, &twilio, TWO_HOURS_BEFORE).await;
    assert_eq!(froms(&twilio), [TWILIO_NUMBER, TWILIO_NUMBER, NEW_NUMBER]);
    let leaked = "SELECT count(*) FROM sms_messages m WHERE m::text LIKE '%AC0000%'";
    assert_eq!(gateway.value(leaked).await, 0, "no account in the clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_could_not_be_reached_from_is_not_kept_to() {
    for fate in [
        "sms_status = 'sent', delivery_status = 'undelivered'",
        "sms_status = 'failed_but_booked', sms_reason = 'rejected_21606', sent_at = NULL, twilio_message_sid = NULL",
    ] {
        let twilio = twilio();
        let gateway = to(&twilio).start().await;
        book(&gateway).await;
        gateway.execute(&format!("UPDATE sms_messages SET {fate}")).await;
        change(&gateway, TWILIO_ACCOUNT_SID, NEW_NUMBER).await;
        work_at(&gateway, &twilio, DAY_BEFORE).await;
        assert_eq!(froms(&twilio), [TWILIO_NUMBER, NEW_NUMBER], "{fate}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_given_up_is_not_insisted_on() {
    let twilio = twilio();
    let gateway = to(&twilio).start().await;
    book(&gateway).await;
    change(&gateway, TWILIO_ACCOUNT_SID, NEW_NUMBER).await;
    twilio.script(Fault::Reject { code: 21606, http_status: 400 });
    work_at(&gateway, &twilio, DAY_BEFORE).await;
    assert_eq!(froms(&twilio), [TWILIO_NUMBER, NEW_NUMBER]);
    let attempts = "SELECT outcome, twilio_code FROM sms_attempts a JOIN sms_messages m ON m.id = a.message_id \
                    WHERE kind = 'reminder' ORDER BY number";
    insta::assert_json_snapshot!(gateway.rows(attempts).await, @r#"
    [
      {
        "outcome": "not_sent",
        "twilio_code": 21606
      },
      {
        "outcome": "accepted",
        "twilio_code": null
      }
    ]
    "#);
    // Where the present number is refused, there is no other.
    twilio.script(Fault::Reject { code: 21606, http_status: 400 });
    work_at(&gateway, &twilio, TWO_HOURS_BEFORE).await;
    let state = gateway.value("SELECT sms_reason FROM sms_messages WHERE lead_minutes = 120").await;
    assert_eq!(state, "rejected_21606");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_of_unknown_outcome_is_looked_for_where_it_came_from() {
    let twilio = twilio();
    let gateway = to(&twilio).start().await;
    twilio.script(Fault::ResetAfter);
    book(&gateway).await;
    change(&gateway, TWILIO_ACCOUNT_SID, NEW_NUMBER).await;
    gateway.execute("UPDATE sms_messages SET due_at = now()").await;
    assert_eq!(gateway.step().await, 1);
    assert_eq!(gateway.value("SELECT sms_status FROM sms_messages").await, "sent");
    assert_eq!(froms(&twilio), [TWILIO_NUMBER]);
}
