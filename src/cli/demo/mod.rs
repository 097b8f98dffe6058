//! `vapi-gateway demo`: a clinic, a phone call and everything they need, in one folder. It makes its own
//! Postgres, keys and secrets, plays a recorded call through its own front door, and serves on.
//! It never touches the database that `DATABASE_URL` names.

mod call;
pub mod cluster;
mod description;
mod folder;
pub mod phone;
mod secrets;

use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::app::App;
use crate::cli::org;
use crate::cli::serve::StopSignals;
use crate::clock::Clock;
use crate::config::{Config, ConfigFaults, LogFormat};
use crate::db::organizations::OrganizationRow;
use crate::db::{self, Db, migrations};
use crate::domain::org_id::OrgId;
use crate::http::Server;
use crate::telemetry;
use crate::twilio::stand_in::StandIn;
use cluster::{Cluster, ClusterOptions};
use folder::Folder;
use phone::Phone;
use secrets::DemoSecrets;

/// The clinics that the demo answers for.
const CLINICS: [(&str, &str); 2] = [
    ("demo", include_str!("clinics/maple-dental.toml")),
    ("voxanne", include_str!("clinics/voxanne.toml")),
];

/// The slug of the clinic that the recorded call is made to.
const CALLED: &str = "demo";

/// How long the database may take while nobody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a text takes from one step to the next: long enough to be seen, short enough to be waited for.
const DELIVERY_STEP: Duration = Duration::from_millis(700);

/// The database inside the private cluster.
const DATABASE: &str = "gateway";

/// What `demo` can be told.
#[derive(Args)]
pub struct DemoOptions {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    bind: SocketAddr,
    /// Keeps the database, the keys, demo.json and gateway.toml.
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
    let mut config = configure()?;
    telemetry::init(config.log)?;
    let mut stop = StopSignals::listen()?;

    let folder = Folder::claim(&options.data_dir)?;
    description::remove_stale(&folder.path)?;
    try_to_listen(options.bind)?;
    let secrets = DemoSecrets::load_or_make(&folder.path)?;
    let cluster = match &options.database_url {
        Some(_) => None,
        None => {
            writeln!(out, "Starting a private PostgreSQL in {} …", options.data_dir.display())?;
            Some(start_cluster(&folder.path).await?)
        }
    };
    let stand_in =
        StandIn::start((Ipv4Addr::LOCALHOST, 0).into(), vec![secrets.twilio_account()?])?;
    let stand_in = Arc::new(stand_in);
    stand_in.deliver_by_itself(DELIVERY_STEP);
    let phone = if config.twilio.base_url.is_empty() {
        config.twilio.base_url = stand_in.base_url().to_owned();
        // The stand-in knows loopback only, whatever else the demo is called from outside.
        config.server.public_url = None;
        Phone::of(Arc::clone(&stand_in))
    } else {
        Phone::elsewhere()
    };
    let database = match (&options.database_url, &cluster) {
        (Some(url), _) => Ok(url.clone()),
        (None, Some(cluster)) => own_database(cluster).await,
        (None, None) => Err("there is no database".into()),
    };
    let served = match database {
        Ok(url) => {
            config.database.url = SecretString::from(url);
            serve_call(&options, config, &secrets, phone, &folder, &mut stop, out).await
        }
        Err(error) => Err(error),
    };
    stand_in.stop().await;
    if let Some(cluster) = cluster {
        tokio::task::spawn_blocking(|| cluster.stop()).await??;
    }
    served
}

/// The configuration of the environment, for a demo: without its database, and with texts to the stand-in
/// (an empty `twilio.base_url`) unless it says where.
fn configure() -> Result<Config, ConfigFaults> {
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
    config.database.connect = PATIENCE;
    if !is_own_twilio {
        config.twilio.base_url.clear();
    }
    Ok(config)
}

/// Says early what would only come out once everything else has been started.
fn try_to_listen(address: SocketAddr) -> Result<(), String> {
    TcpListener::bind(address).map(drop).map_err(|reason| {
        format!("cannot listen on {address}: {reason}; choose another address with --bind")
    })
}

/// Serves; plays the call; then says where, and goes on until it is told to stop.
async fn serve_call(
    options: &DemoOptions,
    mut config: Config,
    secrets: &DemoSecrets,
    phone: Phone,
    folder: &Folder,
    stop: &mut StopSignals,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    config.vault.keys = vec![secrets.vault_key()?];
    config.server.bind = options.bind;
    migrations::run(&config.database).await?;
    let clock = options.clock.map_or_else(Clock::system, Clock::frozen);
    let listener = Server::listen(options.bind)?;
    let base_url = format!("http://{}", listener.local_addr()?);
    // A Twilio that is asked without TLS is a stand-in on this machine, and can call back; the real one
    // refuses every text that names an address it cannot reach.
    if config.server.public_url.is_none() && config.twilio.base_url.starts_with("http://") {
        config.server.public_url = Some(base_url.clone());
    }
    let app = App::build(config, clock)?;
    let (seeded, earlier) = seed(&app, secrets).await?;
    warm_up(&app.db).await?;

    let more = move |config: &mut _| phone.routes(config);
    let mut server = Server::start_with(Arc::clone(&app), listener, more)?;
    server.start_worker();
    let database_url = app.config.database.url.expose_secret();
    let demo = description::Demo::new(&base_url, database_url, &seeded, secrets);
    let serving = async {
        tokio::select! {
            played = call::play(&base_url, &demo, earlier, out) => played?,
            () = stop.wait() => return Ok(()),
        }
        description::write_settings(&app.config, secrets, &folder.path)?;
        demo.write(&folder.path)?;
        server.set_ready(true);
        if !options.once {
            let details = options.data_dir.join("demo.json");
            writeln!(out, "\nServing at {base_url} (details in {}).", details.display())?;
            writeln!(out, "The patient's phone: {base_url}{}", phone::PATH)?;
            writeln!(out, "Press Ctrl-C to stop.")?;
            out.flush()?;
            stop.wait().await;
        }
        Ok(())
    };
    let served = serving.await;
    server.stop().await;
    served
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

/// Applies the demo's clinics; the second time that changes nothing. Returns their slugs and ids, and
/// how many appointments the clinic that is called has had so far.
async fn seed(
    app: &App,
    secrets: &DemoSecrets,
) -> Result<(Vec<OrganizationRow>, usize), Box<dyn Error>> {
    let mut patient = app.config.database.clone();
    patient.pool_wait = PATIENCE;
    let db = db::connect(&patient)?;
    for (slug, clinic) in CLINICS {
        let find = |name: &str| secrets.find(slug, name).map(str::to_owned);
        let file =
            org::OrgFile::read(clinic, &mut org::Secrets::new(&find, &mut std::io::empty()))?;
        org::apply(&db, &app.vault, &file).await?;
    }
    let mut conn = db.connection().await?;
    let seeded = db::organizations::list(&mut conn).await?;
    let called = seeded.iter().find(|row| row.slug == CALLED).ok_or("the demo has no clinic")?;
    let earlier = db::appointments::count(&mut conn, OrgId(called.id)).await?;
    Ok((seeded, earlier))
}

/// Returns once the gateway has a connection, however busy the machine: a caller would be told to try
/// again in a moment.
async fn warm_up(db: &Db) -> Result<(), db::Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match db.connection().await {
            Err(db::Error::Unavailable | db::Error::Busy) if Instant::now() < deadline => {}
            tried => return tried.map(drop),
        }
    }
}

fn parse_clock(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_reason| "not a time such as 2026-11-23T15:00:00Z".to_owned())
}
