//! The page behind a text's link, as a browser without script meets it: what it shows, what it changes, and
//! what it keeps from whoever has no link.

mod answers;
mod calendar;
mod logged;
mod looks;
mod strangers;

use std::sync::OnceLock;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::harness::gateway::{Gateway, Setup, client};
use crate::harness::vapi::{CALLER, book_appointment};

/// The appointment of these tests: Tuesday at half past nine in New York, for half an hour.
const BEFORE: OffsetDateTime = datetime!(2026-11-24 14:29:59 UTC);
const START: OffsetDateTime = datetime!(2026-11-24 14:30 UTC);
const END: OffsetDateTime = datetime!(2026-11-24 15:00 UTC);

/// What the clinic's own number is, where a test gives it one.
const CLINIC_PHONE: &str = "+12125550100";

/// An answer, as it came.
struct Page {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    fn says(&self, words: &str) -> bool {
        self.text.contains(words)
    }

    /// The answers that its form offers.
    fn offers(&self) -> Vec<&str> {
        let parts = self.text.split("name=\"answer\" value=\"").skip(1);
        parts.map(|part| part.split('"').next().expect("a value")).collect()
    }
}

/// Follows no redirect: that it is one is what is tested.
fn browser() -> reqwest::Client {
    static BROWSER: OnceLock<reqwest::Client> = OnceLock::new();
    let make = || {
        client();
        let builder = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0);
        builder.redirect(Policy::none()).build().expect("a client")
    };
    BROWSER.get_or_init(make).clone()
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { status, headers, text: response.text().await.expect("a text") }
}

impl Gateway {
    async fn open(&self, path: &str) -> Page {
        page(browser().get(format!("{}{path}", self.url))).await
    }

    /// Sends the form with this body.
    async fn submit(&self, path: &str, body: &str) -> Page {
        let request = browser().post(format!("{}{path}", self.url));
        let form = "application/x-www-form-urlencoded";
        page(request.header("content-type", form).body(body.to_owned())).await
    }

    /// Everything that an answer could change.
    async fn answered(&self) -> Value {
        let all = "SELECT jsonb_build_object(
            'appointments', (SELECT jsonb_agg(a ORDER BY id) FROM appointments a),
            'days', (SELECT jsonb_agg(d ORDER BY provider_id, day) FROM provider_days d),
            'audit', (SELECT jsonb_agg(l ORDER BY id) FROM audit_log l))";
        self.value(all).await
    }

    /// `(status, patient_response)` of the only appointment.
    async fn standing(&self) -> (String, String) {
        let rows = self.rows("SELECT status, patient_response FROM appointments").await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let word = |key: &str| rows[0][key].as_str().expect("a word").to_owned();
        (word("status"), word("patient_response"))
    }
}

/// A gateway whose Maple Dental has a phone, one appointment there, and the path of its link.
async fn invited() -> (Gateway, String) {
    let gateway = Setup::default().unhurried().start().await;
    gateway.execute(&format!("UPDATE organizations SET phone = '{CLINIC_PHONE}'")).await;
    let path = invite(&gateway, CALLER).await;
    (gateway, path)
}

/// Books for a number and returns the path of the link in its latest text.
pub(crate) async fn invite(gateway: &Gateway, phone: &str) -> String {
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "9:30 AM" });
    let reply = gateway.call("demo", &book_appointment(wish).from(phone)).await;
    assert_eq!((reply.outcome(), reply.sms().0), ("booked", "sent"), "{reply:?}");
    path_of_link(&gateway.stand_in.messages_to(phone).last().expect("a text").body)
}

fn path_of_link(text: &str) -> String {
    let link = text.lines().find_map(|line| line.strip_prefix("Confirm: ")).expect("a link");
    let (_, token) = link.split_once("/c/").expect("a link of ours");
    format!("/c/{token}")
}

/// A further node at another time of day.
fn at(gateway: &Gateway, now: OffsetDateTime) -> Gateway {
    Setup::default().unhurried().at(now).join(gateway)
}
