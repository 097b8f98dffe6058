//! The phone on the desk: the page that shows the demo's texts, takes answers, and has switches for what
//! can go wrong. The gateway's own door for answers is played by a receiver.

mod guarded;

use std::sync::Arc;

use vapi_gateway::app::App;
use vapi_gateway::cli::demo::phone::{PATH, Phone};
use vapi_gateway::clock::Clock;
use vapi_gateway::config::Config;
use vapi_gateway::http::Server;
use vapi_gateway::twilio::stand_in::{Course, Fault, StandIn};

use crate::harness::clinics::{TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_NUMBER};
use crate::harness::gateway::{client, settings, stand_in};
use crate::harness::receiver::{Receiver, Then};

const PATIENT: &str = "+12125550142";
const OTHER: &str = "+12125550143";

/// A demo's web server and Twilio, without a database: the page needs none.
struct Desk {
    url: String,
    twilio: Arc<StandIn>,
    gateway: Receiver,
    server: Server,
}

/// What a browser sees.
struct Seen {
    status: u16,
    location: String,
    html: String,
    headers: reqwest::header::HeaderMap,
}

impl Desk {
    fn set_up() -> Self {
        let twilio = Arc::new(stand_in());
        Self::with(Phone::of(Arc::clone(&twilio)), twilio)
    }

    fn with(phone: Phone, twilio: Arc<StandIn>) -> Self {
        let gateway = Receiver::start();
        let app = app(&twilio, &gateway.url);
        let listener = Server::listen(app.config.server.bind).expect("an address");
        let more = move |config: &mut _| phone.routes(config);
        let server = Server::start_with(app, listener, more).expect("a server");
        Self { url: format!("http://{}", server.address()), twilio, gateway, server }
    }

    async fn get(&self, path: &str) -> Seen {
        see(client().get(format!("{}{path}", self.url))).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Seen {
        see(quiet().post(format!("{}{path}", self.url)).form(form)).await
    }

    /// Texts a patient as the gateway does.
    async fn text(&self, to: &str, body: &str) -> u16 {
        let url = format!(
            "{}/2010-04-01/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json",
            self.twilio.base_url()
        );
        let form = [("To", to), ("From", TWILIO_NUMBER), ("Body", body)];
        let request = client().post(url).basic_auth(TWILIO_ACCOUNT_SID, Some(TWILIO_AUTH_TOKEN));
        request.form(&form).send().await.expect("an answer").status().as_u16()
    }
}

fn app(twilio: &StandIn, public_url: &str) -> Arc<App> {
    let public_url = ("GATEWAY__SERVER__PUBLIC_URL", public_url.to_owned());
    let settings = settings("postgres://nobody@127.0.0.1:9/no", twilio.base_url(), &[public_url]);
    let config = Config::load(None, settings.into_iter()).expect("a configuration");
    App::build(config, Clock::system()).expect("an app")
}

/// A client that follows nothing.
fn quiet() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(none).build().expect("a client")
}

async fn see(request: reqwest::RequestBuilder) -> Seen {
    let response = request.send().await.expect("an answer");
    let headers = response.headers().clone();
    let location = headers.get("location").map(|value| value.to_str().expect("text").to_owned());
    Seen {
        status: response.status().as_u16(),
        location: location.unwrap_or_default(),
        html: response.text().await.expect("text"),
        headers,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_shown_as_they_are_whatever_they_hold() {
    let desk = Desk::set_up();
    let empty = desk.get(PATH).await;
    assert!(empty.status == 200 && empty.html.contains("No texts yet"), "{}", empty.html);
    let hostile = "<script>alert(1)</script> \"q\" http://x.example/\"><img src=x> \
                   (see https://maple.example/a?b=c&d='e').";
    desk.text(PATIENT, hostile).await;
    desk.text(PATIENT, "javascript:alert(1) data:text/html,x Date:\nTime").await;
    let page = desk.get(PATH).await;
    assert_eq!(page.status, 200);
    assert!(!page.html.contains("<script") && !page.html.contains("<img"), "{}", page.html);
    let links: Vec<_> = page.html.split("<a href=\"").skip(1).collect();
    assert_eq!(links.len(), 2, "{}", page.html);
    assert!(links[0].starts_with("http://x.example/\" target"), "{}", links[0]);
    let escaped = links[1].split('"').next().expect("an address");
    let address = escaped.replace("&#38;", "&").replace("&#39;", "'");
    assert_eq!(address, "https://maple.example/a?b=c&d='e");
    assert!(page.html.contains("Date:\nTime"));
    for (header, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.headers[header], value);
    }
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    let style = desk.get("/demo/phone/phone.css").await;
    assert_eq!(style.status, 200);
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert!(
        !page.html.contains(" style=") && !page.html.contains("<style"),
        "the policy forbids it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_through_the_gateways_own_door() {
    let desk = Desk::set_up();
    desk.text(OTHER, "To somebody else").await;
    desk.text(PATIENT, "Reply C to confirm").await;
    let twiml = "<Response><Message>Confirmed &amp; noted</Message></Response>".to_owned();
    desk.gateway.then(Then::Answer(200, "text/xml", twiml));
    let posted = desk.post("/demo/phone/answer", &[("phone", "2"), ("body", "C & <b>")]).await;
    assert_eq!((posted.status, &*posted.location), (303, "/demo/phone?phone=2#latest"));
    let hits = desk.gateway.take();
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].url, format!("{}/twilio/demo/inbound", desk.gateway.url));
    assert_eq!(hits[0].verify(TWILIO_AUTH_TOKEN), Ok(()));
    assert_eq!((hits[0].param("From"), hits[0].param("To")), (Some(PATIENT), Some(TWILIO_NUMBER)));
    assert_eq!(hits[0].param("Body"), Some("C & <b>"));
    let page = desk.get("/demo/phone?phone=2").await.html;
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} in {page}"));
    let order = ["Reply C to confirm", "C &#38; &#60;b&#62;", "Confirmed &#38; noted"].map(at);
    assert!(order.is_sorted(), "{page}");
    assert!(
        !page.contains("To somebody else") && page.contains("+1 212-555-0143"),
        "another phone"
    );
    assert!(desk.get("/demo/phone?phone=1").await.html.contains("To somebody else"));
    let last_used = desk.get("/demo/phone?phone=99").await.html;
    assert!(last_used.contains("Reply C to confirm"), "the phone that was last in use");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_does_not_take_an_answer_is_told_of_and_nothing_breaks() {
    let desk = Desk::set_up();
    desk.text(PATIENT, "Hello").await;
    for (status, notice) in [(404, "takes no answers yet (404)"), (500, "answered with 500")] {
        desk.gateway.then_status(status);
        let posted = desk.post("/demo/phone/answer", &[("phone", "1"), ("body", "Hm")]).await;
        assert_eq!(posted.status, 303);
        let page = desk.get(&posted.location).await.html;
        assert!(page.contains(notice), "{page}");
    }
    desk.gateway.take();
    for (path, form, location) in [
        (
            "/demo/phone/answer",
            [("phone", "1"), ("body", "  ")],
            "/demo/phone?phone=1&told=blank#latest",
        ),
        ("/demo/phone/answer", [("phone", "7"), ("body", "C")], PATH),
        ("/demo/phone/answer", [("phone", "0"), ("body", "C")], PATH),
        ("/demo/phone/switch", [("phone", "x"), ("switch", "lost")], PATH),
    ] {
        let posted = desk.post(path, &form).await;
        assert_eq!((posted.status, &*posted.location), (303, location));
    }
    assert_eq!(desk.gateway.take(), []);
    let told = desk.get("/demo/phone?told=%3Cb%3E").await.html;
    assert!(!told.contains("class=\"notice\""), "not in anybody else's words: {told}");
    let half = desk.get("/demo/phone?phone=1&body=half%22%3E+typed").await.html;
    assert!(half.contains("value=\"half&#34;&#62; typed\""), "kept over a refresh: {half}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_and_its_end_are_seen() {
    let desk = Desk::set_up();
    desk.text(PATIENT, "Hello").await;
    desk.post("/demo/phone/answer", &[("phone", "1"), ("body", "STOP")]).await;
    assert!(desk.get(PATH).await.html.contains("Opted out"));
    assert_eq!(desk.text(PATIENT, "Again").await, 400);
    desk.post("/demo/phone/answer", &[("phone", "1"), ("body", "START")]).await;
    assert!(!desk.get(PATH).await.html.contains("Opted out"));
    assert_eq!(desk.text(PATIENT, "Again").await, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_sets_what_happens_to_the_next_texts() {
    let desk = Desk::set_up();
    desk.text(PATIENT, "Hello").await;
    let reject = |code, http_status| Some(Fault::Reject { code, http_status });
    let late = Course::Late(std::time::Duration::from_secs(30));
    for (switch, code, habits) in [
        ("refused", ("refusal", "30034"), (reject(30034, 400), Course::Delivered)),
        ("refused", ("refusal", "20003"), (reject(20003, 401), Course::Delivered)),
        ("timed-out", ("", ""), (Some(Fault::Hang), Course::Delivered)),
        ("timed-out-but-taken", ("", ""), (Some(Fault::CreatedThenHang), Course::Delivered)),
        ("late", ("", ""), (None, late)),
        ("out-of-order", ("", ""), (None, Course::OutOfOrder)),
        ("lost", ("", ""), (None, Course::Lost)),
        ("twice", ("", ""), (None, Course::Twice)),
        ("undelivered", ("loss", "30006"), (None, Course::Undelivered(30006))),
        ("nonsense", ("", ""), (None, Course::Delivered)),
        ("undelivered", ("", ""), (None, Course::Undelivered(30003))),
        ("fine", ("", ""), (None, Course::Delivered)),
    ] {
        let form = [("phone", "1"), ("switch", switch), code];
        let posted = desk.post("/demo/phone/switch", &form).await;
        assert_eq!((posted.status, &*posted.location), (303, "/demo/phone?phone=1#latest"));
        assert_eq!(desk.twilio.habits_of(PATIENT), habits, "{switch}");
        let page = desk.get(PATH).await.html;
        let on = if switch == "nonsense" { "fine" } else { switch };
        assert!(page.contains(&format!("value=\"{on}\" checked")), "{page}");
        assert_eq!(page.matches(" checked").count(), 1);
        let code = code.1;
        assert!(code.is_empty() || page.contains(&format!("value=\"{code}\" selected")), "{page}");
    }
    let undelivered = [("phone", "1"), ("switch", "undelivered"), ("loss", "30005")];
    desk.post("/demo/phone/switch", &undelivered).await;
    desk.text(PATIENT, "Lost").await;
    desk.twilio.deliver(&desk.twilio.messages()[1].sid).await;
    assert!(desk.get(PATH).await.html.contains("Not delivered (30005)"));
}
