//! Twilio's side of a webhook: a form, signed with the account's token and posted to the gateway.

use vapi_gateway::twilio::signature::{HEADER, Params, sign};

use super::clinics::{TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN};
use super::gateway::{Gateway, client};

/// What is posted, and how it is signed. By default as the tests' account does.
pub(crate) struct Webhook {
    path: String,
    form: Params,
    token: String,
    /// What Twilio was given as our URL, path excluded.
    origin: Option<String>,
    signed_path: Option<String>,
}

impl Webhook {
    /// `path` with its query; `AccountSid` comes first in the form.
    pub(crate) fn new(path: impl Into<String>, form: &[(&str, &str)]) -> Self {
        let account = ("AccountSid", TWILIO_ACCOUNT_SID);
        let pairs = [account].into_iter().chain(form.iter().copied());
        Self {
            path: path.into(),
            form: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            token: TWILIO_AUTH_TOKEN.to_owned(),
            origin: None,
            signed_path: None,
        }
    }

    /// A form of one's own, `AccountSid` included or not.
    pub(crate) fn with_form(mut self, form: &[(&str, &str)]) -> Self {
        self.form =
            form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }

    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = token.to_owned();
        self
    }

    pub(crate) fn origin(mut self, origin: &str) -> Self {
        self.origin = Some(origin.to_owned());
        self
    }

    pub(crate) fn signed_path(mut self, path: &str) -> Self {
        self.signed_path = Some(path.to_owned());
        self
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn signature(&self, url: &str) -> String {
        let origin = self.origin.as_deref().unwrap_or(url);
        let path = self.signed_path.as_deref().unwrap_or(&self.path);
        sign(&self.token.clone().into(), &format!("{origin}{path}"), &self.form)
    }

    pub(crate) fn body(&self) -> String {
        self.form
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// Posts it to a gateway at this URL, which is what Twilio was given; returns status and body.
    pub(crate) async fn post(&self, url: &str) -> (u16, String) {
        let signature = self.signature(url);
        self.post_as(url, &[(HEADER, &signature)], self.body()).await
    }

    /// Posts with these headers and this body instead.
    pub(crate) async fn post_as(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> (u16, String) {
        let request = client()
            .post(format!("{url}{}", self.path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let request = headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("a body"))
    }
}

/// Every byte that is no letter or digit in percent form; a space as a plus sign, as Twilio writes it.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

impl Gateway {
    /// Posts a form as the tests' Twilio account; returns status and body.
    pub(crate) async fn webhook(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        Webhook::new(path, form).post(&self.url).await
    }
}
