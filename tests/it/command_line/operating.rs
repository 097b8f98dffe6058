//! A clinic's life by commands alone: migrate, apply, show, list, serve, rotate, stop.

use serde_json::json;

use crate::harness::clinics::{
    MAPLE, MAPLE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER,
};
use crate::harness::gateway::{client, post, settings, stand_in};
use crate::harness::process::ServeProcess;
use crate::harness::run::{Ran, Run};
use crate::harness::vapi::check_availability;
use crate::schema::empty_database;

/// A command with everything that `serve` has, and the secrets that the file refers to.
async fn run(database: &str, twilio: &str, arguments: &[&str], input: &str) -> Ran {
    let secrets = [
        ("DEMO_VAPI_SECRET", MAPLE_SECRET),
        ("DEMO_TWILIO_ACCOUNT_SID", TWILIO_ACCOUNT_SID),
        ("DEMO_TWILIO_AUTH_TOKEN", TWILIO_AUTH_TOKEN),
        ("DEMO_TWILIO_PHONE_NUMBER", TWILIO_NUMBER),
    ];
    let run =
        settings(database, twilio, &[]).iter().fold(Run::new(arguments), |r, (k, v)| r.env(k, v));
    secrets.iter().fold(run, |run, (k, v)| run.env(k, v)).input(input).output().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_is_set_up_served_and_given_a_new_secret() {
    let (database, twilio) = (empty_database().await, stand_in());
    let run = async |arguments: &[&str], input: &str| {
        let ran = run(&database.url, twilio.base_url(), arguments, input).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        assert_eq!(ran.err, "", "{arguments:?}");
        ran.out
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("clinic.toml");
    std::fs::write(&file, MAPLE).expect("a file");
    let file = file.to_str().expect("a path");

    run(&["migrate"], "").await;
    assert_eq!(run(&["org", "list"], "").await, "");
    run(&["org", "apply", file], "").await;
    let again = run(&["org", "apply", file], "").await;
    assert_eq!(again, "Maple Dental: nothing changed\n");
    let listed = run(&["org", "list"], "").await;
    assert!(listed.starts_with("demo  ") && listed.contains("Maple Dental"), "{listed}");
    assert_eq!(listed.lines().count(), 1);
    let shown = run(&["org", "show", "demo"], "").await;
    assert!(shown.contains("Maple Dental") && !shown.contains(MAPLE_SECRET));
    assert!(!shown.contains(TWILIO_AUTH_TOKEN) && !shown.contains(TWILIO_ACCOUNT_SID));
    std::fs::write(file, &shown).expect("a file");
    assert_eq!(run(&["org", "apply", file], "").await, again, "what is shown can be applied");

    let fresh = [("GATEWAY__VAPI__CREDENTIAL_FRESH_MS", "1".to_owned())];
    let serve = ServeProcess::start(&database.url, twilio.base_url(), &fresh).await;
    let health = format!("{}/health", serve.url);
    run(&["healthcheck", "--url", &health], "").await;
    let ready = client().get(format!("{}/ready", serve.url)).send().await.expect("an answer");
    assert_eq!(ready.status(), 200);
    let body = check_availability(json!({})).body();
    let status = async |secret: &str| post(&serve.url, "demo", secret, &body).await.0;
    assert_eq!(status(MAPLE_SECRET).await, 200);

    let rotated = run(&["org", "rotate-secret", "demo"], "").await;
    let new = rotated.lines().next().expect("a secret");
    assert!(new.len() >= 32, "{}", new.len());
    assert_eq!((status(new).await, status(MAPLE_SECRET).await), (200, 200), "both for a while");
    let newest = run(&["org", "rotate-secret", "demo", "--now"], "").await;
    let newest = newest.lines().next().expect("a secret");
    assert_eq!(
        (status(newest).await, status(new).await, status(MAPLE_SECRET).await),
        (200, 401, 401)
    );

    let unknown =
        self::run(&database.url, twilio.base_url(), &["org", "show", "elsewhere"], "").await;
    assert_eq!(unknown.code, Some(1));
    assert_eq!(unknown.err, "there is no organization with this slug or id\n");

    let (code, logged) = serve.terminate().await;
    assert_eq!(code, Some(0));
    assert!(logged.iter().any(|line| line.contains("Stopped")), "{logged:#?}");
    for secret in [MAPLE_SECRET, new, newest, TWILIO_AUTH_TOKEN] {
        assert!(!logged.iter().any(|line| line.contains(secret)));
    }
}

/// `serve` never migrates: it says that it is not ready, and turns ready when somebody has.
#[tokio::test(flavor = "multi_thread")]
async fn serve_waits_for_a_migration_that_it_does_not_run() {
    let (database, twilio) = (empty_database().await, stand_in());
    let serve = ServeProcess::start(&database.url, twilio.base_url(), &[]).await;
    let ready = async || {
        let answer = client().get(format!("{}/ready", serve.url)).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<serde_json::Value>().await.expect("JSON"))
    };
    let (status, checks) = ready().await;
    assert_eq!(
        (status, &checks["migrations"], &checks["vault"]),
        (503, &json!(false), &json!(true))
    );
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    assert!(crate::harness::rows::rows(&database.url, tables).await.is_empty());
    let health = client().get(format!("{}/health", serve.url)).send().await.expect("an answer");
    assert_eq!(health.status(), 200, "alive, if not ready");
    let migrated = run(&database.url, twilio.base_url(), &["migrate"], "").await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    assert_eq!(ready().await.0, 200);
    assert_eq!(serve.terminate().await.0, Some(0));
}

/// Credentials may come by standard input, one a line, in the order of the file.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_may_come_by_standard_input() {
    let (database, twilio) = (empty_database().await, stand_in());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("clinic.toml");
    let by_input = MAPLE.replace("\"env:DEMO_VAPI_SECRET\"", "\"stdin\"");
    std::fs::write(&file, by_input).expect("a file");
    let file = file.to_str().expect("a path");
    let run = async |arguments: &[&str], input: &str| {
        run(&database.url, twilio.base_url(), arguments, input).await
    };
    assert_eq!(run(&["migrate"], "").await.code, Some(0));
    let none = run(&["org", "apply", file], "").await;
    assert_eq!(none.code, Some(1), "{none:?}");
    let secret = "another-synthetic-secret-by-standard-input";
    let given = run(&["org", "apply", file], &format!("{secret}\n{secret}\n")).await;
    assert_eq!(given.code, Some(0), "{given:?}");
    assert!(!given.out.contains(secret) && !given.err.contains(secret));
    let serve = ServeProcess::start(&database.url, twilio.base_url(), &[]).await;
    let body = check_availability(json!({})).body();
    assert_eq!(post(&serve.url, "demo", secret, &body).await.0, 200);
    serve.kill().await;
}

/// The first command of an operator, and what is most often wrong then. Postgres's own words would name
/// the user, the host and the database.
#[tokio::test(flavor = "multi_thread")]
async fn migrate_says_why_the_database_lets_nobody_in() {
    let database = empty_database().await;
    let (scheme, rest) = database.url.split_once("://").expect("a scheme");
    let (user, address) = rest.rsplit_once('@').expect("an address");
    let user = user.split(':').next().expect("a user");
    let told = async |url: String| {
        let ran = Run::new(&["migrate"]).env("DATABASE_URL", &url).output().await;
        assert!(!ran.err.contains(user) && !ran.err.contains(address), "{ran:?}");
        ran.err
    };
    let elsewhere = database.url.replace(&database.name, "no_such_database");
    assert_eq!(told(elsewhere).await, "the database does not exist on its server\n");
    let guessed = told(format!("{scheme}://{user}:a-guess@{address}")).await;
    // A server that trusts its own machine asks nobody for a password.
    if !guessed.is_empty() {
        assert_eq!(guessed, "the database refuses this user or password\n");
    }
}
