//! Logs and metrics. A log line is one line on standard error, and only this crate may write one: other
//! crates log statements, headers and bodies, which carry persons, so they are let in by name or not at
//! all, whatever the level. What this cannot do is look into our own fields: those are ids, words of
//! closed lists and durations, by the house rule that names, numbers, bodies and secrets are never logged.

mod lines;
mod metrics;

use tracing::{Level, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer, filter::FilterFn, fmt, fmt::MakeWriter, layer::SubscriberExt, registry::Registry,
};

use self::lines::OneLine;
pub use self::metrics::{
    DB_POOL_CONNECTIONS, REQUEST_SECONDS, SMS_DELIVERIES_TOTAL, SMS_REFUSED_TOTAL, SMS_TOTAL,
    TOOL_CALLS_TOTAL, prometheus, upkeep,
};
use crate::config::{LogConfig, LogFormat};

/// The targets of this crate and of the executable, which bears the same name.
const OURS: &str = "vapi_gateway";

/// Other crates whose warnings tell an operator something and name no person: a worker thread that died,
/// a socket that cannot be accepted on.
const HEARD_FROM_WARN: [&str; 1] = ["actix_server"];

/// Logs to standard error from here on, panics included. Once per process.
///
/// Set as the default directly, because the usual `init` would also bridge the `log` crate, through which
/// the Postgres client writes out statements and their parameters.
pub fn init(log: LogConfig) -> Result<(), tracing::subscriber::SetGlobalDefaultError> {
    tracing::subscriber::set_global_default(subscriber(log, std::io::stderr))?;
    std::panic::set_hook(Box::new(report_panic));
    Ok(())
}

/// What [`init`] installs, writing elsewhere.
pub fn subscriber<W>(log: LogConfig, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let layer = fmt::layer()
        .with_ansi(false)
        // Its complaints would quote the event that it could not write.
        .log_internal_errors(false)
        .with_writer(OneLine(writer));
    let layer = match log.format {
        LogFormat::Json => {
            layer.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
        }
        LogFormat::Pretty => layer.boxed(),
    };
    let allowed = FilterFn::new(move |metadata| is_allowed(metadata, log.level))
        .with_max_level_hint(LevelFilter::from_level(log.level));
    Registry::default().with(layer).with(allowed)
}

/// Logs where a panic happened, and not what it said: it may quote the value that it stumbled over.
pub fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "A thread panicked; what it said is withheld.");
}

/// Levels compare by verbosity: `ERROR` is the least.
fn is_allowed(metadata: &Metadata<'_>, level: Level) -> bool {
    let is_from = |name: &str| {
        let rest = metadata.target().strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let most = if is_from(OURS) {
        level
    } else if HEARD_FROM_WARN.into_iter().any(is_from) {
        level.min(Level::WARN)
    } else {
        return false;
    };
    *metadata.level() <= most
}
