//! What goes wrong is told in sentences on standard error, without a secret, and the code says so.

use crate::harness::run::{Ran, Run};

const SECRET: &str = "a-synthetic-secret";

/// Runs a command that must fail; returns the lines of its complaint.
async fn told(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<String> {
    let run = environment.iter().fold(Run::new(arguments), |run, (k, v)| run.env(k, v));
    let Ran { code, out, err } = run.output().await;
    assert_eq!((code, out.as_str()), (Some(1), ""), "{arguments:?}: {err}");
    assert!(!err.contains(SECRET), "{err}");
    err.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn serve_tells_everything_that_is_missing() {
    let missing = [
        "database.url is not set: set DATABASE_URL, or the key in a file",
        "vault.keys is empty: `vault generate-key` makes one",
    ];
    assert_eq!(told(&["serve"], &[]).await, missing);
    assert_eq!(told(&["org", "list"], &[]).await, missing);
    assert_eq!(told(&["migrate"], &[]).await, missing[..1]);
}

#[tokio::test]
async fn serve_tells_everything_that_is_wrong_a_line_for_each() {
    let wrong = [
        ("DATABASE_URL", "postgres://gateway:a-synthetic-secret@/x?sslmode=weird"),
        ("GATEWAY__VAULT__KEYS", SECRET),
        ("GATEWAY__SERVER__BIND", "8080"),
        ("GATEWAY__SMS__BATCH", "many"),
        ("GATEWAY__SERVER__BIN", "127.0.0.1:0"),
    ];
    let lines = told(&["serve"], &wrong).await;
    let about = ["database.url", "vault.keys", "server.bind", "sms.batch", "GATEWAY__SERVER__BIN "];
    assert_eq!(lines.len(), about.len(), "{lines:#?}");
    for key in about {
        assert_eq!(lines.iter().filter(|line| line.starts_with(key)).count(), 1, "{lines:#?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let away = [("DATABASE_URL", "postgres://gateway:a-synthetic-secret@127.0.0.1:9/gateway")];
    assert_eq!(told(&["migrate"], &away).await, ["the database cannot be reached"]);
    let nowhere = told(&["healthcheck", "--url", "http://127.0.0.1:9/health"], &[]).await;
    assert_eq!(nowhere, ["http://127.0.0.1:9/health does not answer with success"]);
    let unknown = told(&["tools", "print", "order_pizza"], &[]).await;
    assert_eq!(
        unknown,
        ["there is no tool order_pizza: check_availability, book_appointment, opt_out_of_texts"]
    );
    let schema = told(&["tools", "check", "--schema", "/nowhere.json"], &[]).await;
    assert_eq!(schema.len(), 1);
    assert!(schema[0].starts_with("cannot read /nowhere.json: "), "{schema:?}");
    let file = told(&["--config", "/nowhere.toml", "serve"], &[]).await;
    assert!(file.iter().any(|line| line.starts_with("/nowhere.toml cannot be read: ")), "{file:?}");
    let url = ["--url", "http://127.0.0.1:9/vapi/demo", "--secret", SECRET];
    let replay = told(&[&["replay", "/nowhere"][..], &url].concat(), &[]).await;
    assert!(replay[0].starts_with("cannot read /nowhere: "), "{replay:?}");
}

/// A word that clap does not know ends with its own code, and with a pointer to the help.
#[tokio::test]
async fn a_wrong_word_is_pointed_at() {
    for arguments in [&["book"][..], &["demo", "--clock", "noon"], &["serve", "--clock", "x"]] {
        let ran = Run::new(arguments).output().await;
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains("--help"), "{ran:?}");
    }
}
