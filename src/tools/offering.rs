//! Times on offer: found on the calendar, named by `slot_id`, put into words. Shared by the tool that
//! looks for times and the one that found its time taken.

use time::OffsetDateTime;

use crate::app::App;
use crate::db::{self, Connection};
use crate::domain::clinic::Clinic;
use crate::domain::offer::{Offer, WishMet};
use crate::domain::outcome::Outcome;
use crate::domain::slot_id::{self, SlotName};
use crate::scheduling::availability::{self, Wish};
use crate::speech::phrases::check_availability as phrases;
use crate::tools::Answer;

/// What the vault derives the keys of slot names for.
const PURPOSE: &str = "slot_id";

/// A slot on offer, by the name that books it.
pub(super) struct NamedSlot {
    pub(super) slot_id: String,
    pub(super) starts_at: OffsetDateTime,
    pub(super) provider: String,
}

/// Looks for times and offers them. `lead`, if any, is said first: why the caller hears of other times.
pub(super) async fn offer(
    app: &App,
    conn: &Connection,
    clinic: &Clinic,
    wish: Wish<'_>,
    lead: Option<(Outcome, String)>,
    now: OffsetDateTime,
) -> Result<Answer, db::Error> {
    let Some(offer) = availability::find(conn, clinic, wish, now).await? else {
        let words = phrases::none_free(clinic, now);
        return Ok(match lead {
            Some((outcome, lead)) => Answer::new(outcome, format!("{lead} {words}")),
            None => Answer::new(Outcome::NoneFree, words),
        });
    };
    let slots = name(app, clinic, wish, &offer)?;
    let said = match &lead {
        Some((_, lead)) => {
            format!("{lead} {}", phrases::instead(clinic, &offer, wish.provider, now))
        }
        None => phrases::offered(clinic, &offer, wish.provider, now),
    };
    let outcome = match (lead, offer.met) {
        (Some((outcome, _)), _) => outcome,
        (None, WishMet::Closed { .. }) => Outcome::Closed,
        (None, _) => Outcome::Offered,
    };
    let ids = slots.iter().map(|s| s.slot_id.as_str());
    let words = format!("{said} {}", phrases::bracket(clinic, &offer, ids));
    Ok(Answer::new(outcome, words).with_slots(&slots))
}

/// The slot that one of our names means; `None` for anything we did not give this organization.
pub(super) fn read(app: &App, clinic: &Clinic, text: &str) -> Option<SlotName> {
    let keys = app.vault.hmac_keys(clinic.org, PURPOSE).ok()?;
    keys.iter().find_map(|key| slot_id::read(key, text))
}

fn name(
    app: &App,
    clinic: &Clinic,
    wish: Wish<'_>,
    offer: &Offer,
) -> Result<Vec<NamedSlot>, db::Error> {
    let unnamable = db::Error::Broken("a slot cannot be named");
    let key = app.vault.hmac_key(clinic.org, PURPOSE).map_err(|_reason| unnamable.clone())?;
    let named = offer.slots.iter().map(|slot| {
        let provider = clinic.provider(slot.provider_id)?;
        let name = SlotName {
            provider: provider.number,
            service: wish.service.number,
            starts_at: slot.starts_at,
        };
        let slot_id = slot_id::write(&key, name)?;
        Some(NamedSlot { slot_id, starts_at: slot.starts_at, provider: provider.name.clone() })
    });
    named.collect::<Option<_>>().ok_or(unnamable)
}
