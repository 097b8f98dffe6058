//! The physical limit beside the figures: pgbench running the statements of one booking.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;

use crate::place::{Place, connect};

const SCRIPT: &str = include_str!("booking.sql");

/// Bookings per second by pgbench alone; `None` where there is no pgbench.
pub(crate) async fn run(
    place: &Place,
    connections: usize,
    length: Duration,
) -> Result<Option<f64>, Box<dyn Error>> {
    let Some(program) = find().await else { return Ok(None) };
    let client = connect(&place.database_url).await?;
    let org: uuid::Uuid = {
        let row = client.query_one("SELECT id::text FROM organizations", &[]).await?;
        row.get::<_, String>(0).parse()?
    };
    let script =
        std::env::temp_dir().join(format!("vapi-gateway-booking-{}.sql", std::process::id()));
    std::fs::write(&script, SCRIPT.replace("$ORG", &org.to_string()))?;
    let ran = Command::new(program)
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={connections}"))
        .arg(format!("--time={}", length.as_secs()))
        .arg(format!("--file={}", script.display()))
        .arg(&place.database_url)
        .output()
        .await?;
    std::fs::remove_file(&script)?;
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    let line = told.lines().find(|line| line.starts_with("tps = "));
    let figure =
        line.and_then(|line| line.split_whitespace().nth(2)).and_then(|tps| tps.parse().ok());
    match figure {
        Some(tps) if ran.status.success() => Ok(Some(tps)),
        _ => Err(format!("pgbench failed: {told}{}", String::from_utf8_lossy(&ran.stderr)).into()),
    }
}

async fn find() -> Option<PathBuf> {
    let config = Command::new("pg_config").arg("--bindir").output().await.ok();
    let folder =
        config.map(|o| PathBuf::from(String::from_utf8_lossy(&o.stdout).trim().to_owned()));
    let mut candidates: Vec<PathBuf> =
        folder.into_iter().map(|folder| folder.join("pgbench")).collect();
    for entry in std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten() {
        candidates.push(entry.path().join("bin/pgbench"));
    }
    candidates.push(PathBuf::from("/usr/bin/pgbench"));
    candidates.into_iter().find(|path| path.exists())
}
