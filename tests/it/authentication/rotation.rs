//! Two credentials hold while one replaces the other; one that has ended does not hold at all.

use secrecy::ExposeSecret;
use time::Duration;
use vapi_gateway::cli::org;
use vapi_gateway::clock::wall_now;

use super::{CLINIC, assert_is_let_in, body, door, night_owl, status};
use crate::harness::clinics::MAPLE_SECRET;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::patience::eventually;

/// Looks its credentials up for every request.
fn forgetful() -> Setup {
    night_owl().set("GATEWAY__VAPI__CREDENTIAL_FRESH_MS", 1)
}

fn with(gateway: &Gateway, secret: &str) -> reqwest::RequestBuilder {
    door(gateway, CLINIC).header("x-vapi-secret", secret).body(body())
}

async fn end(gateway: &Gateway, when: &str) {
    let ended = format!(
        "UPDATE vapi_credentials SET expires_at = {when} \
         WHERE org_id = (SELECT id FROM organizations WHERE slug = '{CLINIC}')"
    );
    gateway.execute(&ended).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_hold_until_the_old_one_ends() {
    let gateway = forgetful().start().await;
    let tomorrow = wall_now() + Duration::days(1);
    let app = &gateway.app;
    let rotated = org::rotate_secret(&app.db, &app.vault, CLINIC, Some(tomorrow)).await.unwrap();
    let new = rotated.secret.expose_secret().to_owned();
    assert_eq!(rotated.ended, 1);
    for secret in [MAPLE_SECRET, &new] {
        assert_is_let_in(with(&gateway, secret)).await;
    }
    let again = org::rotate_secret(&app.db, &app.vault, CLINIC, None).await.unwrap();
    let newest = again.secret.expose_secret().to_owned();
    assert_eq!(again.ended, 2);
    assert_is_let_in(with(&gateway, &newest)).await;
    for secret in [MAPLE_SECRET, &new] {
        assert_eq!(status(with(&gateway, secret)).await, 401);
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_ended_is_refused() {
    let gateway = forgetful().start().await;
    assert_is_let_in(with(&gateway, MAPLE_SECRET)).await;
    end(&gateway, "now() - interval '1 second'").await;
    assert_eq!(status(with(&gateway, MAPLE_SECRET)).await, 401);
    end(&gateway, "NULL").await;
    assert_is_let_in(with(&gateway, MAPLE_SECRET)).await;
    gateway.stop().await;
}

/// What is remembered of a credential includes its end.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_while_it_is_remembered_is_refused() {
    let gateway = night_owl().set("GATEWAY__VAPI__CREDENTIAL_FRESH_MS", 600_000).start().await;
    end(&gateway, "now() + interval '4 seconds'").await;
    assert_is_let_in(with(&gateway, MAPLE_SECRET)).await;
    let refused = async || (status(with(&gateway, MAPLE_SECRET)).await == 401).then_some(());
    eventually("it is refused", refused).await;
    gateway.stop().await;
}

/// One that was taken away is refused as soon as what is remembered is old.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_taken_away_is_forgotten() {
    let gateway = night_owl().set("GATEWAY__VAPI__CREDENTIAL_FRESH_MS", 500).start().await;
    assert_is_let_in(with(&gateway, MAPLE_SECRET)).await;
    gateway.execute("DELETE FROM vapi_credentials").await;
    let refused = async || (status(with(&gateway, MAPLE_SECRET)).await == 401).then_some(());
    eventually("it is refused", refused).await;
    gateway.stop().await;
}
