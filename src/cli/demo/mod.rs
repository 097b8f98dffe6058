//! `vapi-gateway demo`: a clinic, a phone call and everything they need, in one folder. It makes its own
//! Postgres, keys and secrets, plays a recorded call through its own front door, and serves on.
//! It never touches the database that `DATABASE_URL` names.

mod call;
pub mod cluster;
mod description;
mod secrets;

use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::App;
use crate::cli::org;
use crate::cli::serve::StopSignals;
use crate::clock::Clock;
use crate::config::{Config, LogFormat};
use crate::db::{self, migrations};
use crate::http::Server;
use crate::telemetry;
use crate::twilio::stand_in::StandIn;
use cluster::{Cluster, ClusterOptions};
use description::Demo;
use secrets::DemoSecrets;

/// The clinics that the demo answers for.
const CLINICS: [(&str, &str); 2] = [
    ("demo", include_str!("clinics/maple-dental.toml")),
    ("voxanne", include_str!("clinics/voxanne.toml")),
];

/// The database inside the private cluster.
const DATABASE: &str = "gateway";

/// What `demo` can be told.
#[derive(Args)]
pub struct DemoOptions {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    bind: SocketAddr,
    /// Keeps the database, the keys and demo.json.
    #[arg(long, default_value = "demo-data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Freezes business time: what "tomorrow" means, notice, sentences. Leases and signatures go on.
    #[arg(long, value_name = "RFC3339", value_parser = parse_clock)]
    clock: Option<OffsetDateTime>,
    /// Use this database instead of a private PostgreSQL.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Exit after the call.
    #[arg(long)]
    once: bool,
}

/// Runs the demo.
pub(super) async fn run(options: DemoOptions, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let environment: Vec<(String, String)> = Config::environment().collect();
    let is_set =
        |key: &str| environment.iter().any(|(name, value)| name == key && !value.is_empty());
    let is_own_twilio = is_set("GATEWAY__TWILIO__BASE_URL");
    let is_log_wanted = is_set("GATEWAY__LOG__LEVEL");
    let of_the_demo = environment.into_iter().filter(|(name, _)| name != "DATABASE_URL");
    let mut config = Config::load(None, of_the_demo)?;
    config.log.format = LogFormat::Pretty;
    if !is_log_wanted {
        // The conversation is what is to be read.
        config.log.level = tracing::Level::WARN;
    }
    telemetry::init(config.log)?;

    let stop = StopSignals::listen()?;
    let data_dir = std::path::absolute(&options.data_dir)?;
    secrets::make_private_folder(&data_dir)?;
    description::remove_stale(&data_dir)?;
    let secrets = DemoSecrets::load_or_make(&data_dir)?;
    let (cluster, database_url) = match &options.database_url {
        Some(url) => (None, url.clone()),
        None => {
            writeln!(out, "Starting a private PostgreSQL in {} …", options.data_dir.display())?;
            let cluster = start_cluster(&data_dir).await?;
            let url = own_database(&cluster).await?;
            (Some(cluster), url)
        }
    };
    let stand_in =
        StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), vec![secrets.twilio_account()?])?;
    if !is_own_twilio {
        config.twilio.base_url = stand_in.base_url().to_owned();
    }
    config.database.url = SecretString::from(database_url);
    config.vault.keys = vec![secrets.vault_key()?];
    config.server.bind = options.bind;
    migrations::run(&config.database).await?;
    let served = serve(&options, config, &secrets, &data_dir, stop, out).await;
    stand_in.stop().await;
    if let Some(cluster) = cluster {
        tokio::task::spawn_blocking(|| cluster.stop()).await??;
    }
    served
}

/// Seeds, plays the call, tells where everything is, and serves until it is stopped.
async fn serve(
    options: &DemoOptions,
    config: Config,
    secrets: &DemoSecrets,
    data_dir: &Path,
    stop: StopSignals,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let database_url = config.database.url.clone();
    let clock = options.clock.map_or_else(Clock::system, Clock::frozen);
    let app = App::build(config, clock)?;
    let seeded = seed(&app, secrets).await?;
    let mut server = Server::start(Arc::clone(&app))?;
    server.start_worker();
    let base_url = app.config.server.public_url(server.address());
    let demo = Demo::new(&base_url, database_url.expose_secret(), &seeded, secrets);
    let played = call::play(&format!("http://{}", server.address()), &demo, out).await;
    if played.is_ok() {
        demo.write(data_dir)?;
        server.set_ready(true);
        if !options.once {
            let details = options.data_dir.join("demo.json");
            writeln!(out, "\nServing at {base_url} (details in {}).", details.display())?;
            writeln!(out, "Press Ctrl-C to stop.")?;
            out.flush()?;
            stop.received().await;
        }
    }
    server.stop().await;
    played
}

async fn start_cluster(data_dir: &Path) -> Result<Cluster, Box<dyn Error>> {
    let options = ClusterOptions {
        data_dir: data_dir.join("postgres"),
        durable: true,
        ..ClusterOptions::default()
    };
    Ok(tokio::task::spawn_blocking(|| Cluster::start(options)).await??)
}

/// The address of the gateway's database in the private cluster, made at the first start.
async fn own_database(cluster: &Cluster) -> Result<String, Box<dyn Error>> {
    let (client, connection) =
        tokio_postgres::connect(&cluster.url("postgres"), tokio_postgres::NoTls).await?;
    let driver = tokio::spawn(connection);
    let known = client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&DATABASE]).await?;
    if known.is_empty() {
        client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await?;
    }
    drop(client);
    driver.await??;
    Ok(cluster.url(DATABASE))
}

/// Applies the demo's clinics; the second time that changes nothing. Returns their slugs and ids.
async fn seed(
    app: &App,
    secrets: &DemoSecrets,
) -> Result<Vec<db::organizations::OrganizationRow>, Box<dyn Error>> {
    for (slug, clinic) in CLINICS {
        let find = |name: &str| secrets.find(slug, name).map(str::to_owned);
        let file =
            org::OrgFile::read(clinic, &mut org::Secrets::new(&find, &mut std::io::empty()))?;
        org::apply(&app.db, &app.vault, &file).await?;
    }
    let mut conn = app.db.connection().await?;
    Ok(db::organizations::list(&mut conn).await?)
}

fn parse_clock(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_reason| "not a time such as 2026-11-23T15:00:00Z".to_owned())
}
