//! The operator's commands. They print through a writer that `main` hands them.

pub mod conversation;
pub mod demo;
mod healthcheck;
mod openapi;
pub mod org;
pub mod replay;
mod serve;
pub mod tools;

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use secrecy::ExposeSecret;
use time::Duration;

use crate::app::App;
use crate::clock::{Clock, wall_now};
use crate::config::Config;
use crate::db::migrations;
use crate::tools::Tool;
use crate::vault::Vault;

/// The receptionist back end that a Vapi voice agent asks.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    /// A configuration file over the built-in defaults; the environment comes over both.
    /// GATEWAY_CONFIG may name it instead.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer Vapi's requests and send texts, until SIGTERM.
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Send recorded requests to a gateway and print what it says.
    Replay {
        /// A recorded body, or a folder of them.
        path: PathBuf,
        /// The gateway's URL for the clinic: https://host/vapi/clinic.
        #[arg(long)]
        url: String,
        /// The clinic's secret, as Vapi sends it in x-vapi-secret.
        #[arg(long)]
        secret: String,
        /// Give calls and tool calls new ids, so that they are not recognized as repeated.
        #[arg(long)]
        fresh_ids: bool,
    },
    /// A clinic and its phone call, to try out: with a Postgres and a Twilio of its own.
    Demo(demo::DemoOptions),
    /// The clinics.
    #[command(subcommand)]
    Org(OrgCommand),
    /// The tools' definitions for Vapi.
    #[command(subcommand)]
    Tools(ToolsCommand),
    /// The keys that seal secrets in the database.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Ask a running gateway whether it is alive; for container health checks.
    Healthcheck {
        #[arg(long, default_value = "http://127.0.0.1:8080/health")]
        url: String,
    },
}

#[derive(Subcommand)]
enum OrgCommand {
    /// Make a clinic what a file says; applying it twice changes nothing.
    Apply { file: PathBuf },
    /// Print a clinic as such a file.
    Show { slug: String },
    /// List the clinics.
    List,
    /// Print what staff should know of a clinic's texts: alerts, answers, and what became of the latest.
    Texts {
        slug: String,
        /// How many texts, the latest first.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Send one real text and follow it until it has arrived.
    TestSms {
        slug: String,
        /// The phone to text, with its country's code: +12125550142.
        #[arg(long, value_name = "NUMBER")]
        to: String,
        /// How long to wait for it to arrive.
        #[arg(long, default_value_t = 60, value_name = "SECONDS")]
        wait: u64,
    },
    /// Make a new secret for Vapi and print it, once.
    RotateSecret {
        slug: String,
        /// How long the earlier secrets go on working.
        #[arg(long, default_value_t = 24)]
        overlap_hours: u32,
        /// Refuse the earlier secrets at once.
        #[arg(long, conflicts_with = "overlap_hours")]
        now: bool,
    },
}

#[derive(Subcommand)]
enum ToolsCommand {
    /// Compare the definitions with the code, and with Vapi's OpenAPI document where given.
    Check {
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
    },
    /// Print a definition, ready for Vapi's POST /tool; all of them where none is named.
    Print {
        name: Option<String>,
        /// The clinic's URL, as Vapi reaches it: https://host/vapi/clinic.
        #[arg(long)]
        url: Option<String>,
        /// The id of the credential in Vapi that holds the clinic's secret.
        #[arg(long, value_name = "ID")]
        credential_id: Option<String>,
    },
}

#[derive(Subcommand)]
enum VaultCommand {
    /// Print a new key for vault.keys.
    GenerateKey {
        /// Its number among the keys, 1 to 255: a new one for each key.
        #[arg(long, default_value_t = 1)]
        id: u8,
    },
}

/// Runs a command. Errors are sentences for the operator.
pub async fn run(cli: Cli, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let config = || Config::load(cli.config.as_deref(), Config::environment());
    match cli.command {
        Command::Serve => serve::serve(config()?).await?,
        Command::Migrate => {
            let config = config()?;
            config.database.require_url()?;
            match migrations::run(&config.database).await? {
                0 => writeln!(out, "The database is up to date.")?,
                count => writeln!(out, "Ran {count} migrations; the database is up to date.")?,
            }
        }
        Command::Replay { path, url, secret, fresh_ids } => {
            let all_answered = replay::replay(&path, &url, &secret, fresh_ids, out).await?;
            return Ok(success_if(all_answered));
        }
        Command::Demo(options) => demo::run(options, out).await?,
        Command::Org(command) => return org_command(config()?, command, out).await,
        Command::Tools(ToolsCommand::Check { schema }) => return check_tools(schema, out),
        Command::Tools(ToolsCommand::Print { name, url, credential_id }) => {
            print_tools(name.as_deref(), &tools::Door { url, credential_id }, out)?;
        }
        Command::Vault(VaultCommand::GenerateKey { id }) => {
            writeln!(out, "{}", Vault::generate_key(id)?.expose_secret())?;
        }
        Command::Healthcheck { url } => {
            if !healthcheck::is_healthy(&url).await {
                return Err(format!("{url} does not answer with success").into());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The service's parts, for one act of an operator's. No caller is waiting: it may take as long as
/// connecting takes.
fn app_for_operator(mut config: Config) -> Result<Arc<App>, Box<dyn Error>> {
    config.check_for_serve()?;
    config.database.pool_wait = config.database.connect;
    Ok(App::build(config, Clock::system())?)
}

async fn org_command(
    config: Config,
    command: OrgCommand,
    out: &mut impl Write,
) -> Result<ExitCode, Box<dyn Error>> {
    let app = app_for_operator(config)?;
    let App { db, vault, .. } = &*app;
    match command {
        OrgCommand::Apply { file } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
            let environment: HashMap<String, String> = Config::environment().collect();
            let find = |name: &str| environment.get(name).cloned();
            let mut input = std::io::stdin().lock();
            let file = org::OrgFile::read(&text, &mut org::Secrets::new(&find, &mut input))?;
            writeln!(out, "{}", org::apply(db, vault, &file).await?)?;
        }
        OrgCommand::Show { slug } => write!(out, "{}", org::show(db, &slug).await?)?,
        OrgCommand::List => {
            for listed in org::list(db).await? {
                writeln!(out, "{listed}")?;
            }
        }
        OrgCommand::Texts { slug, limit } => {
            write!(out, "{}", org::texts(db, vault, &slug, limit, wall_now()).await?)?;
        }
        OrgCommand::RotateSecret { slug, overlap_hours, now } => {
            let overlap = Duration::hours(overlap_hours.into());
            let end_at = (!now).then(|| wall_now() + overlap);
            let rotated = org::rotate_secret(db, vault, &slug, end_at).await?;
            writeln!(out, "{}", rotated.secret.expose_secret())?;
        }
        OrgCommand::TestSms { slug, to, wait } => {
            let wait = std::time::Duration::from_secs(wait);
            return Ok(success_if(org::test_sms(&app, &slug, &to, wait, out).await?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check_tools(schema: Option<PathBuf>, out: &mut impl Write) -> Result<ExitCode, Box<dyn Error>> {
    let schema = match schema {
        Some(path) => Some(read_json(&path)?),
        None => None,
    };
    let specs =
        Tool::ALL.map(|tool| tools::ToolSpec { name: tool.name(), arguments: tool.arguments() });
    let faults = tools::check(&specs, schema.as_ref());
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    if faults.is_empty() {
        writeln!(out, "The {} definitions say what the code does.", specs.len())?;
    }
    Ok(success_if(faults.is_empty()))
}

fn print_tools(
    name: Option<&str>,
    door: &tools::Door,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    if tools::print(name, door, out)? {
        return Ok(());
    }
    let known = tools::DEFINITIONS.map(|(name, _)| name).join(", ");
    Err(format!("there is no tool {}: {known}", name.unwrap_or_default()).into())
}

fn read_json(path: &Path) -> Result<serde_json::Value, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    serde_json::from_slice(&text).map_err(|error| format!("{shown} is not JSON: {error}"))
}

fn success_if(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
