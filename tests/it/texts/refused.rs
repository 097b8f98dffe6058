//! Texts that Twilio refuses for good: told at once, never tried again.

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::harness::clinics::{MAPLE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_NUMBER, always_open};
use crate::harness::gateway::Setup;
use crate::texts::{Claim, book_into, booking, patient};

/// The recipients for whom Twilio's test credentials refuse, and with what.
const RECIPIENTS: [(&str, u32); 5] = [
    ("+15005550001", 21211),
    ("+15005550002", 21612),
    ("+15005550003", 21408),
    ("+15005550004", 21610),
    ("+15005550009", 21614),
];

/// The senders likewise.
const SENDERS: [(&str, u32); 3] =
    [("+15005550001", 21212), ("+15005550007", 21606), ("+15005550008", 21611)];

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_twilio_refuses() {
    for (phone, code) in RECIPIENTS {
        let gateway = patient().start().await;
        let mut call = booking("9:30 AM");
        call.arguments["patient_phone"] = json!(phone);
        let reply = gateway.call("demo", &call).await;
        let (status, claim) = match code {
            21610 => ("opted_out", Claim::OptedOut),
            _ => ("failed_but_booked", Claim::NoneWillCome),
        };
        let reason = format!("rejected_{code}");
        assert_eq!(reply.outcome(), "booked");
        assert_eq!(reply.sms(), (status, Some(reason.as_str())), "{phone}");
        assert_eq!(Claim::of(&reply), claim, "{phone}");
        let attempt = "SELECT outcome, http_status, twilio_code FROM sms_attempts";
        let rejected = json!({ "outcome": "rejected", "http_status": 400, "twilio_code": code });
        assert_eq!(gateway.rows(attempt).await, [rejected]);
        gateway.assert_settled(status, Some(&reason)).await;
        assert_eq!(gateway.stand_in.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_twilio_refuses() {
    for (sender, code) in SENDERS {
        let file = always_open("night", "Night Owls", "America/New_York", "US")
            .replace(TWILIO_NUMBER, sender);
        let gateway = patient().clinic(file).start().await;
        let reply = gateway.call("night", &booking("9:30 AM")).await;
        let reason = format!("rejected_{code}");
        assert_eq!(reply.sms(), ("failed_but_booked", Some(reason.as_str())), "{sender}");
        assert_eq!(Claim::of(&reply), Claim::NoneWillCome);
        gateway.assert_settled("failed_but_booked", Some(&reason)).await;
        assert_eq!(gateway.stand_in.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_twilio_does_not_know() {
    let gateway = patient().start().await;
    let wrong = |name: &str| {
        Some(match name {
            "DEMO_TWILIO_ACCOUNT_SID" => TWILIO_ACCOUNT_SID.to_owned(),
            "DEMO_TWILIO_AUTH_TOKEN" => "somebody-elses-token".to_owned(),
            _ => MAPLE_SECRET.to_owned(),
        })
    };
    let file = always_open("night", "Night Owls", "America/New_York", "US");
    crate::texts::keys::apply(&gateway, &file, &wrong).await;
    let reply = gateway.call("night", &booking("9:30 AM")).await;
    assert_eq!(reply.sms(), ("failed_but_booked", Some("rejected_20003")));
    assert_eq!(Claim::of(&reply), Claim::NoneWillCome);
    assert_eq!(gateway.count("sms_attempts WHERE http_status = 401").await, 1);
    gateway.assert_settled("failed_but_booked", Some("rejected_20003")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_without_a_code_is_named_by_its_status() {
    for (fault, reason) in [
        (Fault::Status(404), "rejected_404"),
        (Fault::Html(403), "rejected_403"),
        (Fault::Reject { code: 30034, http_status: 400 }, "rejected_30034"),
    ] {
        let gateway = patient().start().await;
        let reply = book_into(&gateway, fault).await;
        assert_eq!(reply.sms(), ("failed_but_booked", Some(reason)), "{fault:?}");
        assert_eq!(Claim::of(&reply), Claim::NoneWillCome);
        gateway.assert_settled("failed_but_booked", Some(reason)).await;
        assert_eq!(gateway.stand_in.messages(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_who_stopped_the_texts_of_one_clinic_hears_how_to_start_them() {
    let gateway = Setup::default().start().await;
    let reply = book_into(&gateway, Fault::Reject { code: 21610, http_status: 400 }).await;
    assert!(reply.spoken().contains("texting START to us"), "{}", reply.spoken());
    // It is remembered: the next one is not even tried, and says so at once.
    let next = gateway.call("demo", &booking("11 AM")).await;
    assert_eq!(next.sms(), ("opted_out", Some("rejected_21610")));
    assert!(next.spoken().contains("texting START to us"), "{}", next.spoken());
    assert_eq!(gateway.count("sms_attempts").await, 1);
}
