//! Reminders: planned with the booking, moved or dropped with the appointment, each sent once, by day
//! where the patient is, and to nobody who no longer needs it. The worker is driven by hand; a second node
//! on the same database has the later clock.

mod crowd;
mod due;
mod hours;
mod moved;
mod planning;
mod senders;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::harness::gateway::{Gateway, NOW, Setup};
use crate::harness::locks::NO_HURRY;
use crate::harness::vapi::{CALLER, Reply, book_appointment};

/// Friday, 2 PM in New York, four days after [`NOW`]: both reminders come by day.
const START: OffsetDateTime = datetime!(2026-11-27 19:00 UTC);
/// When its reminders are due.
const DAY_BEFORE: OffsetDateTime = datetime!(2026-11-26 19:00 UTC);
const TWO_HOURS_BEFORE: OffsetDateTime = datetime!(2026-11-27 17:00 UTC);

fn patient() -> Setup {
    NO_HURRY.into_iter().fold(Setup::default(), |setup, (name, value)| setup.set(name, value))
}

/// Books at Maple Dental, at [`START`].
async fn book(gateway: &Gateway) -> Reply {
    book_at(gateway, "2026-11-27", "2 PM").await
}

async fn book_at(gateway: &Gateway, date: &str, time: &str) -> Reply {
    let wish = json!({ "patient_name": "Ada Sample", "date": date, "time": time });
    let reply = gateway.call("demo", &book_appointment(wish)).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    reply
}

impl Gateway {
    /// Lets the worker of a node with a later clock work until nothing is due any more.
    async fn work_at(&self, now: OffsetDateTime) {
        assert!(now >= NOW);
        let later = patient().at(now).join(self);
        while later.step().await > 0 {}
        later.stop().await;
    }

    /// Lead, due time and outcome of every reminder, longest lead first.
    async fn reminders(&self) -> Vec<String> {
        let query = "SELECT lead_minutes, to_char(due_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI') AS due, \
                     coalesce(outcome, 'open') AS outcome FROM reminders ORDER BY lead_minutes DESC";
        let text = |row: &Value| {
            let word = |key: &str| row[key].as_str().expect("a text").to_owned();
            format!("{} {} {}", row["lead_minutes"], word("due"), word("outcome"))
        };
        self.rows(query).await.iter().map(text).collect()
    }

    /// The bodies of texts to the caller that remind.
    fn reminded(&self) -> Vec<String> {
        let texts = self.stand_in.messages_to(CALLER).into_iter();
        texts.map(|text| text.body).filter(|body| body.starts_with("Reminder: ")).collect()
    }
}
