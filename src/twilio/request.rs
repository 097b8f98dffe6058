//! Requests as twilio-async writes them: path, query, form and content type. Its transport is not used
//! (fixed address, no time-outs, and a new one costs some 80 ms of reading root certificates), so one
//! writer without credentials serves every clinic, and account and authorization are put in here.

use std::sync::LazyLock;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use twilio_async::{Execute, Twilio, TwilioErr, encode_pairs};

use super::credentials::{Credentials, Sender};

/// Stands in the writer's paths where a clinic's account SID goes. Not a possible SID.
const ACCOUNT: &str = "account";

/// Holds no secret, for its `Debug` would print it.
static WRITER: LazyLock<Option<Twilio>> = LazyLock::new(|| Twilio::new(ACCOUNT, "").ok());

/// Does the slow part of the first request ahead of it; whether there is a writer at all.
pub(super) fn prepare() -> bool {
    WRITER.is_some()
}

/// A request in the types of the client that carries it, but for host and authorization.
pub(super) struct Written {
    pub(super) method: reqwest::Method,
    pub(super) path_and_query: String,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: Vec<u8>,
}

/// `POST …/Messages.json`.
pub(super) async fn create_message(
    credentials: &Credentials,
    to: &str,
    body: &str,
    report_to: Option<&str>,
) -> Option<Written> {
    let sender = match credentials.sender() {
        Sender::PhoneNumber(number) => ("From", number.as_str()),
        Sender::MessagingService(sid) => ("MessagingServiceSid", sid.as_str()),
    };
    let report_to = report_to.map(|url| ("StatusCallback", url));
    let form = encode_pairs([("To", to), sender, ("Body", body)].into_iter().chain(report_to));
    write(credentials, hyper::Method::POST, "Messages.json", form).await
}

/// `GET …/Messages.json`, by the number texted. The query is encoded here, because twilio-async's own
/// filter leaves the plus sign bare, which arrives as a space; and there is no filter on the date sent,
/// because a queued message has none.
pub(super) async fn list_messages(
    credentials: &Credentials,
    to: &str,
    page_size: u16,
) -> Option<Written> {
    let page_size = page_size.to_string();
    let mut filter = vec![("To", to), ("PageSize", page_size.as_str())];
    if let Sender::PhoneNumber(number) = credentials.sender() {
        filter.push(("From", number));
    }
    let resource = format!("Messages.json?{}", encode_pairs(filter)?);
    write(credentials, hyper::Method::GET, &resource, None).await
}

/// `GET …/Messages/{sid}.json`.
pub(super) async fn fetch_message(credentials: &Credentials, sid: &str) -> Option<Written> {
    let resource = format!("Messages/{sid}.json");
    write(credentials, hyper::Method::GET, &resource, None).await
}

async fn write(
    credentials: &Credentials,
    method: hyper::Method,
    resource: &str,
    form: Option<String>,
) -> Option<Written> {
    let request = ask_writer(method, resource, form)?.ok()?;
    let (head, body) = request.into_parts();
    let (api, resource) =
        head.uri.path_and_query()?.as_str().split_once(&format!("/{ACCOUNT}/"))?;
    let content_type = head.headers.get(hyper::header::CONTENT_TYPE).map(|v| v.as_bytes());
    Some(Written {
        method: reqwest::Method::from_bytes(head.method.as_str().as_bytes()).ok()?,
        path_and_query: format!("{api}/{}/{resource}", credentials.account_sid()),
        content_type: content_type.and_then(|v| HeaderValue::from_bytes(v).ok()),
        body: hyper::body::to_bytes(body).await.ok()?.to_vec(),
    })
}

type BuiltRequest = Result<hyper::Request<hyper::Body>, TwilioErr>;

/// The message of the builder is empty: its own form has no messaging service, so we bring ours.
fn ask_writer(method: hyper::Method, resource: &str, form: Option<String>) -> Option<BuiltRequest> {
    WRITER.as_ref().map(|writer| writer.send_msg("", "", "").request(method, resource, form))
}

impl Written {
    pub(super) fn into_reqwest(self, http: &reqwest::Client, url: &str) -> reqwest::RequestBuilder {
        let builder = http.request(self.method, url).body(self.body);
        match self.content_type {
            Some(content_type) => builder.header(CONTENT_TYPE, content_type),
            None => builder,
        }
    }
}
