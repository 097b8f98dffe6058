//! What whoever runs the service asks it: `/health`, `/ready`, `/metrics`.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::gateway::{Gateway, Setup, ask, client};
use crate::harness::outage::Outage;
use crate::harness::patience::{until, until_row};
use crate::harness::process::ServeProcess;
use crate::harness::vapi::{ToolCall, book_appointment, check_availability};

async fn get(url: &str, path: &str) -> (u16, String) {
    let answer = client().get(format!("{url}{path}")).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

async fn ready(gateway: &Gateway) -> (u16, Value) {
    let (status, text) = get(&gateway.url, "/ready").await;
    (status, serde_json::from_str(&text).expect("JSON"))
}

fn checks(serving: bool, database: bool, migrations: bool, vault: bool) -> Value {
    json!({ "serving": serving, "database": database, "migrations": migrations, "vault": vault })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_in_order_is_healthy_and_ready() {
    let gateway = Gateway::start().await;
    assert_eq!(ready(&gateway).await, (200, checks(true, true, true, true)));
    let (status, health) = get(&gateway.url, "/health").await;
    let health: Value = serde_json::from_str(&health).expect("JSON");
    assert_eq!((status, &health["status"]), (200, &json!("ok")));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_it_is_alive_and_not_ready() {
    let gateway = Gateway::start().await;
    let url = "postgres://nobody:no-password@127.0.0.1:9/none";
    let away = Setup::default().set("DATABASE_URL", url).join(&gateway);
    assert_eq!(ready(&away).await, (503, checks(true, false, false, true)));
    assert_eq!(get(&away.url, "/health").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_back_is_noticed() {
    let gateway = Gateway::start().await;
    let outage = Outage::begin(&gateway.database).await;
    let says = async |status| ready(&gateway).await.0 == status;
    until("it is not ready", async || says(503).await).await;
    outage.end().await;
    until("it is ready again", async || says(200).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_behind_the_program_is_not_ready() {
    let gateway = Gateway::start().await;
    gateway
        .execute("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)")
        .await;
    assert_eq!(ready(&gateway).await, (503, checks(true, true, false, true)));
    // A later version's migrations do no harm.
    let gateway = Gateway::start().await;
    gateway
        .execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')")
        .await;
    assert_eq!(ready(&gateway).await.0, 200);
    gateway.execute("DROP TABLE __diesel_schema_migrations").await;
    assert_eq!(ready(&gateway).await.0, 503);
}

/// The samples of a counter: its labels, as they are printed, and its value.
fn samples(metrics: &str, name: &str) -> BTreeMap<String, u64> {
    metrics
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('{')?.split_once("} "))
        .map(|(labels, value)| (labels.to_owned(), value.parse().expect("a whole number")))
        .collect()
}

/// Every label of every sample.
fn labels(metrics: &str) -> Vec<(String, String)> {
    let samples = metrics.lines().filter(|line| !line.starts_with('#'));
    let lists = samples.filter_map(|line| Some(line.split_once('{')?.1.rsplit_once('}')?.0));
    let pairs = lists.flat_map(|list| list.split("\",")).filter_map(|pair| pair.split_once("=\""));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned())).collect()
}

/// A process, so that nobody else's calls are counted with ours.
async fn counted(gateway: &Gateway, more: &[(&'static str, String)]) -> ServeProcess {
    ServeProcess::start(&gateway.database.url, gateway.stand_in.base_url(), more).await
}

fn book(n: usize, slot: &str) -> ToolCall {
    book_appointment(json!({ "patient_name": "Ada Sample", "slot_id": slot })).from(&number(n))
}

fn number(n: usize) -> String {
    format!("+121255501{n:02}")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_text_is_counted_once_when_its_last_word_is_known() {
    let gateway = Gateway::start().await;
    let quick = [
        ("GATEWAY__SMS__RETRY_BASE_MS", "50".to_owned()),
        ("GATEWAY__SMS__RECONCILE_AFTER_MS", "50".to_owned()),
        ("GATEWAY__SMS__WORKER_INTERVAL_MS", "50".to_owned()),
    ];
    let process = counted(&gateway, &quick).await;
    let faults = [
        None,
        Some(Fault::RateLimited(None)),
        Some(Fault::ResetBefore),
        Some(Fault::CreatedThen(500)),
        Some(Fault::Reject { code: 21610, http_status: 400 }),
        Some(Fault::Reject { code: 21211, http_status: 400 }),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        let offered = ask(&process.url, "demo", &check_availability(json!({}))).await.slots();
        let slot = &offered.last().expect("a free time").0;
        fault.into_iter().for_each(|fault| gateway.stand_in.fault_for(&number(n), fault));
        assert_eq!(ask(&process.url, "demo", &book(n, slot)).await.outcome(), "booked", "{n}");
    }
    let offered = ask(&process.url, "demo", &check_availability(json!({}))).await.slots();
    let mut textless = book(10, &offered.last().expect("a free time").0);
    textless.arguments["patient_phone"] = json!("none");
    assert_eq!(ask(&process.url, "demo", &textless).await.sms().0, "skipped");
    assert_eq!(ask(&process.url, "demo", &textless).await.sms().0, "skipped", "asked again");
    let offered = ask(&process.url, "voxanne", &check_availability(json!({}))).await.slots();
    let keyless = book(11, &offered.last().expect("a free time").0);
    assert_eq!(ask(&process.url, "voxanne", &keyless).await.sms().0, "failed_but_booked");
    let settled =
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM sms_messages WHERE sms_status = 'sending')";
    until_row(&gateway.database.url, settled).await;
    let expected = [
        ("status=\"failed_but_booked\"", 2),
        ("status=\"opted_out\"", 1),
        ("status=\"sent\"", 4),
        ("status=\"skipped\"", 1),
    ];
    let expected: BTreeMap<_, _> = expected.map(|(labels, n)| (labels.to_owned(), n)).into();
    until("all are counted", async || {
        samples(&get(&process.url, "/metrics").await.1, "sms_total") == expected
    })
    .await;
    let tools = samples(&get(&process.url, "/metrics").await.1, "tool_calls_total");
    assert_eq!(
        tools["tool=\"book_appointment\",outcome=\"booked\""], 9,
        "a repeated call is a call"
    );
    assert_eq!(tools["tool=\"check_availability\",outcome=\"offered\""], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_label_has_a_value_that_a_sender_made_up() {
    let gateway = Gateway::start().await;
    let process = counted(&gateway, &[]).await;
    let mut made_up = check_availability(json!({ "date": "2026-99-99", "service": "Quuxina" }));
    ask(&process.url, "demo", &made_up).await;
    made_up.tool = "quuxina_placeholder";
    ask(&process.url, "demo", &made_up).await;
    for path in ["/quuxina", "/vapi/quuxina", "/vapi/demo?quuxina=1", "/metrics/quuxina"] {
        client()
            .post(format!("{}{path}", process.url))
            .body("quuxina")
            .send()
            .await
            .expect("an answer");
    }
    let method = reqwest::Method::from_bytes(b"QUUXINA").expect("a method");
    client().request(method, format!("{}/vapi/demo", process.url)).send().await.expect("an answer");
    let (status, metrics) = get(&process.url, "/metrics").await;
    assert_eq!(status, 200);
    assert!(!metrics.to_lowercase().contains("quuxina"), "{metrics}");
    let found = labels(&metrics);
    for (name, value) in &found {
        let is_known = match name.as_str() {
            "tool" => {
                ["check_availability", "book_appointment", "unknown"].contains(&value.as_str())
            }
            "outcome" => ["question", "unknown_tool"].contains(&value.as_str()),
            "route" => ["/vapi/{org}", "/health", "/ready", "/metrics", "unknown"]
                .contains(&value.as_str()),
            "state" => ["open", "idle"].contains(&value.as_str()),
            "status" => value.parse().is_ok_and(|status: u16| (200..600).contains(&status)),
            "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
            _ => false,
        };
        assert!(is_known, "{name}={value}");
    }
    for name in ["tool", "outcome", "route", "status", "state", "le"] {
        assert!(found.iter().any(|(found, _)| found == name), "{name} in {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_withdrawn_for_a_corrected_number_counts_as_skipped() {
    let gateway = Gateway::start().await;
    let slow = [("GATEWAY__SMS__RETRY_BASE_MS", "600000".to_owned())];
    let process = counted(&gateway, &slow).await;
    let offered = ask(&process.url, "demo", &check_availability(json!({}))).await.slots();
    let slot = offered.last().expect("a free time").0.clone();
    gateway.stand_in.script(Fault::RateLimited(None));
    let first = book(1, &slot).in_call("one-call");
    assert_eq!(ask(&process.url, "demo", &first).await.sms().0, "sending");
    let corrected = book(2, &slot).in_call("one-call");
    let reply = ask(&process.url, "demo", &corrected).await;
    assert_eq!((reply.outcome(), reply.sms().0), ("already_booked", "sent"));
    let counted = samples(&get(&process.url, "/metrics").await.1, "sms_total");
    let expected = [("status=\"sent\"".to_owned(), 1), ("status=\"skipped\"".to_owned(), 1)];
    assert_eq!(counted, expected.into());
    let states = gateway.rows("SELECT sms_status FROM sms_messages ORDER BY 1").await;
    assert_eq!(states, [json!({ "sms_status": "sent" }), json!({ "sms_status": "skipped" })]);
}
