//! What whoever runs the service asks it: are you alive, are you ready, how are you.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

use crate::app::App;
use crate::db::migrations;
use crate::http::server::Readiness;
use crate::telemetry::DB_POOL_CONNECTIONS;

/// The process answers.
pub(super) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// The process can do its work: not being stopped, database reachable and migrated, vault in order.
pub(super) async fn ready(app: Data<Arc<App>>, readiness: Data<Readiness>) -> HttpResponse {
    let database = migrations::is_current(&app.db).await;
    let checks = json!({
        "serving": readiness.is_on(),
        "database": database.is_ok(),
        "migrations": database == Ok(true),
        "vault": app.vault.self_test(),
    });
    let ready = checks.as_object().is_some_and(|checks| checks.values().all(|check| check == true));
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(checks)
}

/// Prometheus's text format.
pub(super) async fn metrics(app: Data<Arc<App>>, handle: Data<PrometheusHandle>) -> HttpResponse {
    let (used, open) = app.db.usage();
    metrics::gauge!(DB_POOL_CONNECTIONS, "state" => "open").set(open);
    metrics::gauge!(DB_POOL_CONNECTIONS, "state" => "idle").set(open - used);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
}
