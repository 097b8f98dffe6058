//! The recorded bodies of `fixtures/vapi`, posted byte for byte, and what they left behind.

use std::path::Path;

use serde_json::Value;

use super::gateway::{Gateway, post_bytes, secret_of};
use crate::sentences::spoken;

/// One recorded body.
pub(crate) struct Fixture {
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) body: Vec<u8>,
}

/// The bodies of one folder under `fixtures/vapi`, sorted.
pub(crate) fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vapi").join(folder);
    let mut found: Vec<Fixture> = std::fs::read_dir(folder)
        .expect("a folder of fixtures")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            Fixture { name, body: std::fs::read(path).expect("a body") }
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// One body.
pub(crate) fn fixture(folder: &str, name: &str) -> Fixture {
    fixtures(folder).into_iter().find(|f| f.name == name).expect("a fixture of this name")
}

/// The folders under `fixtures/vapi`.
pub(crate) fn folders() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/vapi");
    let entries = std::fs::read_dir(root).expect("the fixtures");
    entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Every table that a tool call can leave a row in.
const TRACES: [&str; 7] = [
    "sms_attempts",
    "sms_messages",
    "tool_calls",
    "audit_log",
    "appointments",
    "patients",
    "provider_days",
];

impl Gateway {
    /// Posts a body as it lies there; it must be answered with 200.
    pub(crate) async fn replay(&self, org: &str, fixture: &Fixture) -> Value {
        let body = fixture.body.clone();
        let (status, answer) = post_bytes(&self.url, org, secret_of(org), body).await;
        assert_eq!(status, 200, "{}: {answer}", fixture.name);
        answer
    }

    /// How many rows the tool calls so far have left, by table.
    pub(crate) async fn traces(&self) -> Value {
        let counts: Vec<String> =
            TRACES.iter().map(|t| format!("'{t}', (SELECT count(*) FROM {t})")).collect();
        self.value(&format!("SELECT jsonb_build_object({})", counts.join(", "))).await
    }

    /// Keeps every provider of a clinic busy, as staff's own SQL might, with somebody who is not to be named.
    pub(crate) async fn fill(&self, org: &str, from: &str, until: &str) {
        self.execute(&format!(
            "INSERT INTO patients (org_id, id, name, folded_name)
             SELECT v.org_id, v.id, 'Quinn Hidden', 'quinn hidden'
             FROM providers v JOIN organizations o ON o.id = v.org_id WHERE o.slug = '{org}'
             ON CONFLICT DO NOTHING;
             INSERT INTO appointments (org_id, id, provider_id, patient_id, service_id, starts_at,
                 ends_at, busy_from, busy_until, local_start, timezone)
             SELECT o.id, gen_random_uuid(), v.id, v.id, s.id, '{from}', '{until}', '{from}', '{until}',
                 '{from}'::timestamptz AT TIME ZONE o.timezone, o.timezone
             FROM organizations o
             JOIN providers v ON v.org_id = o.id
             JOIN services s ON s.org_id = o.id AND s.is_default
             WHERE o.slug = '{org}'"
        ))
        .await;
    }

    /// As if nobody had ever called.
    pub(crate) async fn forget(&self) {
        // Whatever refers to one of these goes with it; a paused account and a day's counts, too.
        let all = TRACES.join(", ");
        self.execute(&format!("TRUNCATE {all}, sms_breakers, sms_numbers_of_day CASCADE")).await;
    }
}

/// What is expected of one body: its name, the outcome of each reply, and a part of what is said first.
pub(crate) type Expectation = (&'static str, &'static [&'static str], &'static str);

/// Replays every body of a tool's folder on an empty calendar of Maple Dental and holds it against the
/// table, in which none may be missing. What is booked leaves its rows, anything else leaves none.
/// Returns what is told, for a snapshot.
pub(crate) async fn hold(folder: &str, table: &[Expectation]) -> String {
    let gateway = Gateway::unhurried().await;
    gateway.forget().await;
    let nothing = gateway.traces().await;
    let bodies = fixtures(folder);
    let names: Vec<&str> = bodies.iter().map(|f| f.name.as_str()).collect();
    let expected: Vec<&str> = table.iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, expected, "the table lists the fixtures of {folder}");
    let mut all = String::new();
    for (body, (name, outcomes, says)) in bodies.iter().zip(table) {
        let answer = gateway.replay("demo", body).await;
        let items = answer["results"].as_array().expect("results");
        let heard: Vec<&str> =
            items.iter().filter_map(|item| item["metadata"]["outcome"].as_str()).collect();
        assert_eq!(&heard, outcomes, "{name}: {answer:#}");
        let words = items[0]["result"].as_str().expect("words");
        assert!(spoken(words).contains(says), "{name} does not say {says:?}: {words}");
        let booked = outcomes.iter().filter(|outcome| **outcome == "booked").count();
        if booked == 0 {
            assert_eq!(gateway.traces().await, nothing, "{name} left something");
        } else {
            for rows in [
                "appointments WHERE status = 'booked'",
                "tool_calls WHERE outcome = 'booked' AND words IS NOT NULL",
                "audit_log WHERE action = 'appointment_booked'",
                "sms_messages",
                "patients",
            ] {
                let count = usize::try_from(gateway.count(rows).await).expect("a count");
                assert_eq!(count, booked, "{name}: {rows}");
            }
            gateway.forget().await;
        }
        let told: String = items.iter().map(told).collect();
        all.push_str(&format!("{name}\n{told}"));
    }
    all
}

/// What the caller hears of an item of `results`, and what a machine reads, one line each; ids left out.
pub(crate) fn told(item: &Value) -> String {
    let words = item["result"].as_str().or_else(|| item["error"].as_str()).unwrap_or("nothing");
    let metadata = &item["metadata"];
    let text = |key: &str| metadata[key].as_str().unwrap_or("-").to_owned();
    let mut lines = format!("  {}\n  {}", spoken(words), text("outcome"));
    if metadata.get("appointment_id").is_some() {
        let sms = (text("sms_status"), text("sms_reason"));
        lines.push_str(&format!(" {} text {} {}", text("starts_at"), sms.0, sms.1));
    }
    for slot in metadata["slots"].as_array().into_iter().flatten() {
        let part = |key: &str| slot[key].as_str().unwrap_or("-").to_owned();
        lines.push_str(&format!("\n    {} {}", part("starts_at"), part("provider")));
    }
    lines.push('\n');
    lines
}
