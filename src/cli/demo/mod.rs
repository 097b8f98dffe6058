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
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use secrecy::SecretString;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::App;
use crate::cli::{org, serve};
use crate::clock::Clock;
use crate::config::{Config, LogFormat};
use crate::db::{self, migrations};
use crate::http::Server;
use crate::telemetry;
use crate::twilio::stand_in::StandIn;
use cluster::{Cluster, ClusterOptions};
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
    let is_own_twilio = environment
        .iter()
        .any(|(name, value)| name == "GATEWAY__TWILIO__BASE_URL" && !value.is_empty());
    let of_the_demo = environment.into_iter().filter(|(name, _)| name != "DATABASE_URL");
    let mut config = Config::load(None, of_the_demo)?;
    config.log.format = LogFormat::Pretty;
    config.log.level = config.log.level.min(tracing::Level::WARN);
    telemetry::init(config.log)?;

    let data_dir = std::path::absolute(&options.data_dir)?;
    secrets::make_private_folder(&data_dir)?;
    description::remove_stale(&data_dir)?;
    let secrets = DemoSecrets::load_or_make(&data_dir)?;
    let cluster = match &options.database_url {
        Some(_) => None,
        None => {
            writeln!(out, "Starting a private PostgreSQL in {} …", options.data_dir.display())?;
            Some(start_cluster(&data_dir).await?)
        }
    };
    let served =
        serve_call(&options, config, &secrets, cluster.as_ref(), is_own_twilio, &data_dir, out)
            .await;
    if let Some(cluster) = cluster {
        tokio::task::spawn_blocking(|| cluster.stop()).await??;
    }
    served
}

async fn serve_call(
    options: &DemoOptions,
    mut config: Config,
    secrets: &DemoSecrets,
    cluster: Option<&Cluster>,
    is_own_twilio: bool,
    data_dir: &std::path::Path,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let url = match (&options.database_url, cluster) {
        (Some(url), _) => url.clone(),
        (None, Some(cluster)) => own_database(cluster).await?,
        (None, None) => return Err("there is no database".into()),
    };
    let stand_in =
        StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), vec![secrets.twilio_account()?])?;
    if !is_own_twilio {
        config.twilio.base_url = stand_in.base_url().to_owned();
    }
    config.database.url = SecretString::from(url.clone());
    config.vault.keys = vec![secrets.vault_key()?];
    config.server.bind = options.bind;
    migrations::run(&config.database).await?;
    let clock = options.clock.map_or_else(Clock::system, Clock::frozen);
    let app = App::build(config, clock)?;
    let seeded = seed(&app, secrets).await?;

    let mut server = Server::start(Arc::clone(&app))?;
    server.start_worker();
    let base_url = app.config.server.public_url(server.address());
    let local_url = format!("http://{}", server.address());
    let demo = description::Demo::new(&base_url, &url, &seeded, secrets);
    let played = call::play(&local_url, &demo, out).await;
    if played.is_ok() {
        demo.write(data_dir)?;
        server.set_ready(true);
        if !options.once {
            writeln!(
                out,
                "\nServing at {base_url} (details in {}).",
                options.data_dir.join("demo.json").display()
            )?;
            writeln!(out, "Press Ctrl-C to stop.")?;
            out.flush()?;
            serve::wait_for_stop().await?;
        }
    }
    server.stop().await;
    stand_in.stop().await;
    played
}

async fn start_cluster(data_dir: &std::path::Path) -> Result<Cluster, Box<dyn Error>> {
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
