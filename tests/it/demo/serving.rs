//! The demo while it serves, what it leaves when it is told to stop, and what a second start finds.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ring::hmac;
use secrecy::ExposeSecret;
use serde_json::Value;

use vapi_gateway::config::Config;

use super::{Demo, ask, clinic, is_reachable, soonest, text};
use crate::cluster::open_folder;
use crate::harness::rows::rows;
use crate::harness::run::Run;

/// Somebody's own database: the demo must not even look at it.
const NOT_OURS: [(&str, &str); 2] = [
    ("DATABASE_URL", "not even an address"),
    ("GATEWAY__SERVER__PUBLIC_URL", "https://elsewhere.example"),
];

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_until_sigterm_and_goes_on_where_it_was() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    let first = Demo::start(&data_dir, &[], &NOT_OURS).await;
    let described = first.json();
    is_as_promised(&described);
    for file in ["demo.json", "gateway.toml"] {
        let mode = fs::metadata(data_dir.join(file)).expect(file).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    other_commands_find_it(&data_dir, &first);
    assert_eq!((first.get("/health").await, first.get("/ready").await), (200, 200));
    let (status, phone) = first.read("/demo/phone").await;
    assert_eq!(status, 200);
    let confirmation = "Appointment Confirmation: Maple Dental\n";
    assert_eq!(phone.matches(confirmation).count(), 1, "the call's text is on the phone: {phone}");
    every_clinic_answers_its_secrets(&described).await;
    let booked = "SELECT appointment_id, sms_status FROM sms_messages ORDER BY 1";
    let database = first.database_url();
    let before = rows(&database, booked).await;
    assert_eq!(before.len(), 1, "the recorded call's");
    assert_eq!(before[0]["sms_status"], "sent");

    let second = Run::new(&["demo", "--bind", "127.0.0.1:0", "--data-dir", path(&data_dir)]);
    let second = second.output().await;
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("another demo is running"), "{second:?}");
    assert_eq!(first.json(), described, "the running demo's description stays");

    let (code, printed) = first.end("TERM").await;
    assert_eq!(code, Some(0));
    assert!(printed.contains(&format!("Serving at {}", text(&described["base_url"]))), "{printed}");
    let phone = format!("The patient's phone: {}/demo/phone\n", text(&described["base_url"]));
    assert!(printed.contains(&phone), "{printed}");
    nothing_is_left_running(&data_dir, &database).await;

    let again = Demo::start(&data_dir, &[], &[]).await;
    let since = again.json();
    for org in ["demo", "voxanne"] {
        for kept in ["org_id", "vapi_secret", "twilio"] {
            assert_eq!(clinic(&since, org)[kept], clinic(&described, org)[kept], "{org} {kept}");
        }
    }
    let now = rows(&again.database_url(), booked).await;
    assert!(now.len() > before.len() && now.contains(&before[0]), "{now:?}");
    every_clinic_answers_its_secrets(&since).await;
    let database = again.database_url();
    let (code, _) = again.end("INT").await;
    assert_eq!(code, Some(0));
    nothing_is_left_running(&data_dir, &database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_again_after_sigkill() {
    let folder = open_folder();
    let data_dir = folder.path().join("data");
    let first = Demo::start(&data_dir, &[], &[]).await;
    let (described, database) = (first.json(), first.database_url());
    let count = "SELECT count(*) FROM appointments";
    let before = rows(&database, count).await[0]["count"].as_i64();
    let (code, _) = first.end("KILL").await;
    assert_eq!(code, None, "killed");
    assert!(data_dir.join("demo.json").exists(), "nobody was there to remove it");

    let again = Demo::start(&data_dir, &[], &[]).await;
    assert_eq!(clinic(&again.json(), "demo")["org_id"], clinic(&described, "demo")["org_id"]);
    let now = rows(&again.database_url(), count).await[0]["count"].as_i64();
    assert_eq!(now, before.map(|n| n + 1));
    assert_eq!(again.end("TERM").await.0, Some(0));
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// The shape that others rely on, and nothing else.
fn is_as_promised(demo: &Value) {
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(demo), ["base_url", "clinics", "database_url"]);
    let base_url = text(&demo["base_url"]);
    let address: SocketAddr = base_url.strip_prefix("http://").expect("http").parse().expect("it");
    assert!(address.ip().is_loopback() && address.port() != 0, "the bound address");
    assert_eq!(demo["clinics"].as_array().expect("clinics").len(), 2);
    for org in ["demo", "voxanne"] {
        let clinic = clinic(demo, org);
        assert_eq!(keys(&clinic), ["org", "org_id", "twilio", "vapi_secret", "vapi_url"]);
        assert_eq!(text(&clinic["vapi_url"]), format!("{base_url}/vapi/{org}"));
        assert!(text(&clinic["vapi_secret"]).len() >= 32);
        uuid::Uuid::parse_str(&text(&clinic["org_id"])).expect("a UUID");
    }
    let twilio = &clinic(demo, "demo")["twilio"];
    assert_eq!(keys(twilio), ["account_sid", "auth_token", "phone_number"]);
    assert!(text(&twilio["account_sid"]).starts_with("AC"));
    let voxanne = clinic(demo, "voxanne");
    assert_eq!(voxanne["twilio"], Value::Null);
    assert_eq!(voxanne["org_id"], "46cf2995-2bee-44e3-838b-24151486fe4e");
}

/// With `--config`, whatever the environment of whoever tries it, and its texts go to the stand-in.
fn other_commands_find_it(data_dir: &Path, demo: &Demo) {
    let path = data_dir.join("gateway.toml");
    let config = Config::load(Some(&path), std::iter::empty()).expect("a configuration");
    assert_eq!(config.database.url.expose_secret(), demo.database_url());
    assert_eq!(config.server.public_url, Some(text(&demo.json()["base_url"])));
    assert!(config.twilio.base_url.starts_with("http://127.0.0.1:"), "{}", config.twilio.base_url);
    assert_eq!(config.vault.keys.len(), 1);
}

/// In the header, as a bearer token, and as the key of a signature; by slug and by id; and nobody
/// else's.
async fn every_clinic_answers_its_secrets(demo: &Value) {
    for (org, other) in [("demo", "voxanne"), ("voxanne", "demo")] {
        let clinic = clinic(demo, org);
        let (url, secret) = (text(&clinic["vapi_url"]), text(&clinic["vapi_secret"]));
        let body = soonest();
        let at = time::OffsetDateTime::UNIX_EPOCH + since_epoch();
        let timestamp = at.unix_timestamp().to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signed = hmac::sign(&key, format!("{timestamp}.{body}").as_bytes());
        let signature: String = signed.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let proofs: [&[(&str, String)]; 3] = [
            &[("x-vapi-secret", secret.clone())],
            &[("authorization", format!("Bearer {secret}"))],
            &[("x-signature", signature), ("x-timestamp", timestamp)],
        ];
        for proof in proofs {
            let (status, answer) = ask(&url, proof, &body).await;
            assert_eq!(status, 200, "{org}");
            assert_eq!(answer["results"][0]["metadata"]["outcome"], "offered", "{answer}");
        }
        let by_id = format!("{}/vapi/{}", text(&demo["base_url"]), text(&clinic["org_id"]));
        assert_eq!(ask(&by_id, proofs[0], &body).await.0, 200);
        let others = text(&super::clinic(demo, other)["vapi_secret"]);
        assert_eq!(ask(&url, &[("x-vapi-secret", others)], &body).await.0, 401);
        assert_eq!(ask(&url, &[], &body).await.0, 401);
    }
}

/// Signatures go by the wall clock, whatever the demo's `--clock`.
fn since_epoch() -> std::time::Duration {
    std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970")
}

async fn nothing_is_left_running(data_dir: &Path, database: &str) {
    assert!(!data_dir.join("postgres/postgres/pgdata/postmaster.pid").exists());
    assert!(data_dir.join("postgres/postgres/pgdata/PG_VERSION").exists(), "its data stay");
    assert!(!is_reachable(database).await);
    // Linux alone can be asked so.
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let line = fs::read_to_string(process.path().join("cmdline")).unwrap_or_default();
        assert!(!line.contains(path(data_dir)), "still running: {line}");
    }
}
