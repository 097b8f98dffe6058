//! What becomes of a text after Twilio took it, told by signed callbacks through the real door; and which
//! texts are not sent in the first place. The worker is driven by hand.

mod alerts;
mod breaker;
mod callbacks;
mod crowds;
mod failures;
mod hold;
mod late;
mod limits;
mod ranks;
mod soft;
mod staff;

use serde_json::{Value, json};
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::clinics::always_open;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::locks::NO_HURRY;
use crate::harness::twilio::Webhook;
use crate::harness::vapi::{Reply, ToolCall, book_appointment};

/// A clinic that never closes, for as many appointments as a test needs.
const CLINIC: &str = "night";

/// A gateway that gives nobody up because the machine is busy, with [`CLINIC`] besides the demo's.
fn patient() -> Setup {
    let night = always_open(CLINIC, "Night Owls", "America/New_York", "US");
    let setup = Setup::default().clinic(night);
    NO_HURRY.into_iter().fold(setup, |setup, (name, value)| setup.set(name, value))
}

/// One of a hundred patients.
fn number(n: usize) -> String {
    assert!(n < 100, "the numbers for fiction end in 0100 to 0199");
    format!("+121255501{n:02}")
}

/// The wish of patient `n`: each has a time of their own.
fn wish(n: usize) -> ToolCall {
    let (hour, half) = (n / 2 % 24, if n.is_multiple_of(2) { "00" } else { "30" });
    let (hour, part) = if hour < 12 { (hour, "AM") } else { (hour - 12, "PM") };
    let hour = if hour == 0 { 12 } else { hour };
    let time = format!("{hour}:{half} {part}");
    let date = if n < 48 { "2026-11-25" } else { "2026-11-26" };
    let wish = json!({ "patient_name": "Ada Sample", "date": date, "time": time });
    book_appointment(wish).from(&number(n))
}

/// Books for patient `n`, while Twilio does this to the text.
async fn book(gateway: &Gateway, n: usize, fault: Option<Fault>) -> Reply {
    fault.into_iter().for_each(|fault| gateway.stand_in.script(fault));
    let reply = gateway.call(CLINIC, &wish(n)).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    reply
}

/// The latest attempt at the text to patient `n`, and the sid that Twilio's latest text to them has.
async fn attempt_of(gateway: &Gateway, n: usize) -> (String, String) {
    let query = format!(
        "SELECT a.id FROM sms_attempts a JOIN sms_messages m ON m.org_id = a.org_id AND m.id = a.message_id \
         WHERE m.to_phone = '{}' ORDER BY a.number DESC LIMIT 1",
        number(n)
    );
    let attempt = gateway.value(&query).await.as_str().expect("an id").to_owned();
    let texts = gateway.stand_in.messages_to(&number(n));
    (attempt, texts.last().map(|text| text.sid.clone()).unwrap_or_default())
}

/// Twilio's word on an attempt, with the code of an error if there is one.
fn callback(attempt: &str, sid: &str, status: &str, code: u32) -> Webhook {
    let code = code.to_string();
    let mut form = vec![
        ("SmsSid", sid),
        ("SmsStatus", status),
        ("MessageSid", sid),
        ("MessageStatus", status),
        ("From", crate::harness::clinics::TWILIO_NUMBER),
    ];
    if code != "0" {
        form.push(("ErrorCode", &code));
    }
    Webhook::new(format!("/twilio/{CLINIC}/status/{attempt}"), &form)
}

impl Gateway {
    /// Twilio tells this about the latest attempt at patient `n`'s text.
    async fn told(&self, n: usize, status: &str, code: u32) {
        let (attempt, sid) = attempt_of(self, n).await;
        let answer = callback(&attempt, &sid, status, code).post(&self.url).await;
        assert_eq!(answer, (204, String::new()), "{status}");
    }

    /// `[sms_status, delivery_status]` of the only text to patient `n`.
    async fn fate(&self, n: usize) -> Value {
        let to = number(n);
        self.value(&format!(
            "SELECT jsonb_build_array(sms_status, delivery_status) FROM sms_messages WHERE to_phone = '{to}'"
        ))
        .await
    }

    /// `[outcome, delivery_status, delivery_error_code]` of each attempt, in order.
    async fn tries(&self) -> Value {
        self.value(
            "SELECT coalesce(jsonb_agg(jsonb_build_array(outcome, delivery_status, delivery_error_code) \
             ORDER BY started_at, number), '[]') FROM sms_attempts",
        )
        .await
    }

    /// Lets the time pass until whatever waits is due, then lets the worker work.
    async fn later(&self) -> usize {
        self.execute("UPDATE sms_messages SET due_at = now() WHERE sms_status = 'sending'").await;
        self.step().await
    }
}
