//! `healthcheck`: for containers, which have no curl. It needs no configuration.

use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

/// Whether a GET of `url` is answered with success.
pub(super) async fn is_healthy(url: &str) -> bool {
    // Fails where a provider is installed already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build() else {
        return false;
    };
    client.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
}
