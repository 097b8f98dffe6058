//! Bookings and availabilities per second through the front door, beside pgbench running the same
//! statements on the same server in the same run; then texts per second through the worker. Everything on loopback: a `serve` process, a private
//! Postgres with fsync and synchronous_commit on, a stand-in for Twilio without delay, and 100,000
//! appointments in the table. `GATEWAY_BENCH_SECONDS` (8) is how long each figure is measured.

mod load;
mod pgbench;
mod place;
mod texts;

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use load::Kind;
use place::Place;

/// Connections at a time.
const LEVELS: [usize; 3] = [1, 8, 64];
/// The level that is compared with pgbench.
const COMPARED: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo test --benches` runs this too, with other arguments: a benchmark is no test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?
        .block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let length = Duration::from_secs(seconds());
    let mut out = io::stdout();
    writeln!(out, "Preparing 100,000 appointments …")?;
    let mut place = Place::prepare().await?;
    writeln!(
        out,
        "{:<16}{:>12}{:>12}{:>10}{:>10}{:>10}{:>10}",
        "", "connections", "per second", "p50 ms", "p99 ms", "max ms", "refused"
    )?;
    let mut bookings_compared = 0.0;
    for kind in [Kind::Availability, Kind::Booking] {
        for connections in LEVELS {
            let figures = load::run(&place, kind, connections, length).await?;
            writeln!(out, "{:<16}{connections:>12}{figures}", kind.name())?;
            if matches!(kind, Kind::Booking) && connections == COMPARED {
                bookings_compared = figures.per_second;
            }
        }
    }
    writeln!(out, "peak memory of serve: {:.1} MiB", place.peak_memory_mib()?)?;
    let booked = place.count_new_bookings().await?;
    writeln!(out, "appointments booked: {booked}, texts accepted: {}", place.texts_accepted())?;
    match pgbench::run(&place, COMPARED, length).await? {
        Some(per_second) => {
            let ratio = bookings_compared / per_second;
            writeln!(
                out,
                "pgbench, the same statements, {COMPARED} connections: {per_second:.0} per second"
            )?;
            writeln!(out, "bookings / pgbench: {ratio:.2}")?;
        }
        None => writeln!(out, "pgbench was not found: no comparison")?,
    }
    texts::run(&place, &mut out).await?;
    place.stop().await
}

#[expect(clippy::disallowed_methods, reason = "how long to measure is no setting of the gateway")]
fn seconds() -> u64 {
    std::env::var("GATEWAY_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}
