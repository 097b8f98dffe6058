//! What a real `serve` process logs at `trace` of pages and texts: that they came, and nothing of whose they
//! are.

use serde_json::{Value, json};

use crate::harness::clinics::{SECRETS, TWILIO_NUMBER};
use crate::harness::gateway::{Gateway, ask, client};
use crate::harness::process::ServeProcess;
use crate::harness::twilio::Webhook;
use crate::harness::vapi::{CALLER, book_appointment, opt_out_of_texts};

const OUTSIDE: &str = "https://clinic.example.com";

#[tokio::test(flavor = "multi_thread")]
async fn every_visit_and_text_is_a_line_without_token_number_or_words() {
    let gateway = Gateway::unhurried().await;
    let settings = [
        ("GATEWAY__LOG__LEVEL", "trace".to_owned()),
        ("GATEWAY__SERVER__PUBLIC_URL", OUTSIDE.to_owned()),
        ("GATEWAY__SMS__REPLY_DEADLINE_MS", "15000".to_owned()),
    ];
    let twilio = gateway.stand_in.base_url();
    let process = ServeProcess::start(&gateway.database.url, twilio, &settings).await;
    let wish = json!({ "patient_name": "Quuxina Sample", "date": "2027-03-02", "time": "9:30 AM" });
    let reply = ask(&process.url, "demo", &book_appointment(wish)).await;
    assert_eq!(reply.sms().0, "sent", "{reply:?}");
    let path = super::path_of_link(&gateway.stand_in.messages_to(CALLER)[0].body);
    let url = format!("{}{path}", process.url);
    let form = |body: &'static str| {
        let form = client().post(&url).header("content-type", "application/x-www-form-urlencoded");
        form.body(body)
    };
    for (request, expected) in [
        (client().get(&url), 200),
        (client().get(format!("{url}/appointment.ics")), 200),
        (client().get(format!("{url}x")), 404),
        (form("answer=quuxina"), 400),
        // Followed to the page.
        (form("answer=confirm"), 200),
    ] {
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), expected);
    }
    for (sid, body) in [("SM1", "I am Quuxina"), ("SM2", "C"), ("SM3", "STOP")] {
        let text = [("MessageSid", sid), ("From", CALLER), ("To", TWILIO_NUMBER), ("Body", body)];
        let text = Webhook::new("/twilio/demo/inbound", &text).origin(OUTSIDE);
        assert_eq!(text.post(&process.url).await.0, 200, "{body}");
    }
    ask(&process.url, "demo", &opt_out_of_texts(json!({}))).await;

    let (code, log) = process.terminate().await;
    assert_eq!(code, Some(0));
    let token = path.strip_prefix("/c/").expect("a token");
    let token = token.to_lowercase();
    let (half, rest) = token.split_at(token.len() / 2);
    let traces = ["quuxina", "5550142", half, rest];
    for line in &log {
        let lower = line.to_lowercase();
        assert!(traces.iter().all(|trace| !lower.contains(trace)), "{line}");
        assert!(SECRETS.iter().all(|secret| !line.contains(secret)), "{line}");
    }
    let lines: Vec<Value> = log.iter().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let told = |route: &str| {
        let of_route = lines.iter().filter(|line| line["route"] == route);
        of_route.map(|line| (line["status"].as_u64(), line["outcome"].as_str())).collect::<Vec<_>>()
    };
    assert_eq!(
        told("/c/{token}"),
        [
            (Some(200), Some("")),
            (Some(404), Some("")),
            (Some(400), Some("")),
            (Some(303), Some("confirmed")),
            (Some(200), Some(""))
        ]
    );
    assert_eq!(told("/c/{token}/appointment.ics"), [(Some(200), Some(""))]);
    assert_eq!(
        told("/twilio/{org}/inbound"),
        [(Some(200), Some("other")), (Some(200), Some("confirm")), (Some(200), Some("stop"))]
    );
}
