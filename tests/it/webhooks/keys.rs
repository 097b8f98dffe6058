//! Whose token counts: the clinic's own, the primary one and, while it changes, the secondary one.

use vapi_gateway::cli::org::{self, OrgFile, Secrets};

use super::{sid_of, texted, told};
use crate::harness::clinics::{
    MAPLE, MAPLE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER,
};
use crate::harness::gateway::{Gateway, Setup};

const NEXT_TOKEN: &str = "the-token-that-is-to-come-31c9";

/// Maple Dental with these tokens.
async fn apply(gateway: &Gateway, primary: &str, secondary: Option<&str>) -> Vec<String> {
    let find = |name: &str| {
        let value = match name {
            "DEMO_VAPI_SECRET" => MAPLE_SECRET,
            "DEMO_TWILIO_ACCOUNT_SID" => TWILIO_ACCOUNT_SID,
            "DEMO_TWILIO_AUTH_TOKEN" => primary,
            "DEMO_TWILIO_PHONE_NUMBER" => TWILIO_NUMBER,
            "NEXT" => secondary?,
            _ => return None,
        };
        Some(value.to_owned())
    };
    let line = "auth_token = \"env:DEMO_TWILIO_AUTH_TOKEN\"";
    assert!(MAPLE.contains(line));
    let with = format!("{line}\nsecondary_auth_token = \"env:NEXT\"");
    let file = if secondary.is_some() { MAPLE.replace(line, &with) } else { MAPLE.to_owned() };
    let mut nothing = std::io::empty();
    let file = OrgFile::read(&file, &mut Secrets::new(&find, &mut nothing)).expect("a file");
    let app = &gateway.app;
    org::apply(&app.db, &app.vault, &file).await.expect("it applies").changes
}

#[tokio::test(flavor = "multi_thread")]
async fn both_tokens_count_while_they_change_places() {
    let gateway = Setup::default().start().await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    let status = async |token: &str| told(&path, &sid).token(token).post(&gateway.url).await.0;
    assert_eq!((status(TWILIO_AUTH_TOKEN).await, status(NEXT_TOKEN).await), (204, 403));

    let changes = apply(&gateway, TWILIO_AUTH_TOKEN, Some(NEXT_TOKEN)).await;
    assert_eq!(changes, ["Twilio account changed"]);
    assert_eq!(apply(&gateway, TWILIO_AUTH_TOKEN, Some(NEXT_TOKEN)).await, [""; 0]);
    assert_eq!((status(TWILIO_AUTH_TOKEN).await, status(NEXT_TOKEN).await), (204, 204));
    let shown = org::show(&gateway.app.db, "demo").await.expect("it is shown");
    assert!(shown.contains("with a primary and a secondary auth token"), "{shown}");
    assert!(!shown.contains(NEXT_TOKEN));

    assert_eq!(apply(&gateway, NEXT_TOKEN, None).await, ["Twilio account changed"]);
    assert_eq!((status(TWILIO_AUTH_TOKEN).await, status(NEXT_TOKEN).await), (403, 204));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_opened_open_nothing() {
    let gateway = Setup::default().start().await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    for tampering in ["auth_token = 'x'", "auth_token = account_sid", "account_sid = ''"] {
        gateway.execute(&format!("UPDATE customer_twilio_keys SET {tampering}")).await;
        for token in [TWILIO_AUTH_TOKEN, ""] {
            let answer = told(&path, &sid).token(token).post(&gateway.url).await;
            assert_eq!(answer, (403, String::new()), "{tampering}");
        }
    }
}
