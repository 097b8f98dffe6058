//! Twilio's door: only what the clinic's own account signed is let in, and whoever is turned away learns
//! nothing. Each way to be wrong is one change of a request that is right.

mod keys;

use uuid::Uuid;
use vapi_gateway::twilio::signature::HEADER;

use crate::harness::gateway::{Gateway, Setup, client};
use crate::harness::twilio::Webhook;
use crate::harness::vapi::book_appointment;

/// Books at Maple Dental, and returns the path at which Twilio reports on its text.
async fn texted(gateway: &Gateway) -> String {
    let wish =
        serde_json::json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "9 AM" });
    let reply = gateway.call("demo", &book_appointment(wish)).await;
    assert_eq!(reply.sms(), ("sent", None));
    let attempt = gateway.value("SELECT id FROM sms_attempts").await;
    format!("/twilio/demo/status/{}", attempt.as_str().expect("an id"))
}

const SID: &str = "SM0000000000000000000000000000d00d";

/// A status callback about a text of this sid.
fn told(path: &str, sid: &str) -> Webhook {
    let form = [("MessageSid", sid), ("MessageStatus", "sent"), ("To", "+12125550142")];
    Webhook::new(path, &form)
}

async fn sid_of(gateway: &Gateway) -> String {
    let sid = gateway.value("SELECT twilio_message_sid FROM sms_messages").await;
    sid.as_str().expect("a sid").to_owned()
}

async fn events(gateway: &Gateway) -> i64 {
    gateway.count("sms_delivery_events").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_one_is_let_in_by_slug_and_by_id() {
    let gateway = Gateway::start().await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    assert_eq!(told(&path, &sid).post(&gateway.url).await, (204, String::new()));
    let org = gateway.value("SELECT id FROM organizations WHERE slug = 'demo'").await;
    let by_id = path.replace("demo", org.as_str().expect("an id"));
    assert_eq!(told(&by_id, &sid).post(&gateway.url).await, (204, String::new()));
    assert_eq!(events(&gateway).await, 1, "twice is once");
    // Blanks, repeats and whatever Twilio adds are signed, too; and so is a query.
    let odd = [
        ("AccountSid", crate::harness::clinics::TWILIO_ACCOUNT_SID),
        ("MessageSid", sid.as_str()),
        ("MessageStatus", "delivered"),
        ("Body", " ça +&= 'va' \u{1f600} "),
        ("Empty", ""),
        ("Twice", "b"),
        ("Twice", "a"),
    ];
    let odd = Webhook::new(format!("{path}?x=%41&y=a%20b+c"), &[]).with_form(&odd);
    assert_eq!(odd.post(&gateway.url).await.0, 204);
    assert_eq!(events(&gateway).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_be_wrong_is_forbidden_alike() {
    let gateway = Gateway::start().await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    let url = gateway.url.as_str();
    let right = told(&path, &sid);
    let signature = right.signature(url);
    let forbidden = (403, String::new());

    for headers in [
        vec![],
        vec![(HEADER, "")],
        vec![(HEADER, " ")],
        vec![(HEADER, signature.as_str()), (HEADER, signature.as_str())],
        vec![(HEADER, "not base64 at all")],
        vec![(HEADER, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")],
        vec![(HEADER, signature.trim_end_matches('='))],
    ] {
        assert_eq!(right.post_as(url, &headers, right.body()).await, forbidden, "{headers:?}");
    }
    // The body altered by one letter, one pair more, one less, cut, or none.
    let body = right.body();
    for altered in [
        body.replace("sent", "delivered"),
        format!("{body}&x="),
        body.split_once('&').expect("pairs").1.to_owned(),
        body.strip_suffix('2').expect("the number's last digit").to_owned(),
        String::new(),
        "{}".to_owned(),
    ] {
        assert_eq!(right.post_as(url, &[(HEADER, &signature)], altered).await, forbidden);
    }
    for wrong in [
        told(&path, &sid).token("another-token"),
        told(&path, &sid).token(""),
        told(&path, &sid).signed_path(&format!("{path}/")),
        told(&path, &sid).signed_path(&path.to_uppercase()),
        told(&path, &sid).signed_path("/twilio/demo/inbound"),
        told(&path, &sid).origin("http://attacker.example"),
        told(&path, &sid).origin(&url.replace("http:", "https:")),
        // A clinic without an account, one that there is not, and what is no name.
        told(&path.replace("demo", "voxanne"), &sid),
        told(&path.replace("demo", "nobody"), &sid),
        told(&path.replace("demo", "%2B12125550142"), &sid),
        told(&path.replace("demo", &"9".repeat(100)), &sid),
        // Signed by the account's token, about another account or none.
        told(&path, &sid).with_form(&[("MessageSid", &sid), ("MessageStatus", "sent")]),
        told(&path, &sid).with_form(&[("AccountSid", ""), ("MessageSid", &sid)]),
        told(&path, &sid).with_form(&[
            ("AccountSid", "AC0000000000000000000000000000beef"),
            ("MessageSid", &sid),
            ("MessageStatus", "sent"),
        ]),
    ] {
        assert_eq!(wrong.post(url).await, forbidden);
    }
    assert_eq!(events(&gateway).await, 0);
    let host = [(HEADER, signature.as_str()), ("host", "attacker.example")];
    assert_eq!(right.post_as(url, &host, right.body()).await.0, 204, "the Host is not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_url_is_the_configured_one_with_and_without_its_port() {
    for (public_url, signed_as, status) in [
        ("https://clinic.example", "https://clinic.example", 204),
        ("https://clinic.example", "https://clinic.example:443", 204),
        ("https://clinic.example:443", "https://clinic.example", 204),
        ("http://clinic.example", "http://clinic.example:80", 204),
        ("https://clinic.example", "http://clinic.example", 403),
        ("https://clinic.example", "https://clinic.example:8443", 403),
        ("https://clinic.example", "https://other.example", 403),
    ] {
        let gateway = Setup::default().set("GATEWAY__SERVER__PUBLIC_URL", public_url).start().await;
        let path = texted(&gateway).await;
        let right = told(&path, &sid_of(&gateway).await).origin(signed_as);
        assert_eq!(right.post(&gateway.url).await.0, status, "{public_url} as {signed_as}");
        let at_our_address = told(&path, SID).post(&gateway.url).await;
        assert_eq!(at_our_address.0, 403, "where it listens is not what it is called");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_public_url_nothing_can_be_verified() {
    let gateway = Setup::default().without_public_url().start().await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    assert_eq!(told(&path, &sid).post(&gateway.url).await, (403, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_small_posts_are_read() {
    let gateway = Setup::default().set("GATEWAY__SERVER__BODY_READ_MS", 1_500).start().await;
    let path = texted(&gateway).await;
    let large = Webhook::new(&path, &[("Body", &"x".repeat(64 * 1024))]);
    assert_eq!(large.post(&gateway.url).await.0, 413);
    let get = client().get(format!("{}{path}", gateway.url)).send().await.expect("an answer");
    assert!([404, 405].contains(&get.status().as_u16()), "{}", get.status());
    // One that announces more than it sends is not waited for.
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = gateway.url.strip_prefix("http://").expect("an address");
    let mut peer = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\n{HEADER}: AAAA\r\nContent-Length: 100\r\n\r\nAccountSid="
    );
    peer.write_all(head.as_bytes()).await.expect("a head");
    let mut answer = [0; 12];
    peer.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_about_an_attempt_of_the_clinic_is_not_found() {
    let gateway = Setup::default()
        .clinic(crate::harness::clinics::MAPLE.replace("slug = \"demo\"", "slug = \"twin\""))
        .start()
        .await;
    let path = texted(&gateway).await;
    let sid = sid_of(&gateway).await;
    // The twin has the same account, so that its door opens; the attempt is another clinic's all the same.
    let not_found = (404, String::new());
    for path in [
        path.replace("demo", "twin"),
        format!("/twilio/demo/status/{}", Uuid::now_v7()),
        "/twilio/demo/status/nothing".to_owned(),
        "/twilio/demo/status/%27%3B".to_owned(),
    ] {
        assert_eq!(told(&path, &sid).post(&gateway.url).await, not_found, "{path}");
    }
    for form in [
        vec![("MessageSid", ""), ("MessageStatus", "sent")],
        vec![("MessageSid", sid.as_str())],
        vec![("MessageStatus", "sent")],
        vec![("MessageSid", "a b"), ("MessageStatus", "sent")],
    ] {
        assert_eq!(gateway.webhook(&path, &form).await, not_found, "{form:?}");
    }
    assert_eq!(events(&gateway).await, 0);
}
