//! The load: so many connections, each asking again as soon as it was answered.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::{DAYS, PROVIDERS, Place, SECRET, letters, provider_name};

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Availability,
    Booking,
}

/// What was measured at one level.
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    p50: f64,
    p99: f64,
    max: f64,
    /// Answers that gave way to others: the deadline or the pool was full.
    refused: usize,
}

/// Every booking of a run asks for a free quarter of an hour of its own.
static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Availability => "availabilities",
            Self::Booking => "bookings",
        }
    }

    fn tool(self) -> &'static str {
        match self {
            Self::Availability => "check_availability",
            Self::Booking => "book_appointment",
        }
    }

    fn outcome(self) -> &'static str {
        match self {
            Self::Availability => "offered",
            Self::Booking => "booked",
        }
    }

    fn arguments(self, number: usize, first_day: time::Date) -> Value {
        let slots = usize::try_from(DAYS).unwrap_or(1) * 48;
        let (provider, slot) = (number % PROVIDERS, number / PROVIDERS % slots);
        let date = first_day + time::Duration::days(i64::try_from(slot / 48).unwrap_or(0));
        let provider = provider_name(provider);
        match self {
            Self::Availability => json!({ "date": date.to_string(), "provider": provider }),
            Self::Booking => json!({
                "patient_name": format!("{} Bencher", letters(number, 6)),
                "date": date.to_string(),
                "time": on_the_clock(slot % 48),
                "provider": provider,
            }),
        }
    }
}

/// A half hour of the day as nobody mistakes it: "2:30 PM".
fn on_the_clock(half_hour: usize) -> String {
    let (hour, minute) = (half_hour / 2, half_hour % 2 * 30);
    let (on_the_dial, half) = ((hour + 11) % 12 + 1, if hour < 12 { "AM" } else { "PM" });
    format!("{on_the_dial}:{minute:02} {half}")
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { per_second, p50, p99, max, refused } = self;
        write!(f, "{per_second:>12.0}{p50:>10.2}{p99:>10.2}{max:>10.2}{refused:>10}")
    }
}

/// Asks over `connections` connections for `length`. Any other answer than the expected one or giving way is an error.
pub(crate) async fn run(
    place: &Place,
    kind: Kind,
    connections: usize,
    length: Duration,
) -> Result<Figures, Box<dyn Error>> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let client =
        reqwest::Client::builder().no_proxy().pool_max_idle_per_host(connections).build()?;
    let url: Arc<str> = format!("{}/vapi/bench", place.url).into();
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (client, url, first_day) = (client.clone(), Arc::clone(&url), place.first_day);
        running.spawn(async move {
            let (mut took, mut refused) = (Vec::new(), 0);
            while began.elapsed() < length {
                match ask(&client, &url, kind, first_day).await? {
                    Some(time) => took.push(time),
                    None => refused += 1,
                }
            }
            Ok::<_, String>((took, refused))
        });
    }
    let (mut took, mut refused) = (Vec::new(), 0);
    while let Some(done) = running.join_next().await {
        let (times, refusals) = done??;
        took.extend(times);
        refused += refusals;
    }
    let elapsed = began.elapsed().as_secs_f64();
    took.sort_unstable();
    let count = u32::try_from(took.len())?;
    let per_second = f64::from(count) / elapsed;
    Ok(Figures { per_second, p50: ms(&took, 50), p99: ms(&took, 99), max: ms(&took, 100), refused })
}

/// The percentile of sorted times, in milliseconds.
fn ms(sorted: &[Duration], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = sorted.get((sorted.len() * percent / 100).min(last));
    at.map_or(0.0, |took| took.as_secs_f64() * 1e3)
}

async fn ask(
    client: &reqwest::Client,
    url: &str,
    kind: Kind,
    first_day: time::Date,
) -> Result<Option<Duration>, String> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let id = uuid::Uuid::new_v4();
    let body = json!({ "message": {
        "type": "tool-calls",
        "call": { "id": id.to_string() },
        "customer": { "number": format!("+1212555{:04}", 100 + number % 100) },
        "toolCallList": [{ "id": format!("call_{}", id.simple()), "type": "function",
            "function": { "name": kind.tool(), "arguments": kind.arguments(number, first_day) } }],
    } });
    let began = Instant::now();
    let answer = client.post(url).header("x-vapi-secret", SECRET).json(&body).send().await;
    let answer: Value =
        answer.map_err(|e| e.to_string())?.json().await.map_err(|e| e.to_string())?;
    let took = began.elapsed();
    match answer.pointer("/results/0/metadata/outcome").and_then(Value::as_str) {
        Some(outcome) if outcome == kind.outcome() => Ok(Some(took)),
        Some("pending" | "unavailable") => Ok(None),
        _ => Err(format!("not {}: {answer}", kind.outcome())),
    }
}
