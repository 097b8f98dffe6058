//! The clinics that tests talk to, as the files an operator would apply.

use std::time::Duration;

use tokio::time::timeout;
use vapi_gateway::app::App;
use vapi_gateway::cli::org::{self, OrgError, OrgFile, Secrets};
use vapi_gateway::db;

const PATIENCE: Duration = Duration::from_secs(30);

/// "Maple Dental", slug `demo`: two dentists in New York.
pub(crate) const MAPLE: &str = include_str!("../../../src/cli/demo/clinics/maple-dental.toml");
/// Slug `voxanne`: one provider in UTC, no Twilio.
pub(crate) const VOXANNE: &str = include_str!("../../../src/cli/demo/clinics/voxanne.toml");

pub(crate) const MAPLE_SECRET: &str = "maple-test-secret-5d1f0c77a2";
pub(crate) const VOXANNE_SECRET: &str = "voxanne-test-secret-91b3e60d4c";
pub(crate) const TWILIO_ACCOUNT_SID: &str = "AC00000000000000000000000000005e57";
pub(crate) const TWILIO_AUTH_TOKEN: &str = "7w1l10-4u7h-70k3n-f0r-7e575-only";
/// Twilio's test number that is always a good sender.
pub(crate) const TWILIO_NUMBER: &str = "+15005550006";

/// Every secret that a test's clinics know: what must never be found in a log.
pub(crate) const SECRETS: [&str; 4] =
    [MAPLE_SECRET, VOXANNE_SECRET, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN];

/// A clinic of a test's own: one that is open all day and night in `zone`, with two providers, slug
/// `slug`, and the secrets of [`MAPLE`].
pub(crate) fn always_open(slug: &str, name: &str, zone: &str, region: &str) -> String {
    format!(
        r#"
[organization]
slug = "{slug}"
name = "{name}"
timezone = "{zone}"
region = "{region}"
locale = "en-{region}"

[hours]
mon = ["00:00-24:00"]
tue = ["00:00-24:00"]
wed = ["00:00-24:00"]
thu = ["00:00-24:00"]
fri = ["00:00-24:00"]
sat = ["00:00-24:00"]
sun = ["00:00-24:00"]

[[provider]]
name = "Dr. Ada Night"

[[provider]]
name = "Dr. Ben Day"

[[service]]
name = "Consultation"
minutes = 30
default = true

[[service]]
name = "Operation"
minutes = 120
buffer_before = 15
buffer_after = 30

[vapi]
secret = "env:DEMO_VAPI_SECRET"
hmac_key = "env:DEMO_VAPI_SECRET"

[twilio]
account_sid = "env:DEMO_TWILIO_ACCOUNT_SID"
auth_token = "env:DEMO_TWILIO_AUTH_TOKEN"
phone_number = "{TWILIO_NUMBER}"
"#
    )
}

/// A clinic of a test's own in New York, "Harbor Clinic": `settings` are lines of its `[organization]`,
/// `rules` its hours, providers, services and closures. It has the secrets of [`MAPLE`].
pub(crate) fn harbor(slug: &str, settings: &str, rules: &str) -> String {
    format!(
        r#"
[organization]
slug = "{slug}"
name = "Harbor Clinic"
timezone = "America/New_York"
region = "US"
{settings}

{rules}

[vapi]
secret = "env:DEMO_VAPI_SECRET"

[twilio]
account_sid = "env:DEMO_TWILIO_ACCOUNT_SID"
auth_token = "env:DEMO_TWILIO_AUTH_TOKEN"
phone_number = "{TWILIO_NUMBER}"
"#
    )
}

/// A clinic that has exactly one time until its horizon: Monday, November 30th at nine.
pub(crate) fn one_slot(slug: &str) -> String {
    let rules = r#"
[hours]
mon = ["09:00-09:30"]

[[provider]]
name = "Dr. Cleo Marsh"

[[service]]
name = "Consultation"
minutes = 30
default = true
"#;
    harbor(slug, "horizon_days = 8", rules)
}

/// Applies a clinic's file, with the secrets above.
pub(crate) async fn apply(app: &App, file: &str) {
    let is_voxanne = file == VOXANNE;
    let find = |name: &str| {
        let secret = match name {
            "DEMO_VAPI_SECRET" if is_voxanne => VOXANNE_SECRET,
            "DEMO_VAPI_SECRET" => MAPLE_SECRET,
            "DEMO_TWILIO_ACCOUNT_SID" => TWILIO_ACCOUNT_SID,
            "DEMO_TWILIO_AUTH_TOKEN" => TWILIO_AUTH_TOKEN,
            "DEMO_TWILIO_PHONE_NUMBER" => TWILIO_NUMBER,
            _ => return None,
        };
        Some(secret.to_owned())
    };
    let mut nothing = std::io::empty();
    let file =
        OrgFile::read(file, &mut Secrets::new(&find, &mut nothing)).expect("a clinic's file");
    // A machine that is busy with other tests may take longer to connect than a pool waits.
    let applied = async {
        while let Err(error) = org::apply(&app.db, &app.vault, &file).await {
            assert_eq!(error, OrgError::Database(db::Error::Unavailable), "the file applies");
        }
    };
    timeout(PATIENCE, applied).await.expect("the database is there in time");
}
