//! `replay` against a gateway: the demo's call from its folder, and every recorded body there is.

use std::path::Path;

use crate::harness::clinics::MAPLE_SECRET;
use crate::harness::gateway::Gateway;
use crate::harness::run::{Ran, Run};

async fn replay(gateway: &Gateway, path: &str, secret: &str, more: &[&str]) -> Ran {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    let url = format!("{}/vapi/demo", gateway.url);
    let mut arguments = vec!["replay", folder.to_str().expect("a path")];
    arguments.extend(["--url", &url, "--secret", secret]);
    arguments.extend(more);
    Run::new(&arguments).output().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demos_call_books_an_appointment() {
    let gateway = Gateway::start().await;
    let ran = replay(&gateway, "demo-call", MAPLE_SECRET, &["--fresh-ids"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 5, "{ran:?}");
    assert!(lines[1].starts_with("2-check-availability.json  200 On "), "{ran:?}");
    assert!(lines[2].starts_with("3-book-appointment.json  200 That is booked: "), "{ran:?}");
    assert_eq!(gateway.count("appointments WHERE status = 'booked'").await, 1);
    assert_eq!(gateway.stand_in.messages().len(), 1);
    // The same ids are the same call: nothing is booked twice, and the words are the same.
    let recorded = replay(&gateway, "demo-call", MAPLE_SECRET, &[]).await;
    let repeated = replay(&gateway, "demo-call", MAPLE_SECRET, &[]).await;
    let booking = |ran: &Ran| ran.out.lines().nth(2).expect("a line").to_owned();
    assert_eq!((recorded.code, repeated.code), (Some(0), Some(0)));
    assert_eq!(booking(&recorded), booking(&repeated));
    // With the slot that was free before: another argument is another wish.
    assert!(gateway.count("appointments").await <= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_body_is_answered_with_200() {
    let gateway = Gateway::start().await;
    let ran = replay(&gateway, "vapi", MAPLE_SECRET, &[]).await;
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.out.lines().count() > 100, "{}", ran.out);
    let faulty: Vec<&str> = ran.out.lines().filter(|line| !line.contains(".json  200")).collect();
    assert!(faulty.is_empty(), "{faulty:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_told_for_each_body() {
    let gateway = Gateway::start().await;
    let ran = replay(&gateway, "demo-call", "a-wrong-secret", &[]).await;
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out.lines().filter(|line| line.ends_with(".json  401 unauthorized")).count(),
        5,
        "{ran:?}"
    );
    assert_eq!(gateway.count("appointments").await, 0);
}
