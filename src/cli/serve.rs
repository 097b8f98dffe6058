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
    telemetry::init(config.log)?;
    let stop = StopSignals::listen()?;
    let app = App::build(config, Clock::system())?;
    let mut server = Server::start(app)?;
    server.start_worker();
    server.set_ready(true);
    tracing::info!(address = %server.address(), "Listening");
    stop.received().await;
    tracing::info!("Stopping: finishing what is in flight");
    if server.stop().await {
        tracing::info!("Stopped");
    } else {
        tracing::warn!("Stopped with work in flight: the next worker finds it");
    }
    Ok(())
}

/// SIGTERM and SIGINT, heard from the moment this exists.
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

    /// Returns once one of them has come.
    pub(super) async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
