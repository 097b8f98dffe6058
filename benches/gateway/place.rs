//! Where the measuring happens: a cluster, a clinic with a full calendar, a stand-in, a `serve` process.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio_postgres::{Client, NoTls};
use vapi_gateway::app::App;
use vapi_gateway::cli::demo::cluster::{Cluster, ClusterOptions};
use vapi_gateway::cli::org;
use vapi_gateway::clock::{Clock, wall_now};
use vapi_gateway::config::Config;
use vapi_gateway::db::migrations;
use vapi_gateway::twilio::stand_in::StandIn;

pub(crate) const SECRET: &str = "benchmark-secret-without-value";
/// Each has half of every day of [`DAYS`] taken.
pub(crate) const PROVIDERS: usize = 50;
pub(crate) const DAYS: i64 = 42;

pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) database_url: String,
    /// The first day with appointments.
    pub(crate) first_day: time::Date,
    cluster: Option<Cluster>,
    pub(crate) stand_in: StandIn,
    gateway: Child,
    seeded: i64,
    environment: Vec<(String, String)>,
}

impl Place {
    pub(crate) async fn prepare() -> Result<Self, Box<dyn Error>> {
        let data_dir =
            std::env::temp_dir().join(format!("vapi-gateway-bench-{}", std::process::id()));
        let options = ClusterOptions {
            data_dir,
            durable: true,
            ephemeral: true,
            settings: vec![
                ("shared_buffers".into(), "256MB".into()),
                ("max_wal_size".into(), "4GB".into()),
            ],
        };
        let cluster = tokio::task::spawn_blocking(|| Cluster::start(options)).await??;
        let postgres = connect(&cluster.url("postgres")).await?;
        postgres.batch_execute("CREATE DATABASE bench").await?;
        let database_url = cluster.url("bench");
        let stand_in = StandIn::start(SocketAddr::from(([127, 0, 0, 1], 0)), Vec::new())?;
        let environment = environment(&database_url, stand_in.base_url());
        let config = Config::load(None, environment.clone().into_iter())?;
        migrations::run(&config.database).await?;
        let app = App::build(config, Clock::system())?;
        let find = |name: &str| match name {
            "SECRET" | "TOKEN" => Some(SECRET.to_owned()),
            "SID" => Some("AC000000000000000000000000000000be".to_owned()),
            _ => None,
        };
        let mut nothing = std::io::empty();
        let file = org::OrgFile::read(&clinic(), &mut org::Secrets::new(&find, &mut nothing))?;
        org::apply(&app.db, &app.vault, &file).await?;
        let first_day = wall_now().date() + time::Duration::days(7);
        let seeded = seed(&database_url, first_day).await?;
        let (gateway, url) = start_gateway(environment.clone()).await?;
        let cluster = Some(cluster);
        Ok(Self { url, database_url, first_day, cluster, stand_in, gateway, seeded, environment })
    }

    /// The most memory that the gateway ever held.
    pub(crate) fn peak_memory_mib(&self) -> Result<f64, Box<dyn Error>> {
        self.memory_mib("VmHWM")
    }

    /// A figure of the gateway's memory by its name in `/proc`.
    pub(crate) fn memory_mib(&self, name: &str) -> Result<f64, Box<dyn Error>> {
        let pid = self.gateway.id().ok_or("the gateway has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such figure")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// Another gateway on the same database, for as long as it is held.
    pub(crate) async fn start_node(&self) -> Result<Child, Box<dyn Error>> {
        Ok(start_gateway(self.environment.clone()).await?.0)
    }

    pub(crate) async fn count_new_bookings(&self) -> Result<i64, Box<dyn Error>> {
        let client = connect(&self.database_url).await?;
        let all: i64 = client.query_one("SELECT count(*) FROM appointments", &[]).await?.get(0);
        Ok(all - self.seeded)
    }

    pub(crate) fn texts_accepted(&self) -> usize {
        self.stand_in.messages().len()
    }

    pub(crate) async fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        self.gateway.kill().await?;
        if let Some(cluster) = self.cluster.take() {
            tokio::task::spawn_blocking(|| cluster.stop()).await??;
        }
        Ok(())
    }
}

fn environment(database_url: &str, twilio_url: &str) -> Vec<(String, String)> {
    [
        ("DATABASE_URL", database_url),
        ("GATEWAY__TWILIO__BASE_URL", twilio_url),
        ("GATEWAY__VAULT__KEYS", "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("GATEWAY__SERVER__BIND", "127.0.0.1:0"),
        // Nobody follows the links; their rows are part of the figures.
        ("GATEWAY__SERVER__PUBLIC_URL", "http://127.0.0.1:9"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

async fn start_gateway(
    environment: Vec<(String, String)>,
) -> Result<(Child, String), Box<dyn Error>> {
    let mut gateway = Command::new(env!("CARGO_BIN_EXE_vapi-gateway"))
        .arg("serve")
        .env_clear()
        .envs(environment)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut log = BufReader::new(gateway.stderr.take().ok_or("no log")?).lines();
    let listening = async {
        while let Some(line) = log.next_line().await? {
            let line: serde_json::Value = serde_json::from_str(&line)?;
            if let Some(address) = line.get("address").and_then(|a| a.as_str()) {
                return Ok::<_, Box<dyn Error>>(format!("http://{address}"));
            }
        }
        Err("the gateway did not start".into())
    };
    let url = tokio::time::timeout(Duration::from_secs(30), listening).await??;
    // A log is read as it is written in production: its cost is part of the figures.
    tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
    Ok((gateway, url))
}

pub(crate) async fn connect(url: &str) -> Result<Client, Box<dyn Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Takes every second quarter of an hour of every provider on [`DAYS`] days. Each appointment has the rows
/// that its booking left: beside empty tables Postgres would plan, and keep, other queries than a clinic's.
async fn seed(database_url: &str, first_day: time::Date) -> Result<i64, Box<dyn Error>> {
    let client = connect(database_url).await?;
    client
        .batch_execute(&format!(
            "INSERT INTO patients (org_id, id, name, folded_name, phone)
               SELECT o.id, gen_random_uuid(), 'Seed ' || n, 'seed ' || n, '+1212555' || lpad((n % 10000)::text, 4, '0')
               FROM organizations o, generate_series(1, 50000) n;
             INSERT INTO appointments (org_id, id, provider_id, patient_id, service_id, starts_at, ends_at,
                                       busy_from, busy_until, local_start, timezone, call_key)
               SELECT p.org_id, gen_random_uuid(), p.id, patient.id, s.id, at, at + interval '15 min',
                      at, at + interval '15 min', at AT TIME ZONE 'UTC', 'UTC', 'call:' || gen_random_uuid()
               FROM providers p
               JOIN services s ON s.org_id = p.org_id
               CROSS JOIN generate_series(0, {DAYS} * 48 - 1) n
               CROSS JOIN LATERAL (SELECT timestamptz '{first_day} 00:15Z' + n * interval '30 min' AS at) t
               JOIN (SELECT id, row_number() OVER () - 1 AS nr FROM patients) patient
                 ON patient.nr = (p.number - 1) * 1000 + n % 1000;
             INSERT INTO provider_days (org_id, provider_id, day, revision)
               SELECT org_id, provider_id, busy_from::date, count(*) FROM appointments GROUP BY 1, 2, 3;
             INSERT INTO sms_messages (org_id, id, appointment_id, kind, to_phone, sms_status, twilio_message_sid,
                                       delivery_status, tries, sent_at)
               SELECT a.org_id, gen_random_uuid(), a.id, 'confirmation', p.phone, 'sent', 'SM' || a.id, 'queued', 1, now()
               FROM appointments a JOIN patients p ON p.org_id = a.org_id AND p.id = a.patient_id;
             INSERT INTO sms_attempts (org_id, id, message_id, number, body_digest, finished_at, outcome)
               SELECT org_id, gen_random_uuid(), id, 1, decode(repeat('cd', 32), 'hex'), now(), 'accepted'
               FROM sms_messages;
             INSERT INTO confirmation_links (org_id, digest, message_id, appointment_id)
               SELECT org_id, decode(md5(id::text), 'hex'), id, appointment_id FROM sms_messages;
             INSERT INTO reminders (org_id, appointment_id, lead_minutes, due_at)
               SELECT org_id, id, lead, starts_at - lead * interval '1 minute'
               FROM appointments CROSS JOIN unnest(ARRAY[1440, 120]) AS lead;
             INSERT INTO sms_consents (org_id, id, phone, given, basis, call_key, appointment_id)
               SELECT a.org_id, gen_random_uuid(), p.phone, true, 'booked', a.call_key, a.id
               FROM appointments a JOIN patients p ON p.org_id = a.org_id AND p.id = a.patient_id;
             INSERT INTO tool_calls (org_id, call_key, tool, tool_call_id, arguments_digest, outcome, appointment_id,
                                     sms_message_id, words, metadata, answered_at)
               SELECT a.org_id, a.call_key, 'book_appointment', 'call_' || a.id, decode(repeat('ab', 32), 'hex'),
                      'booked', a.id, m.id, 'That is booked.', '{{\"outcome\": \"booked\"}}', now()
               FROM appointments a JOIN sms_messages m ON m.org_id = a.org_id AND m.appointment_id = a.id;
             INSERT INTO audit_log (org_id, id, actor, action, subject_id, details)
               SELECT org_id, gen_random_uuid(), 'assistant', 'appointment_booked', id, '{{\"call\": \"bench\"}}'
               FROM appointments"
        ))
        .await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    Ok(client.query_one("SELECT count(*) FROM appointments", &[]).await?.get(0))
}

fn clinic() -> String {
    let mut text = String::from(
        "[organization]\nslug = \"bench\"\nname = \"Bench Clinic\"\ntimezone = \"UTC\"\nregion = \"US\"\n\
         locale = \"en-US\"\n[hours]\n",
    );
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        text.push_str(&format!("{day} = [\"00:00-24:00\"]\n"));
    }
    for number in 0..PROVIDERS {
        text.push_str(&format!("[[provider]]\nname = \"Dr. {}\"\n", provider_name(number)));
    }
    text.push_str("[[service]]\nname = \"Consultation\"\nminutes = 15\ndefault = true\n[vapi]\nsecret = \"env:SECRET\"\n");
    text.push_str("[texts]\ntexts_per_number_per_day = 1000\nnumbers_per_day = 1000000\n");
    text.push_str("[twilio]\naccount_sid = \"env:SID\"\nauth_token = \"env:TOKEN\"\nphone_number = \"+15005550006\"\n");
    text
}

/// A name that no other provider's resembles.
pub(crate) fn provider_name(number: usize) -> String {
    letters(number, 4)
}

/// `number` as a capitalized word of `length` letters.
pub(crate) fn letters(number: usize, length: u32) -> String {
    (0..length)
        .map(|place| {
            let letter = u8::try_from(number / 26_usize.pow(place) % 26).unwrap_or_default();
            char::from(if place == 0 { b'A' + letter } else { b'a' + letter })
        })
        .collect()
}
