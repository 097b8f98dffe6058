//! What `/metrics` shows. Labels come from closed lists in the code, never from a request: a label with
//! free values would fill the memory, and could name a person.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Counter by `tool` (the tools' own names, else `unknown`) and `outcome`.
pub const TOOL_CALLS_TOTAL: &str = "tool_calls_total";
/// Counter by `status`: what became of each text, in the words of `sms_status`.
pub const SMS_TOTAL: &str = "sms_total";
/// Counter by `status`: the end that texts came to, in Twilio's words.
pub const SMS_DELIVERIES_TOTAL: &str = "sms_deliveries_total";
/// Counter by `reason`: texts that were not tried, in the words of `sms_reason`.
pub const SMS_REFUSED_TOTAL: &str = "sms_refused_total";
/// Histogram by `route` (the pattern, not the path) and `status` (the HTTP code).
pub const REQUEST_SECONDS: &str = "http_request_seconds";
/// Gauge by `state`: `open` and `idle`.
pub const DB_POOL_CONNECTIONS: &str = "db_pool_connections";

/// Dense where an answer is quick and around the deadline of 3.5 s.
const REQUEST_BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 3.5];

/// How often samples that nobody has asked for are folded into their buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// The process's recorder, installed by the first who asks; `render()` on it is what `/metrics` answers.
/// Fails only where another library has installed one of its own.
pub fn prometheus() -> Result<PrometheusHandle, BuildError> {
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let requests = Matcher::Full(REQUEST_SECONDS.to_owned());
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(requests, &REQUEST_BUCKETS)?
        .install_recorder()?;
    describe_counter!(TOOL_CALLS_TOTAL, "Tool calls answered, by tool and outcome.");
    describe_counter!(SMS_TOTAL, "Texts, by what became of them.");
    describe_counter!(SMS_DELIVERIES_TOTAL, "Texts delivered or not, by Twilio's word.");
    describe_counter!(SMS_REFUSED_TOTAL, "Texts that were not tried, by reason.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "Time to answer a request.");
    describe_gauge!(DB_POOL_CONNECTIONS, "Connections to the database, by state.");
    *installed = Some(handle.clone());
    Ok(handle)
}

/// Runs for ever beside the server: without it, samples pile up while nobody reads `/metrics`.
pub async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
