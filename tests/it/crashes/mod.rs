//! A real `serve` process that is killed or stopped in the middle of its work, and what the next one
//! makes of what it left behind. The processes live by the wall clock: their clinic never closes.

mod booking;
mod callbacks;
mod sending;
mod stopping;

use std::sync::Arc;

use serde_json::{Value, json};
use time::Duration;
use time::macros::format_description;
use tokio::task::JoinHandle;
use vapi_gateway::clock::wall_now;
use vapi_gateway::twilio::stand_in::StandIn;

use crate::harness::clinics::{MAPLE_SECRET, always_open};
use crate::harness::cluster::TestDatabase;
use crate::harness::gateway::{Setup, client};
use crate::harness::locks::{NO_HURRY, until_gone};
use crate::harness::patience::until_row;
use crate::harness::process::ServeProcess;
use crate::harness::rows::rows;
use crate::harness::vapi::{ToolCall, book_appointment};

/// A database with a clinic, and a Twilio; the gateways come and go.
struct Place {
    database: Arc<TestDatabase>,
    twilio: Arc<StandIn>,
}

/// What Twilio was told to call: wherever the process listens.
const PUBLIC_URL: &str = "https://gateway.example";

/// Everything soon, so that the next process takes over at once.
const QUICK: [(&str, &str); 6] = [
    ("GATEWAY__SERVER__PUBLIC_URL", PUBLIC_URL),
    ("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", "1500"),
    ("GATEWAY__TWILIO__TIMEOUT_MS", "2000"),
    ("GATEWAY__SMS__LEASE_MS", "6000"),
    ("GATEWAY__SMS__RECONCILE_AFTER_MS", "100"),
    ("GATEWAY__SMS__WORKER_INTERVAL_MS", "50"),
];

impl Place {
    async fn new() -> Self {
        let night = always_open("night", "Night Owls", "UTC", "US");
        let gateway = Setup::default().clinic(night).start().await;
        let (database, twilio) = (Arc::clone(&gateway.database), Arc::clone(&gateway.stand_in));
        gateway.stop().await;
        Self { database, twilio }
    }

    /// A process with [`QUICK`] and these settings, which never gives up waiting for a lock.
    async fn serve(&self, more: &[(&'static str, &str)]) -> ServeProcess {
        let all = NO_HURRY.iter().chain(&QUICK).chain(more);
        let settings: Vec<_> = all.map(|(name, value)| (*name, (*value).to_owned())).collect();
        ServeProcess::start(&self.database.url, self.twilio.base_url(), &settings).await
    }

    async fn rows(&self, query: &str) -> Vec<Value> {
        rows(&self.database.url, query).await
    }

    async fn count(&self, of: &str) -> i64 {
        let rows = self.rows(&format!("SELECT count(*) AS n FROM {of}")).await;
        rows[0]["n"].as_i64().expect("a count")
    }

    /// Kills a process and waits until the database has noticed.
    async fn kill(&self, process: ServeProcess) {
        process.kill().await;
        until_gone(&self.database.url).await;
    }

    async fn until_sent(&self) {
        let sent = "SELECT 1 FROM sms_messages WHERE sms_status = 'sent'";
        until_row(&self.database.url, sent).await;
    }

    /// One appointment, one text, and the row knows which.
    async fn assert_booked_and_texted_once(&self) {
        assert_eq!(self.count("appointments WHERE status = 'booked'").await, 1);
        let texts = self.twilio.messages();
        assert_eq!(texts.len(), 1, "the patient got another number of texts");
        let rows = self.rows("SELECT sms_status, twilio_message_sid FROM sms_messages").await;
        assert_eq!(rows, [json!({ "sms_status": "sent", "twilio_message_sid": texts[0].sid })]);
    }
}

/// A wish for an afternoon some days ahead.
fn wish() -> ToolCall {
    let on = (wall_now() + Duration::days(5)).date();
    let on = on.format(format_description!("[year]-[month]-[day]")).expect("a date");
    book_appointment(json!({ "patient_name": "Ada Sample", "date": on, "time": "2 PM" }))
}

/// Posts a tool call and does not mind that the process may be gone before it answers.
fn post(process: &ServeProcess, call: &ToolCall) -> JoinHandle<Option<Value>> {
    let request = client()
        .post(format!("{}/vapi/night", process.url))
        .header("x-vapi-secret", MAPLE_SECRET)
        .json(&call.body());
    tokio::spawn(async move { request.send().await.ok()?.json().await.ok() })
}
