//! `demo.json`: where the demo serves and with which secrets, for whoever tries it from outside.

use std::io;
use std::path::Path;

use serde::Serialize;
use uuid::Uuid;

use crate::cli::demo::folder::{self, write_private};
use crate::cli::demo::secrets::DemoSecrets;
use crate::db::organizations::OrganizationRow;

const FILE: &str = "demo.json";

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

/// What an earlier start left must not be taken for this one's.
pub(super) fn remove_stale(folder: &Path) -> io::Result<()> {
    folder::remove(&folder.join(FILE))
}
