//! What becomes of a text, through the front door and with the worker driven by hand: the reply, the
//! rows, and how many texts the patient gets in the end. That is one, whatever happened in between.

pub(crate) mod bodies;
mod corrected;
mod edited;
pub(crate) mod keys;
mod leases;
mod left;
mod outcomes;
mod reconciling;
mod refused;
mod retries;
mod siblings;
mod slow;
mod templates;
mod unknown;

use serde_json::{Value, json};
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::{Gateway, Setup};
use crate::harness::locks::NO_HURRY;
use crate::harness::vapi::{Reply, ToolCall, book_appointment};

/// What a sentence claims about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Sent,
    StillTrying,
    NoneWillCome,
    OptedOut,
    NoneIsOwed,
}

impl Claim {
    /// The claim of a sentence, which makes exactly one.
    fn of(reply: &Reply) -> Self {
        let words = reply.spoken();
        let marks = [
            (Self::Sent, "I have sent a confirmation text"),
            (Self::StillTrying, "I cannot promise it; your appointment stands"),
            (
                Self::NoneWillCome,
                "could not be sent, so none will come, but your appointment stands",
            ),
            (Self::OptedOut, "none will come, but your appointment stands; texting START"),
            (Self::NoneIsOwed, "You will not get a text; your appointment stands"),
        ];
        let made: Vec<Self> =
            marks.into_iter().filter(|(_, mark)| words.contains(mark)).map(|(c, _)| c).collect();
        assert_eq!(made.len(), 1, "{words}");
        made[0]
    }
}

/// A gateway that gives nobody up because the machine is busy.
fn patient() -> Setup {
    NO_HURRY.into_iter().fold(Setup::default(), |setup, (name, value)| setup.set(name, value))
}

/// The same without links in its texts: two that say the same read the same.
fn unlinked() -> Setup {
    patient().without_public_url()
}

/// Half past nine on the next day, unless changed; the name is nobody's.
fn booking(time: &str) -> ToolCall {
    book_appointment(json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": time }))
}

/// The numbers of some patients, all different.
fn number(n: usize) -> String {
    assert!(n < 100, "the numbers for fiction end in 0100 to 0199");
    format!("+121255501{n:02}")
}

/// A text whose link, which is another one each time, is only told to be there.
pub(crate) fn without_links(body: &str) -> String {
    let words = body.split_inclusive(char::is_whitespace).map(|word| {
        let is_link = word.starts_with("http") && word.contains("/c/");
        if is_link { word.replace(word.trim_end(), "[link]") } else { word.to_owned() }
    });
    words.collect()
}

/// Books at Maple Dental while Twilio does this to the text.
async fn book_into(gateway: &Gateway, fault: Fault) -> Reply {
    gateway.stand_in.script(fault);
    book(gateway).await
}

/// Books at Maple Dental.
async fn book(gateway: &Gateway) -> Reply {
    let reply = gateway.call("demo", &booking("9:30 AM")).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    reply
}

impl Gateway {
    /// The only text there is.
    async fn text(&self) -> Value {
        let rows = self.rows("SELECT * FROM sms_messages").await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows[0].clone()
    }

    /// `sms_status` and `sms_reason` of the only text there is.
    async fn state(&self) -> (String, Option<String>) {
        let text = self.text().await;
        let word = |key: &str| text[key].as_str().map(str::to_owned);
        (word("sms_status").expect("a status"), word("sms_reason"))
    }

    /// The outcomes of all attempts, in order.
    async fn attempts(&self) -> Vec<Value> {
        let rows = self.rows("SELECT outcome FROM sms_attempts ORDER BY started_at").await;
        rows.iter().map(|row| row["outcome"].clone()).collect()
    }

    /// How long until the only text there is is due, in seconds.
    async fn due_in(&self) -> f64 {
        let query = "SELECT extract(epoch FROM due_at - now())::float8 FROM sms_messages";
        self.value(query).await.as_f64().expect("seconds")
    }

    /// Lets the time pass until whatever waits is due, then lets the worker work.
    async fn step_when_due(&self) -> usize {
        self.execute("UPDATE sms_messages SET due_at = now() WHERE sms_status = 'sending'").await;
        self.step().await
    }

    /// Asserts what the row says in the end, and that the worker has nothing left to do with it.
    async fn assert_settled(&self, status: &str, reason: Option<&str>) {
        assert_eq!(self.state().await, (status.to_owned(), reason.map(str::to_owned)));
        assert_eq!(self.text().await["lease_token"], Value::Null);
        assert_eq!(self.step_when_due().await, 0, "a settled text is left alone");
        assert_eq!(self.count("appointments WHERE status = 'booked'").await, 1);
    }
}
