//! `demo.json`: where the demo serves and with which secrets, for whoever tries it from outside; and
//! `gateway.toml`, the configuration with which the other commands find the demo's database and Twilio.

use std::error::Error;
use std::io;
use std::path::Path;

use secrecy::ExposeSecret;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::demo::folder::{self, write_private};
use crate::cli::demo::secrets::DemoSecrets;
use crate::config::Config;
use crate::db::organizations::OrganizationRow;

const FILE: &str = "demo.json";
const SETTINGS: &str = "gateway.toml";

#[derive(Serialize)]
pub(super) struct Demo {
    base_url: String,
    database_url: String,
    clinics: Vec<DemoClinic>,
}

#[derive(Serialize)]
pub(super) struct DemoClinic {
    pub(super) org: String,
    org_id: Uuid,
    pub(super) vapi_url: String,
    pub(super) vapi_secret: String,
    twilio: Option<DemoTwilio>,
}

#[derive(Serialize)]
struct DemoTwilio {
    account_sid: String,
    auth_token: String,
    phone_number: String,
}

impl Demo {
    pub(super) fn new(
        base_url: &str,
        database_url: &str,
        seeded: &[OrganizationRow],
        secrets: &DemoSecrets,
    ) -> Self {
        let twilio = || DemoTwilio {
            account_sid: secrets.twilio_account_sid().to_owned(),
            auth_token: secrets.twilio_auth_token().to_owned(),
            phone_number: secrets.twilio_phone_number().to_owned(),
        };
        let of_the_demo = ["demo", "voxanne"];
        let clinics = seeded
            .iter()
            .filter(|row| of_the_demo.contains(&row.slug.as_str()))
            .map(|row| DemoClinic {
                org: row.slug.clone(),
                org_id: row.id,
                vapi_url: format!("{base_url}/vapi/{}", row.slug),
                vapi_secret: secrets.vapi_secret(&row.slug).to_owned(),
                twilio: (row.slug == "demo").then(twilio),
            })
            .collect();
        Self { base_url: base_url.to_owned(), database_url: database_url.to_owned(), clinics }
    }

    /// The clinic that the recorded call is made to.
    pub(super) fn called(&self) -> Option<&DemoClinic> {
        self.clinics.iter().find(|clinic| clinic.org == super::CALLED)
    }

    /// Appears whole, by rename.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        write_private(&folder.join(FILE), &text)
    }
}

/// For `--config`: what another command needs to work on the running demo.
#[derive(Serialize)]
struct Settings<'a> {
    server: Server<'a>,
    database: Database<'a>,
    twilio: Twilio<'a>,
    vault: Vault<'a>,
}

#[derive(Serialize)]
struct Server<'a> {
    public_url: &'a str,
}

#[derive(Serialize)]
struct Database<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct Twilio<'a> {
    base_url: &'a str,
}

#[derive(Serialize)]
struct Vault<'a> {
    keys: [&'a str; 1],
}

/// Appears whole, by rename.
pub(super) fn write_settings(
    config: &Config,
    secrets: &DemoSecrets,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    let settings = Settings {
        server: Server { public_url: config.server.public_url.as_deref().unwrap_or_default() },
        database: Database { url: config.database.url.expose_secret() },
        twilio: Twilio { base_url: &config.twilio.base_url },
        vault: Vault { keys: [secrets.kept_vault_key()] },
    };
    write_private(&folder.join(SETTINGS), toml::to_string(&settings)?.as_bytes())?;
    Ok(())
}

/// What an earlier start left must not be taken for this one's.
pub(super) fn remove_stale(folder: &Path) -> io::Result<()> {
    folder::remove(&folder.join(FILE))?;
    folder::remove(&folder.join(SETTINGS))
}
