//! What is heard, through `speech::hear`'s public door: tables of phrases by clinic, phrases of known
//! meaning made by the thousand, and the sentence of each question.

mod dates;
mod grammar;
mod people;
mod sentences;
mod ways;
mod wishes;
mod zones;

use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime, Weekday};
use uuid::Uuid;

use vapi_gateway::domain::clinic::{Clinic, OpeningHours, Provider, Service};
use vapi_gateway::domain::org_id::OrgId;
use vapi_gateway::domain::zone::{Instant, Zone};
use vapi_gateway::speech::hear::{Ear, Question};

const WEEK: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Mon–Fri 9–12 and 13–17, Sat 9–13; two doctors; three services, the first of them the default.
pub(crate) fn day_clinic(zone: &str, region: &str) -> Clinic {
    let mut clinic = bare_clinic(zone, region);
    for provider_id in clinic.providers.iter().map(|p| p.id).collect::<Vec<_>>() {
        for weekday in WEEK {
            let hours: &[(u16, u16)] = match weekday {
                Weekday::Sunday => &[],
                Weekday::Saturday => &[(9 * 60, 13 * 60)],
                _ => &[(9 * 60, 12 * 60), (13 * 60, 17 * 60)],
            };
            clinic.opening_hours.extend(hours.iter().map(|(opens, closes)| OpeningHours {
                provider_id,
                weekday,
                opens: *opens,
                closes: *closes,
            }));
        }
    }
    clinic
}

/// The same people, open day and night.
pub(crate) fn night_clinic(zone: &str, region: &str) -> Clinic {
    let mut clinic = bare_clinic(zone, region);
    let provider_id = clinic.providers[0].id;
    clinic.opening_hours =
        WEEK.map(|weekday| OpeningHours { provider_id, weekday, opens: 0, closes: 1440 }).into();
    clinic
}

fn bare_clinic(zone: &str, region: &str) -> Clinic {
    let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let service = |number: u16, name: &str, minutes, is_default| Service {
        id: Uuid::from_u128(100 + u128::from(number)),
        number,
        name: name.into(),
        duration: Duration::minutes(minutes),
        buffer_before: Duration::ZERO,
        buffer_after: Duration::ZERO,
        is_default,
        provider_ids: if number == 3 { vec![ids[0]] } else { ids.to_vec() },
    };
    Clinic {
        org: OrgId(Uuid::from_u128(7)),
        revision: 0,
        slug: "test".into(),
        name: "Test Clinic".into(),
        zone: Zone::find(zone).expect("a zone"),
        region: region.into(),
        locale: "en".into(),
        slot_minutes: 15,
        min_notice: Duration::hours(2),
        horizon_days: 400,
        texts_enabled: true,
        reminder_leads: Vec::new(),
        providers: vec![
            Provider { id: ids[0], number: 1, name: "Dr. Amara Lee".into() },
            Provider { id: ids[1], number: 2, name: "Dr. Jonas Weber".into() },
        ],
        services: vec![
            service(1, "Consultation", 30, true),
            service(2, "Cleaning", 60, false),
            service(3, "Follow-up", 15, false),
        ],
        opening_hours: Vec::new(),
        closures: Vec::new(),
    }
}

/// The instant at which the clinic's clocks show `local`, for example "2026-11-23 10:30".
pub(crate) fn at(clinic: &Clinic, local: &str) -> OffsetDateTime {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let local = PrimitiveDateTime::parse(local, format).expect("a local time");
    match clinic.zone.instant(local.date(), local.time()) {
        Instant::One(at) | Instant::Twice(at, _) => at,
        Instant::Never => panic!("no such time"),
    }
}

/// What booking hears: the clinic's wall clock, or "?" and the question's name.
fn booked(ear: &Ear<'_>, date: &str, time: &str) -> String {
    match ear.start(Some(date), Some(time)) {
        Ok(at) => {
            let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
            ear.clinic.zone.local(at).format(format).expect("formats")
        }
        Err(question) => name_of(&question),
    }
}

/// What looking for times hears: date, time and part, or "?" and the question's name.
fn wished(ear: &Ear<'_>, date: &str, time: &str, part: &str) -> String {
    match ear.when(Some(date), Some(time), Some(part)) {
        Ok(when) => {
            let date = when.date.map(|d| d.to_string()).unwrap_or("-".into());
            let time = when.time.map(|t| format!("{:02}:{:02}", t.hour(), t.minute()));
            let part = when.part.map(|p| format!("{p:?}"));
            format!("{date} {} {}", time.unwrap_or("-".into()), part.unwrap_or("-".into()))
        }
        Err(question) => name_of(&question),
    }
}

fn name_of(question: &Question) -> String {
    let debug = format!("{question:?}");
    format!("?{}", debug.split([' ', '{', '(']).next().unwrap_or_default())
}

/// Compares a whole table before it fails.
fn check<'t>(rows: impl IntoIterator<Item = (String, String, &'t str)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, heard, meant)| heard != meant)
        .map(|(said, heard, meant)| format!("{said}: heard {heard}, meant {meant}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
