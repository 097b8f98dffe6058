//! `org show`: the file that would make the database say what it says. Credentials cannot be shown, and
//! need not be: their sections are left out, which leaves them as they are, and comments say what is
//! stored.

use std::collections::BTreeMap;
use std::fmt::Write;

use time::Date;
use toml::Value;
use uuid::Uuid;

use crate::db::customer_twilio_keys::{self, TwilioKeysRow};
use crate::db::vapi_credentials::{self, SECRET, VapiCredentialRow};
use crate::db::{self, Db, End, organizations};
use crate::domain::clinic::{Clinic, Closure, ClosureKind, Service};
use crate::domain::org_id::OrgId;

use super::OrgError;
use super::week::{self, WHOLE_DAY, Week};

/// The file of the organization of this slug or id. Applying it changes nothing.
pub async fn show(db: &Db, slug: &str) -> Result<String, OrgError> {
    let found = organizations::find(&*db.connection().await?, slug).await?;
    let org = OrgId(found.ok_or(OrgError::NotFound)?.id);
    let read = db::in_org(db, org, async |conn| {
        let clinic = organizations::find_clinic(conn, org).await?;
        let vapi = vapi_credentials::list(conn, org).await?;
        let twilio = customer_twilio_keys::find(conn, org).await?;
        Ok(End::RollBack((clinic, vapi, twilio)))
    });
    let (clinic, vapi, twilio) = read.await?;
    let clinic = clinic.ok_or(OrgError::NotFound)?;
    let mut file = String::new();
    let written = write_rules(&mut file, &clinic)
        .and_then(|()| write_credentials(&mut file, &vapi, twilio.as_ref()));
    // Writing to a string does not fail.
    written.map(|()| file).map_err(|_never| db::Error::Broken("a clinic cannot be written").into())
}

fn write_rules(file: &mut String, clinic: &Clinic) -> std::fmt::Result {
    writeln!(file, "[organization]")?;
    writeln!(file, "slug = {}", text(&clinic.slug))?;
    writeln!(file, "id = \"{}\"", clinic.org)?;
    writeln!(file, "name = {}", text(&clinic.name))?;
    writeln!(file, "timezone = {}", text(clinic.zone.name()))?;
    writeln!(file, "region = {}", text(&clinic.region))?;
    writeln!(file, "locale = {}", text(&clinic.locale))?;
    writeln!(file, "slot_minutes = {}", clinic.slot_minutes)?;
    writeln!(file, "min_notice_minutes = {}", clinic.min_notice.whole_minutes())?;
    writeln!(file, "horizon_days = {}", clinic.horizon_days)?;
    writeln!(file, "texts = {}", clinic.texts_enabled)?;

    let weeks: Vec<Week> = clinic.providers.iter().map(|p| week_of(clinic, p.id)).collect();
    let usual = most_common(&weeks);
    writeln!(file, "\n[hours]")?;
    for line in usual.lines() {
        writeln!(file, "{line}")?;
    }
    for (provider, week) in clinic.providers.iter().zip(&weeks) {
        writeln!(file, "\n[[provider]]\nname = {}", text(&provider.name))?;
        if *week != usual {
            let lines = week.lines().join(", ");
            let table = if lines.is_empty() { "{}".to_owned() } else { format!("{{ {lines} }}") };
            writeln!(file, "hours = {table}")?;
        }
    }
    for service in &clinic.services {
        write_service(file, clinic, service)?;
    }
    for (closure, last) in runs(&clinic.closures) {
        write_closure(file, clinic, closure, last)?;
    }
    Ok(())
}

fn write_service(file: &mut String, clinic: &Clinic, service: &Service) -> std::fmt::Result {
    writeln!(file, "\n[[service]]\nname = {}", text(&service.name))?;
    writeln!(file, "minutes = {}", service.duration.whole_minutes())?;
    for (key, buffer) in
        [("buffer_before", service.buffer_before), ("buffer_after", service.buffer_after)]
    {
        if !buffer.is_zero() {
            writeln!(file, "{key} = {}", buffer.whole_minutes())?;
        }
    }
    if service.is_default {
        writeln!(file, "default = true")?;
    }
    let givers: Vec<String> = clinic.providers_of(service).map(|p| text(&p.name)).collect();
    if givers.len() < clinic.providers.len() {
        writeln!(file, "providers = [{}]", givers.join(", "))?;
    }
    Ok(())
}

fn write_closure(
    file: &mut String,
    clinic: &Clinic,
    closure: &Closure,
    last: Date,
) -> std::fmt::Result {
    writeln!(file, "\n[[closure]]")?;
    if closure.on == last {
        writeln!(file, "date = {last}")?;
    } else {
        writeln!(file, "from = {}\nto = {last}", closure.on)?;
    }
    if let Some(provider) = closure.provider_id.and_then(|id| clinic.provider(id)) {
        writeln!(file, "provider = {}", text(&provider.name))?;
    }
    let hours = (closure.from, closure.until);
    if closure.kind == ClosureKind::Open || hours != WHOLE_DAY {
        writeln!(file, "hours = \"{}\"", week::write(hours))?;
    }
    if closure.kind == ClosureKind::Open {
        writeln!(file, "kind = \"open\"")?;
    }
    Ok(())
}

fn write_credentials(
    file: &mut String,
    vapi: &[VapiCredentialRow],
    twilio: Option<&TwilioKeysRow>,
) -> std::fmt::Result {
    let (secrets, keys): (Vec<_>, Vec<_>) = vapi.iter().partition(|c| c.kind == SECRET);
    writeln!(
        file,
        "\n# Credentials are not shown. Without a section of theirs they stay as they are."
    )?;
    writeln!(
        file,
        "# [vapi]    secrets in force: {}, HMAC keys in force: {}",
        secrets.len(),
        keys.len()
    )?;
    let Some(row) = twilio else { return writeln!(file, "# [twilio]  none") };
    let tokens = match row.secondary_auth_token {
        Some(_) => ", with a primary and a secondary auth token",
        None => "",
    };
    match row.phone_number.as_ref().or(row.messaging_service_sid.as_ref()) {
        Some(sender) => {
            writeln!(file, "# [twilio]  an account whose texts come from {sender}{tokens}")
        }
        None => writeln!(file, "# [twilio]  an account without a sender{tokens}"),
    }
}

fn week_of(clinic: &Clinic, provider: Uuid) -> Week {
    let mut week = Week::default();
    for hours in clinic.opening_hours.iter().filter(|h| h.provider_id == provider) {
        let day = usize::from(hours.weekday.number_days_from_monday());
        if let Some(day) = week.0.get_mut(day) {
            day.push((hours.opens, hours.closes));
        }
    }
    week
}

/// The week of most providers, of the first among equals.
fn most_common(weeks: &[Week]) -> Week {
    let mut counts: BTreeMap<&Week, usize> = BTreeMap::new();
    for week in weeks {
        *counts.entry(week).or_default() += 1;
    }
    let most = counts.values().max();
    weeks.iter().find(|week| counts.get(week) == most).cloned().unwrap_or_default()
}

/// Exceptions that go on for several days, once each with their last day, in order of their first.
fn runs(closures: &[Closure]) -> Vec<(&Closure, Date)> {
    let mut runs: Vec<(&Closure, Date)> = Vec::new();
    for closure in closures {
        let continued = runs.iter_mut().find(|(first, last)| {
            let same = Closure { on: first.on, ..closure.clone() };
            **first == same && last.next_day() == Some(closure.on)
        });
        match continued {
            Some((_, last)) => *last = closure.on,
            None => runs.push((closure, closure.on)),
        }
    }
    runs
}

/// In quotation marks, escaped as TOML wants it.
fn text(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
