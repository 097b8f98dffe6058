//! `serve`: the gateway for real. It never migrates, never seeds and knows no stand-in.

use std::error::Error;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::Server;
use crate::telemetry;

/// Serves until SIGTERM or SIGINT, then finishes what is in flight.
pub(super) async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    config.check_for_serve()?;
    let mut stop = StopSignals::listen()?;
    telemetry::init(config.log)?;
    let listener = Server::listen(config.server.bind)?;
    if config.server.public_url.is_none() {
        tracing::warn!(
            "server.public_url is not set: texts carry no confirmation link, and what becomes of them is not told"
        );
    }
    let app = App::build(config, Clock::system())?;
    let mut server = Server::start(app, listener)?;
    server.start_worker();
    server.set_ready(true);
    tracing::info!(address = %server.address(), "Listening");
    stop.wait().await;
    tracing::info!("Stopping: finishing what is in flight");
    if server.stop().await {
        tracing::info!("Stopped");
    } else {
        tracing::warn!("Stopped with work in flight: the next worker finds it");
    }
    Ok(())
}

/// SIGTERM and SIGINT. From [`StopSignals::listen`] on they end nothing by themselves, so whoever sees us
/// listen, or ready, may send one at once.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Returns at the first of either, also where it came before this was called.
    pub(super) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
