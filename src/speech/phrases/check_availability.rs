//! Times on offer, in words.

use time::OffsetDateTime;

use crate::domain::calendar;
use crate::domain::clinic::{Clinic, Provider};
use crate::domain::offer::{Offer, WishMet};
use crate::speech::phrases::{moment, short, today_is};
use crate::speech::say;

/// "On Tuesday, November twenty-fourth I have nine AM, one PM, or four thirty PM. Which one suits you?"
pub fn offered(
    clinic: &Clinic,
    offer: &Offer,
    provider: Option<&Provider>,
    now: OffsetDateTime,
) -> String {
    let today = clinic.today(now);
    let day = say::date(offer.on, today);
    let have = i_have(clinic, offer, provider);
    let which = which(offer);
    match offer.met {
        WishMet::AsWished => format!("On {day}, {have}. {which}"),
        WishMet::OtherTime => {
            format!("I have nothing free then. On {day}, {have}. {which}")
        }
        WishMet::DayFull(on) => {
            format!("Nothing is free on {}. On {day}, {have}. {which}", say::date(on, today))
        }
        WishMet::Closed { on, opens_at: None } => {
            let closed = say::date(on, today);
            format!("There are no appointments of that kind on {closed}. On {day}, {have}. {which}")
        }
        WishMet::Closed { on, opens_at: Some(at) } => {
            let closed = format!("We are closed on {}.", say::date(on, today));
            let local = clinic.zone.local(at);
            if local.date() == offer.on {
                let opens = say::time(local.time());
                format!("{closed} We open again on {day} at {opens}; {have}. {which}")
            } else {
                let opens = moment(clinic, at, now);
                format!("{closed} We open again on {opens}. On {day}, {have}. {which}")
            }
        }
    }
}

/// The same after a sentence that has said why there is nothing else.
pub fn instead(
    clinic: &Clinic,
    offer: &Offer,
    provider: Option<&Provider>,
    now: OffsetDateTime,
) -> String {
    let day = say::date(offer.on, clinic.today(now));
    format!("On {day}, {}. {}", i_have(clinic, offer, provider), which(offer))
}

/// What follows the spoken part, for the model: how to book what was offered.
pub fn bracket<'a>(
    clinic: &Clinic,
    offer: &Offer,
    slot_ids: impl Iterator<Item = &'a str>,
) -> String {
    let named: Vec<String> = offer
        .slots
        .iter()
        .zip(slot_ids)
        .map(|(slot, id)| format!("{} = {id}", say::time(clinic.zone.local(slot.starts_at).time())))
        .collect();
    format!("[Not to be read aloud. slot_id by time: {}]", named.join("; "))
}

/// Nothing until the horizon.
pub fn none_free(clinic: &Clinic, now: OffsetDateTime) -> String {
    let last = say::date(calendar::last_day(clinic, now), clinic.today(now));
    format!(
        "I find nothing free until {last}, which is as far as we book. Would another provider or service do?"
    )
}

/// A day beyond the horizon.
pub fn too_far(clinic: &Clinic, now: OffsetDateTime) -> String {
    let today = clinic.today(now);
    let last = say::date(calendar::last_day(clinic, now), today);
    format!("{} We book only until {last}. Which earlier day would suit you?", today_is(today))
}

fn i_have(clinic: &Clinic, offer: &Offer, provider: Option<&Provider>) -> String {
    let times: Vec<String> =
        offer.slots.iter().map(|s| say::time(clinic.zone.local(s.starts_at).time())).collect();
    let with = provider.map(|p| format!(" with {}", short(&p.name))).unwrap_or_default();
    format!("I have {}{with}", say::or(&times))
}

fn which(offer: &Offer) -> &'static str {
    if offer.slots.len() == 1 { "Does that suit you?" } else { "Which one suits you?" }
}
