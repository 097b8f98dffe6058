//! Where Twilio is: scheme, host and port, and nothing after them. The API's version belongs to the
//! request, so that a base URL that carries one is a mistake to be told at start.

use reqwest::Url;

use super::ClientError;

/// Twilio's own domain. Elsewhere plain HTTP may be a stand-in; here it would publish the token.
const TWILIO_DOMAIN: &str = "twilio.com";

/// `scheme://host[:port]`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl {
    origin: String,
    is_plain: bool,
}

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, ClientError> {
        let url = Url::parse(text).ok().ok_or(ClientError::BaseUrl("it is not a URL"))?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(ClientError::BaseUrl("its scheme is neither https nor http")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ClientError::BaseUrl("it carries a user name or password"));
        }
        if url.path() != "/" {
            return Err(ClientError::BaseUrl("it has a path; the API's version is not part of it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ClientError::BaseUrl("it has a query or a fragment"));
        }
        let host = url.host_str().unwrap_or_default();
        let is_twilios =
            host.strip_suffix(TWILIO_DOMAIN).is_some_and(|h| h.is_empty() || h.ends_with('.'));
        if is_plain && is_twilios {
            return Err(ClientError::BaseUrl("Twilio itself is asked over https only"));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), is_plain })
    }

    /// Whether requests travel without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The address of an absolute path with its query.
    pub(super) fn join(&self, path_and_query: &str) -> String {
        format!("{}{path_and_query}", self.origin)
    }
}
