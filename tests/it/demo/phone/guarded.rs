//! Who gets to hold the phone: whoever sits at the demo's machine, by the page's own forms, where the texts
//! end at the stand-in. Nobody else.

use std::sync::Arc;

use vapi_gateway::cli::demo::phone::{PATH, Phone};
use vapi_gateway::http::Server;

use super::{Desk, PATIENT, app, quiet, see};
use crate::harness::clinics::TWILIO_NUMBER;
use crate::harness::gateway::stand_in;

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_form_is_refused() {
    let desk = Desk::set_up();
    desk.text(PATIENT, "Hello").await;
    let from = async |origin: &str, path: &str| {
        let form = [("phone", "1"), ("body", "STOP"), ("switch", "lost")];
        let request = quiet().post(format!("{}{path}", desk.url)).form(&form);
        see(request.header("origin", origin)).await.status
    };
    for path in ["/demo/phone/answer", "/demo/phone/switch"] {
        for origin in ["https://elsewhere.example", "http://127.0.0.1:1", "null", ""] {
            assert_eq!(from(origin, path).await, 403, "{origin}");
        }
    }
    assert!(!desk.twilio.is_blocked(TWILIO_NUMBER, PATIENT));
    assert_eq!(desk.gateway.take(), []);
    assert_eq!(from(&desk.url, "/demo/phone/answer").await, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_texts_go_to_twilio_there_is_no_phone_to_hold() {
    let desk = Desk::with(Phone::elsewhere(), Arc::new(stand_in()));
    desk.text(PATIENT, "Hello").await;
    let page = desk.get(PATH).await;
    assert!(page.status == 200 && page.html.contains("Texts go to Twilio"), "{}", page.html);
    assert!(!page.html.contains("<form") && !page.html.contains("Hello"));
    let posted = desk.post("/demo/phone/answer", &[("phone", "1"), ("body", "C")]).await;
    assert_eq!((posted.status, &*posted.location), (303, PATH));
    assert_eq!(desk.gateway.take(), []);
}

/// A tunnel, for real calls to the demo, leads to its other doors.
#[tokio::test(flavor = "multi_thread")]
async fn the_phone_is_on_the_desk_and_nowhere_else() {
    let desk = Desk::set_up();
    desk.text(PATIENT, "Hello").await;
    let port = desk.url.rsplit(':').next().expect("a port");
    let ask = async |name: &str, value: &str| {
        see(quiet().get(format!("{}{PATH}", desk.url)).header(name, value)).await.status
    };
    for host in ["127.0.0.1", "localhost", "[::1]", "192.0.2.7"] {
        assert_eq!(ask("host", &format!("{host}:{port}")).await, 200, "{host}");
    }
    for host in ["demo.ngrok.example", "localhost.example", "", "127.0.0.1.nip.example:8080"] {
        assert_eq!(ask("host", host).await, 404, "{host}");
    }
    for name in ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"] {
        assert_eq!(ask(name, "127.0.0.1").await, 404, "{name}");
    }
}

/// `serve` starts its server so.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_no_demos_has_no_phone() {
    let twilio = stand_in();
    let app = app(&twilio, "http://127.0.0.1:9");
    let listener = Server::listen(app.config.server.bind).expect("an address");
    let server = Server::start(app, listener).expect("a server");
    let url = format!("http://{}", server.address());
    for path in [PATH, "/demo/phone/phone.css", "/demo/phone/answer", "/demo/phone/switch"] {
        assert_eq!(see(quiet().get(format!("{url}{path}"))).await.status, 404, "{path}");
        assert_eq!(see(quiet().post(format!("{url}{path}"))).await.status, 404, "{path}");
    }
    assert!(server.stop().await);
    let desk = Desk::set_up();
    assert_eq!(desk.get(PATH).await.status, 200);
    assert!(desk.server.stop().await);
}
