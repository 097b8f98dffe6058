//! A web server that answers as it is told to and remembers what was posted to it: what Twilio's
//! webhooks are sent to where no gateway is meant to hear them.

use std::collections::VecDeque;
use std::future;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use secrecy::SecretString;
use vapi_gateway::twilio::signature::{BadSignature, Content, HEADER, Params, read_form, verify};

/// Something that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) url: String,
    pub(crate) signature: String,
    pub(crate) idempotency_token: String,
    pub(crate) params: Params,
}

impl Hit {
    /// The one value of this name.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let mut values = self.params.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} comes once");
        value
    }

    pub(crate) fn verify(&self, token: &str) -> Result<(), BadSignature> {
        let token = SecretString::from(token);
        verify([&token], &self.url, Content::Form(&self.params), &self.signature)
    }
}

/// How a post is answered; by default with 200 and nothing.
pub(crate) enum Then {
    Answer(u16, &'static str, String),
    Never,
}

#[derive(Default)]
struct Inner {
    base_url: String,
    hits: Vec<Hit>,
    then: VecDeque<Then>,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
    server: ServerHandle,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let shared = web::Data::from(Arc::clone(&inner));
        let server = HttpServer::new(move || {
            App::new().app_data(shared.clone()).default_service(web::to(receive))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", server.addrs()[0]);
        inner.lock().unwrap().base_url.clone_from(&url);
        let running = server.run();
        let server = running.handle();
        drop(tokio::spawn(running));
        Self { url, inner, server }
    }

    /// Answers the next post so; several are met in order.
    pub(crate) fn then(&self, then: Then) {
        self.inner.lock().unwrap().then.push_back(then);
    }

    /// Answers the next post with a status and nothing.
    pub(crate) fn then_status(&self, status: u16) {
        self.then(Then::Answer(status, "text/plain", String::new()));
    }

    /// Answers everything with 200 again.
    pub(crate) fn forget(&self) {
        self.inner.lock().unwrap().then.clear();
    }

    /// What was posted since the last time this was asked.
    pub(crate) fn take(&self) -> Vec<Hit> {
        std::mem::take(&mut self.inner.lock().unwrap().hits)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn receive(
    request: HttpRequest,
    body: web::Bytes,
    inner: web::Data<Mutex<Inner>>,
) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let then = {
        let mut inner = inner.lock().unwrap();
        let url = format!("{}{}", inner.base_url, request.uri());
        inner.hits.push(Hit {
            url,
            signature: header(HEADER),
            idempotency_token: header("I-Twilio-Idempotency-Token"),
            params: read_form(&body),
        });
        inner.then.pop_front()
    };
    match then {
        None => HttpResponse::Ok().finish(),
        Some(Then::Answer(status, content_type, body)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            HttpResponse::build(status).content_type(content_type).body(body)
        }
        Some(Then::Never) => future::pending().await,
    }
}
