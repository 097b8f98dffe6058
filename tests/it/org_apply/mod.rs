//! Applying a clinic's file: what the database says afterwards, that the second time leaves every row as
//! it was, and that what is shown can be applied.

mod credentials;
mod merging;
mod showing;
mod texts;
mod traffic;

use secrecy::ExposeSecret;
use time::Duration;
use tokio_postgres::NoTls;
use vapi_gateway::cli::org::{self, Applied, OrgError, OrgFile, Secrets};
use vapi_gateway::config::{Config, VaultKey};
use vapi_gateway::db::{self, Db, vapi_credentials::VapiCredentialRow};
use vapi_gateway::domain::clinic::Clinic;
use vapi_gateway::domain::org_id::OrgId;
use vapi_gateway::vault::{Place, VAPI_SECRET, Vault};

use crate::harness::cluster::TestDatabase;
use crate::harness::gateway::{migrated_database, settings};

const MAPLE_DENTAL: &str = include_str!("../../../src/cli/demo/clinics/maple-dental.toml");
const VOXANNE: &str = include_str!("../../../src/cli/demo/clinics/voxanne.toml");
const VOXANNE_ID: &str = "46cf2995-2bee-44e3-838b-24151486fe4e";

const SECRET: &str = "a-synthetic-secret-of-vapi";
const NEW_SECRET: &str = "another-synthetic-secret";
const ACCOUNT_SID: &str = "AC0123456789abcdef0123456789abcdef";
const TABLES: [&str; 10] = [
    "organizations",
    "providers",
    "services",
    "provider_services",
    "opening_hours",
    "closures",
    "vapi_credentials",
    "customer_twilio_keys",
    "text_templates",
    "audit_log",
];

/// A database, a vault, and what the environment says.
struct Bench {
    url: String,
    /// Dropped with the bench.
    _database: TestDatabase,
    db: Db,
    vault: Vault,
    variables: Vec<(&'static str, &'static str)>,
}

impl Bench {
    async fn new() -> Self {
        let database = migrated_database().await;
        let settings = settings(&database.url, "http://127.0.0.1:9", &[]);
        let config = Config::load(None, settings.into_iter()).unwrap();
        Self {
            url: database.url.clone(),
            _database: database,
            db: db::connect(&config.database).unwrap(),
            vault: Vault::new(&[VaultKey::new(1, [1; 32])]).unwrap(),
            variables: vec![
                ("DEMO_VAPI_SECRET", SECRET),
                ("NEW_SECRET", NEW_SECRET),
                ("DEMO_TWILIO_ACCOUNT_SID", ACCOUNT_SID),
                ("DEMO_TWILIO_AUTH_TOKEN", "a-synthetic-token"),
                ("DEMO_TWILIO_PHONE_NUMBER", "+12125550100"),
            ],
        }
    }

    fn read(&self, text: &str) -> OrgFile {
        let variable = |name: &str| {
            let found = self.variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut input: &[u8] = b"";
        OrgFile::read(text, &mut Secrets::new(&variable, &mut input)).unwrap()
    }

    async fn apply(&self, text: &str) -> Result<Applied, OrgError> {
        org::apply(&self.db, &self.vault, &self.read(text)).await
    }

    /// Every row with everything in it, and with the transaction that wrote it.
    async fn contents(&self) -> Vec<String> {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let mut contents = Vec::new();
        for table in TABLES {
            let rows =
                format!("SELECT '{table} ' || xmin || ' ' || t::text FROM {table} t ORDER BY 1");
            for row in client.query(&rows, &[]).await.unwrap() {
                contents.push(row.get(0));
            }
        }
        contents
    }

    async fn count(&self, what: &str) -> i64 {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.unwrap().get(0)
    }

    async fn clinic(&self, org: OrgId) -> Clinic {
        let conn = self.db.connection().await.unwrap();
        db::organizations::find_clinic(&conn, org).await.unwrap().unwrap()
    }

    async fn in_force(&self, org: OrgId) -> Vec<VapiCredentialRow> {
        let mut conn = self.db.connection().await.unwrap();
        db::vapi_credentials::list(&mut conn, org).await.unwrap()
    }

    /// Which of these secrets speak for the organization.
    async fn accepted<'a>(&self, org: OrgId, secrets: &[&'a str]) -> Vec<&'a str> {
        let rows = self.in_force(org).await;
        let is_accepted = |secret: &&&str| {
            rows.iter()
                .filter_map(|row| row.digest.as_ref())
                .any(|digest| self.vault.verify_digest(org, VAPI_SECRET, secret.as_bytes(), digest))
        };
        secrets.iter().filter(is_accepted).copied().collect()
    }
}

/// A clinic with a bit of everything that a file can say.
const EVERYTHING: &str = r#"
[organization]
slug = "night-clinic"
name = "Dr. \"Ada\" & Söhne"
timezone = "Asia/Kolkata"
region = "IN"
locale = "en-IN"
slot_minutes = 20
min_notice_minutes = 0
horizon_days = 30
texts = false
[hours]
mon-sun = ["00:00-24:00"]
[[provider]]
name = "Chair 1"
[[provider]]
name = "Chair 2"
hours = { tue = ["09:00-12:00", "12:00-13:00"], mon = ["09:00-12:00", "12:00-13:00"], sun = ["23:00-24:00"] }
[[provider]]
name = "Chair 3"
hours = {}
[[service]]
name = "Cleaning"
minutes = 45
buffer_before = 5
buffer_after = 10
providers = ["chair 3", "CHAIR 1"]
[[service]]
name = "Whitening"
minutes = 90
[[closure]]
from = 2026-12-30
to = 2027-01-02
[[closure]]
from = 2026-12-31
to = 2027-01-01
provider = "Chair 3"
hours = ["10:00-12:00", "14:00-15:00"]
kind = "open"
[[closure]]
date = 2027-01-02
provider = "Chair 1"
hours = "09:00-10:00"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_is_what_its_file_says() {
    let bench = Bench::new().await;
    let applied = bench.apply(MAPLE_DENTAL).await.unwrap();
    assert_eq!(
        applied.to_string(),
        "Maple Dental: new organization, 2 providers added, 3 services added, hours changed, who gives \
         which service changed, closures changed, Vapi secrets: 1 added, HMAC keys: 1 added, Twilio \
         account added"
    );
    let clinic = bench.clinic(applied.org).await;
    assert_eq!((clinic.slug.as_str(), clinic.name.as_str()), ("demo", "Maple Dental"));
    assert_eq!((clinic.zone.name(), clinic.region.as_str()), ("America/New_York", "US"));
    assert_eq!((clinic.slot_minutes, clinic.horizon_days), (15, 400));
    assert_eq!((clinic.min_notice, clinic.texts_enabled), (Duration::hours(2), true));
    let providers: Vec<_> = clinic.providers.iter().map(|p| (p.number, p.name.as_str())).collect();
    assert_eq!(providers, [(1, "Dr. Amara Lee"), (2, "Dr. Jonas Weber")]);
    let services: Vec<_> = clinic
        .services
        .iter()
        .map(|s| (s.name.as_str(), s.duration.whole_minutes(), s.provider_ids.len()))
        .collect();
    assert_eq!(services, [("Consultation", 30, 2), ("Cleaning", 60, 2), ("Follow-up", 15, 2)]);
    assert_eq!(clinic.default_service().unwrap().name, "Consultation");
    assert_eq!(clinic.opening_hours.len(), 2 * (5 * 2 + 1));
    let closed: Vec<_> = clinic.closures.iter().map(|c| c.on.to_string()).collect();
    assert_eq!(closed, ["2026-11-26", "2026-12-25"]);

    let org = applied.org;
    assert_eq!(bench.accepted(org, &[SECRET, NEW_SECRET]).await, [SECRET]);
    let credentials = bench.in_force(org).await;
    let hmac = credentials.iter().find(|c| c.kind == "hmac").unwrap();
    let place = Place { org, table: "vapi_credentials", column: "sealed_key", row: hmac.id };
    let key = bench.vault.open_text(place, hmac.sealed_key.as_ref().unwrap()).unwrap();
    assert_eq!(key.expose_secret(), SECRET);
    let mut conn = bench.db.connection().await.unwrap();
    let twilio = db::customer_twilio_keys::find(&mut conn, org).await.unwrap().unwrap();
    let place = Place { org, table: "customer_twilio_keys", column: "account_sid", row: org.0 };
    let sid = bench.vault.open_text(place, &twilio.account_sid).unwrap();
    assert_eq!(
        (sid.expose_secret(), twilio.phone_number.as_deref()),
        (ACCOUNT_SID, Some("+12125550100"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn applying_twice_changes_nothing() {
    let bench = Bench::new().await;
    for file in [MAPLE_DENTAL, VOXANNE] {
        bench.apply(file).await.unwrap();
    }
    let before = bench.contents().await;
    for (file, name) in [(MAPLE_DENTAL, "Maple Dental"), (VOXANNE, "voxanne@demo.com Organization")]
    {
        let again = bench.apply(file).await.unwrap();
        assert_eq!(again.to_string(), format!("{name}: nothing changed"));
    }
    assert_eq!(bench.contents().await, before);
    assert_eq!(bench.count("audit_log WHERE actor = 'operator'").await, 2);
}
