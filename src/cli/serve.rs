//! `serve`: the gateway for real. It never migrates, never seeds and knows no stand-in.

use std::error::Error;

use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::http::Server;
use crate::telemetry;

/// Serves until SIGTERM or SIGINT, then finishes what is in flight.
pub(super) async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    config.check_for_serve()?;
    telemetry::init(config.log)?;
    let app = App::build(config, Clock::system())?;
    let mut server = Server::start(app)?;
    server.start_worker();
    server.set_ready(true);
    tracing::info!(address = %server.address(), "Listening");
    wait_for_stop().await?;
    tracing::info!("Stopping: finishing what is in flight");
    if server.stop().await {
        tracing::info!("Stopped");
    } else {
        tracing::warn!("Stopped with work in flight: the next worker finds it");
    }
    Ok(())
}

/// Returns at the first SIGTERM or SIGINT.
pub(super) async fn wait_for_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
