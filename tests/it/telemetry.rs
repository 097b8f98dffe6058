//! Only our own events are written, one line each, whatever is in them.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tracing::Level;
use vapi_gateway::{
    config::{LogConfig, LogFormat},
    telemetry,
};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written_by(format: LogFormat, level: Level, events: impl FnOnce()) -> String {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = telemetry::subscriber(LogConfig { format, level }, move || writer.clone());
    tracing::subscriber::with_default(subscriber, events);
    let bytes = written.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn at_trace(format: LogFormat, events: impl FnOnce()) -> String {
    written_by(format, Level::TRACE, events)
}

const FORMATS: [LogFormat; 2] = [LogFormat::Json, LogFormat::Pretty];

#[test]
fn other_crates_are_silent_even_at_trace() {
    for format in FORMATS {
        let text = at_trace(format, || {
            tracing::error!(target: "tokio_postgres::query", "a synthetic statement");
            tracing::error!(target: "hyper::client", "a synthetic header");
            tracing::error!(target: "vapi_gateway_of_another", "not ours");
            tracing::error!(target: "log", "bridged");
            tracing::info!(target: "actix_server::server", "starting service");
            let span =
                tracing::error_span!(target: "h2::proto", "frame", body = "a synthetic body");
            span.in_scope(|| tracing::trace!(target: "vapi_gateway::tools", "Ours."));
            tracing::warn!(target: "actix_server::accept", "A warning that is let in.");
        });
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("Ours.") && text.contains("let in."), "{text}");
        assert!(!text.contains("synthetic"), "{text}");
    }
}

#[test]
fn the_level_is_the_configured_one() {
    let events = || {
        tracing::debug!(target: "vapi_gateway", "too fine");
        tracing::info!(target: "vapi_gateway", "Fine.");
        tracing::warn!(target: "actix_server", "A warning.");
    };
    let text = written_by(LogFormat::Pretty, Level::INFO, events);
    assert!(text.contains("Fine.") && !text.contains("too fine"), "{text}");
    assert_eq!(written_by(LogFormat::Pretty, Level::ERROR, events), "");
}

#[test]
fn a_json_line_carries_the_fields_of_its_spans() {
    let text = at_trace(LogFormat::Json, || {
        let span = tracing::info_span!(target: "vapi_gateway::http", "request", org = "demo");
        let _inside = span.entered();
        tracing::info!(target: "vapi_gateway::http", outcome = "booked", ms = 12, "Answered.");
    });
    let line: Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["message"], "Answered.");
    assert_eq!((&line["outcome"], &line["ms"]), (&Value::from("booked"), &Value::from(12)));
    assert_eq!(line["spans"][0]["org"], "demo");
    assert_eq!(line["level"], "INFO");
}

#[test]
fn no_value_forges_a_line_or_paints_a_terminal() {
    let evil = "a\nb\r\nc\u{1b}[2Jd\u{9b}31me\u{7f}\u{2028}f\u{202e}g\0";
    for format in FORMATS {
        let text = at_trace(format, || {
            let span =
                tracing::info_span!(target: "vapi_gateway", "s", shown = %evil, debug = ?evil);
            let _inside = span.entered();
            tracing::info!(target: "vapi_gateway", evil, shown = %evil, debug = ?evil, "and {evil}");
        });
        let line = text.strip_suffix('\n').unwrap();
        let harmful = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}');
        assert!(!line.contains(harmful), "{line:?}");
    }
    let text = at_trace(LogFormat::Json, || {
        tracing::info!(target: "vapi_gateway", shown = %evil, "Read back.");
    });
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["shown"], evil);
}

#[test]
fn a_panic_is_logged_by_its_place_alone() {
    let text = at_trace(LogFormat::Json, || {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(telemetry::report_panic));
        let caught = std::panic::catch_unwind(|| panic!("a synthetic name"));
        std::panic::set_hook(usual);
        caught.unwrap_err();
    });
    assert!(text.contains("withheld") && text.contains("telemetry.rs:"), "{text}");
    assert!(!text.contains("synthetic"), "{text}");
}

#[test]
fn the_recorder_is_installed_once_and_shared() {
    let first = telemetry::prometheus().unwrap();
    let second = telemetry::prometheus().unwrap();
    metrics::counter!(telemetry::TOOL_CALLS_TOTAL, "tool" => "check_availability", "outcome" => "offered")
        .increment(1);
    metrics::histogram!(telemetry::REQUEST_SECONDS, "route" => "/health", "status" => "200")
        .record(0.004);
    for handle in [first, second] {
        let text = handle.render();
        assert!(text.contains("# TYPE tool_calls_total counter"), "{text}");
        assert!(text.contains("http_request_seconds_bucket{"), "{text}");
    }
}
