//! Starting and stopping the web server. Stopping keeps its promises: not ready, no new connections,
//! then what is in flight is finished within a bound.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as WebApp, HttpServer};
use metrics_exporter_prometheus::BuildError;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::http::confirmation::Visitors;
use crate::http::extract::UnprovenBodies;
use crate::http::twilio_extract::TwilioTurns;
use crate::http::{CredentialCache, access_log, routes};
use crate::{telemetry, worker};

/// Slow heads and clients that do not read their answer are not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether load balancers may send us requests.
#[derive(Default)]
pub(super) struct Readiness(AtomicBool);

impl Readiness {
    pub(super) fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("cannot listen on {address}: {reason}")]
    Listen { address: SocketAddr, reason: io::Error },
    #[error("metrics cannot be set up: {0}")]
    Metrics(#[from] BuildError),
}

/// A running gateway: the web server and, on request, the worker.
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    web: ServerHandle,
    running: JoinHandle<io::Result<()>>,
    readiness: Data<Readiness>,
    stop_worker: watch::Sender<bool>,
    worker: Option<JoinHandle<()>>,
    upkeep: JoinHandle<()>,
}

impl Server {
    /// Takes the address, before there is anybody to answer: port 0 becomes a port that can be told.
    pub fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
        TcpListener::bind(address).map_err(|reason| StartError::Listen { address, reason })
    }

    /// Answers from now on, but is not ready before [`Server::set_ready`].
    pub fn start(app: Arc<App>, listener: TcpListener) -> Result<Self, StartError> {
        Self::start_with(app, listener, |_| {})
    }

    /// The same with routes besides the gateway's own, which only a demo has.
    pub fn start_with(
        app: Arc<App>,
        listener: TcpListener,
        more: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    ) -> Result<Self, StartError> {
        let config = &app.config.server;
        let fault = |reason| StartError::Listen { address: config.bind, reason };
        let address = listener.local_addr().map_err(fault)?;
        let prometheus = telemetry::prometheus()?;
        let upkeep = tokio::spawn(telemetry::upkeep(prometheus.clone()));
        let readiness = Data::new(Readiness::default());
        let cache = Data::new(CredentialCache::default());
        let unproven = Data::new(UnprovenBodies::default());
        let turns = Data::new(TwilioTurns::default());
        let visitors = Data::new(Visitors::default());
        let (shared, ready) = (Data::new(Arc::clone(&app)), readiness.clone());
        let metrics = Data::new(prometheus);
        let web = HttpServer::new(move || {
            WebApp::new()
                .app_data(shared.clone())
                .app_data(cache.clone())
                .app_data(unproven.clone())
                .app_data(turns.clone())
                .app_data(visitors.clone())
                .app_data(ready.clone())
                .app_data(metrics.clone())
                .wrap(from_fn(access_log::log))
                .configure(routes)
                .configure(more.clone())
        })
        .workers(match config.workers {
            0 => std::thread::available_parallelism().map_or(1, Into::into),
            workers => workers,
        })
        .max_connections(config.max_connections)
        .client_request_timeout(PATIENCE)
        .client_disconnect_timeout(PATIENCE)
        .shutdown_timeout(config.shutdown.as_secs().max(1))
        .disable_signals()
        .listen(listener)
        .map_err(fault)?
        .run();
        Ok(Self {
            address,
            web: web.handle(),
            running: tokio::spawn(web),
            readiness,
            stop_worker: watch::Sender::new(false),
            worker: None,
            upkeep,
            app,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs the worker beside the web server.
    pub fn start_worker(&mut self) {
        let stop = self.stop_worker.subscribe();
        self.worker = Some(tokio::spawn(worker::run(Arc::clone(&self.app), stop)));
    }

    /// Turns `/ready` on, as far as it depends on us.
    pub fn set_ready(&self, ready: bool) {
        self.readiness.0.store(ready, Ordering::Relaxed);
    }

    /// Stops: not ready, no new requests, then acts and texts in flight are finished, all of it within
    /// `server.shutdown_ms`. False: something had to be left to the worker of the next start.
    pub async fn stop(self) -> bool {
        let end = tokio::time::Instant::now() + self.app.config.server.shutdown;
        self.set_ready(false);
        self.stop_worker.send_replace(true);
        let orderly = async {
            self.web.stop(true).await;
            self.running.await.ok();
            if let Some(worker) = self.worker {
                worker.await.ok();
            }
        };
        let stopped = tokio::time::timeout_at(end, orderly).await.is_ok();
        self.upkeep.abort();
        let left = end.saturating_duration_since(tokio::time::Instant::now());
        self.app.drain(left).await && stopped
    }
}
