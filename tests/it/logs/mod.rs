//! The logs of a real `serve` process at `trace`, and of its PostgreSQL, after everything that can be
//! said to it and everything that can go wrong with it: searched for every person and every secret.

mod outages;
mod panics;
mod people;
mod strangers;
mod talk;
mod twilio;
mod webhooks;

use serde_json::{Value, json};
use time::macros::format_description;
use time::{Date, Duration};
use vapi_gateway::clock::wall_now;

use crate::harness::clinics::{MAPLE_SECRET, SECRETS, always_open};
use crate::harness::cluster::server_log;
use crate::harness::gateway::{Gateway, Setup, VAULT_KEY, client};
use crate::harness::patience::until_row;
use crate::harness::process::ServeProcess;
use crate::harness::vapi::{Reply, ToolCall, book_appointment};
use crate::logs::people::{PEOPLE, Person, traces_of};

/// A process in trouble, and everything around it.
struct Traffic {
    gateway: Gateway,
    process: Option<ServeProcess>,
    url: String,
    /// Requests that went to Vapi's door.
    at_vapis_door: usize,
    /// The calls that booked, by the call's id, with what was said of the text.
    booked: Vec<(String, String)>,
    next_hour: usize,
}

/// What Twilio was told to call.
const PUBLIC_URL: &str = "https://gateway.example";

/// Everything soon; other limits small enough to be passed.
const SETTINGS: [(&str, &str); 12] = [
    ("GATEWAY__SERVER__PUBLIC_URL", PUBLIC_URL),
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "3000"),
    ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "4000"),
    ("GATEWAY__LOG__LEVEL", "trace"),
    ("GATEWAY__TWILIO__CONNECT_TIMEOUT_MS", "900"),
    ("GATEWAY__TWILIO__TIMEOUT_MS", "1000"),
    ("GATEWAY__SMS__LEASE_MS", "1600"),
    ("GATEWAY__SMS__RECONCILE_AFTER_MS", "100"),
    ("GATEWAY__SMS__RETRY_BASE_MS", "50"),
    ("GATEWAY__SMS__MAX_TRIES", "2"),
    ("GATEWAY__SMS__WORKER_INTERVAL_MS", "50"),
    ("GATEWAY__SERVER__BODY_LIMIT_BYTES", "100000"),
];

impl Traffic {
    async fn start(format: &str) -> Self {
        let night = always_open("night", "Night Owls", "UTC", "US");
        let gateway = Setup::default().clinic(night).start().await;
        // Three people get all the texts of this test.
        gateway.execute("UPDATE organizations SET texts_per_number_per_day = 10000").await;
        let mut settings: Vec<_> =
            SETTINGS.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        settings.push(("GATEWAY__LOG__FORMAT", format.to_owned()));
        let url = gateway.stand_in.base_url().to_owned();
        let process = ServeProcess::start(&gateway.database.url, &url, &settings).await;
        let url = process.url.clone();
        let (process, booked) = (Some(process), Vec::new());
        Self { gateway, process, url, at_vapis_door: 0, booked, next_hour: 0 }
    }

    /// Posts bytes to Vapi's door, with the clinic's secret.
    async fn post(&mut self, body: impl Into<reqwest::Body>) -> (u16, Value) {
        self.at_vapis_door += 1;
        let request = client().post(format!("{}/vapi/night", self.url));
        let request = request.header("x-vapi-secret", MAPLE_SECRET).body(body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn ask(&mut self, call: &ToolCall) -> Reply {
        let (status, answer) = self.post(call.body().to_string()).await;
        assert_eq!(status, 200, "{answer}");
        let reply = Reply(answer["results"][0].clone());
        if reply.outcome() == "booked" {
            let call_id = call.call_id.clone().expect("a call");
            self.booked.push((call_id, reply.sms().0.to_owned()));
        }
        reply
    }

    /// A wish of this person with everything there is to tell, at an hour of its own.
    fn wish(&mut self, person: &Person) -> ToolCall {
        self.next_hour += 1;
        let (days, hour) = (self.next_hour / 20, self.next_hour % 20);
        let time = if hour < 11 { format!("{} AM", hour + 1) } else { format!("{} PM", hour - 10) };
        let call = book_appointment(json!({
            "patient_name": person.name,
            "patient_phone": person.phone,
            "patient_email": person.email,
            "date": written(days),
            "time": time,
            "notes": person.notes,
        }));
        call.from(person.phone)
    }

    /// Waits until the worker has nothing left to do.
    async fn until_settled(&self) {
        let settled =
            "SELECT 1 WHERE NOT EXISTS (SELECT FROM sms_messages WHERE sms_status = 'sending')";
        until_row(&self.gateway.database.url, settled).await;
    }

    /// The database's password, as it stands in the process's environment.
    fn password(&self) -> String {
        let url = &self.gateway.database.url;
        let password = url.split_once("gateway:").and_then(|(_, rest)| rest.split_once('@'));
        password.map(|(password, _)| password.to_owned()).unwrap_or_default()
    }
}

/// A date some days ahead, in ISO form.
fn written(days: usize) -> String {
    let ahead = i64::try_from(days).expect("a few days") + 3;
    let on: Date = (wall_now() + Duration::days(ahead)).date();
    on.format(format_description!("[year]-[month]-[day]")).expect("a date")
}

async fn everything(format: &str) -> (Traffic, Vec<String>) {
    let mut traffic = Traffic::start(format).await;
    talk::converse(&mut traffic).await;
    twilio::fail_in_every_way(&mut traffic).await;
    strangers::knock(&mut traffic).await;
    outages::break_the_database(&mut traffic).await;
    let process = traffic.process.take().expect("a running process");
    let (code, log) = process.terminate().await;
    assert_eq!(code, Some(0));
    (traffic, log)
}

/// Fails where a log names a person or a secret.
fn assert_knows_nobody(whose: &str, log: &str, traffic: &Traffic) {
    let folded = log.to_lowercase();
    let mut sought: Vec<String> = PEOPLE.iter().flat_map(traces_of).collect();
    sought.extend(SECRETS.map(str::to_owned));
    sought.extend([VAULT_KEY.to_owned(), VAULT_KEY.trim_start_matches("1:").to_owned()]);
    sought.extend(Some(traffic.password()).filter(|password| !password.is_empty()));
    // What is said and what is texted.
    for words in [
        "Appointment Confirmation",
        "opt out",
        "Reply STOP",
        "That is booked",
        "Night Owls",
        "Dr. Ada Night",
    ] {
        sought.push(words.to_owned());
    }
    for trace in sought {
        let at = folded.find(&trace.to_lowercase());
        let around = at.and_then(|at| folded.get(at.saturating_sub(200)..at)).unwrap_or_default();
        assert!(at.is_none(), "{whose} knows {trace:?}, after {around:?}");
    }
}

fn assert_postgres_knows_nobody(traffic: &Traffic) {
    if let Some(log) = server_log() {
        assert!(!log.is_empty(), "the server's log is read");
        assert_knows_nobody("PostgreSQL's log", &log, traffic);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_at_trace_knows_nobody() {
    let (traffic, log) = everything("json").await;
    assert_knows_nobody("the log", &log.join("\n"), &traffic);
    assert_postgres_knows_nobody(&traffic);
    let lines: Vec<Value> =
        log.iter().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let requests: Vec<&Value> =
        lines.iter().filter(|line| line["route"] == "/vapi/{org}").collect();
    assert_eq!(requests.len(), traffic.at_vapis_door, "one line per request");
    let org = traffic.gateway.value("SELECT id FROM organizations WHERE slug = 'night'").await;
    assert!(traffic.booked.len() > 15, "{:?}", traffic.booked);
    for (call_id, sms_status) in &traffic.booked {
        let of_it: Vec<_> =
            requests.iter().filter(|l| l["vapi_call_id"] == json!(call_id)).collect();
        assert_eq!(of_it.len(), 1, "{call_id}");
        let line = of_it[0];
        assert!(line["ms"].is_u64(), "{line}");
        assert_eq!(line["message"], "A request was answered");
        let told = ["org", "tool", "outcome", "sms_status", "status", "message_type"]
            .map(|key| &line[key]);
        assert_eq!(
            json!(told),
            json!([org, "book_appointment", "booked", sms_status, 200, "tool-calls"])
        );
    }
    assert_every_kind_was_there(&log.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pretty_at_trace_knows_nobody() {
    let (traffic, log) = everything("pretty").await;
    assert_knows_nobody("the log", &log.join("\n"), &traffic);
    assert_postgres_knows_nobody(&traffic);
    let requests = log.iter().filter(|line| line.contains("route=\"/vapi/{org}\"")).count();
    assert_eq!(requests, traffic.at_vapis_door, "one line per request");
    for (call_id, sms_status) in &traffic.booked {
        let of_it: Vec<_> = log.iter().filter(|line| line.contains(call_id)).collect();
        assert_eq!(of_it.len(), 1, "{call_id}: {of_it:?}");
        let said = format!("sms_status=\"{sms_status}\"");
        assert!(of_it[0].contains(&said), "{} without {said}", of_it[0]);
    }
    assert_every_kind_was_there(&log.join("\n"));
}

/// A search finds nothing in a log of nothing: what went wrong must be told in it.
fn assert_every_kind_was_there(log: &str) {
    for told in [
        "Listening",
        "A request was answered",
        "booked",
        "already_booked",
        "slot_taken",
        "question",
        "offered",
        "unknown_tool",
        "unavailable",
        "pending",
        "sending",
        "failed_but_booked",
        "opted_out",
        "skipped",
        "sent again, once",
        "Twilio keys cannot be opened",
        "A tool call could not be carried out",
        "refused by the constraint nobody_may_be_a_patient",
        "A tool call gave way to others",
        "Texts that are due cannot be read",
        "A client went away before it was answered",
        "Stopped",
        "twilio-status",
        "wrong_signature",
        "A text did not arrive",
        "None of a clinic's texts arrive",
        "A callback names a text that another one is known by",
    ] {
        assert!(log.contains(told), "nothing in the log says {told:?}");
    }
    assert!(!log.contains(|c: char| c.is_control() && c != '\n'), "a control character");
}
