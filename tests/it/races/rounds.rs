//! Sixty-four racers for one slot and for starts that overlap each other, with and without a provider
//! named; once as the service is, once with a constraint that never conflicts, once with the time-outs
//! of production.

use serde_json::json;
use time::macros::time;
use time::{Date, Duration, Time};

use super::{ADA, BEN, wish};
use crate::harness::fleet::{Fleet, a_week_and};
use crate::harness::invariants::assert_invariants;
use crate::harness::patience::{PRODUCTION, eventually};
use crate::harness::vapi::{Reply, ToolCall, book_appointment};

const RACERS: usize = 64;
/// One that any two rows pass. It bears the name of the real one, which an insert refers to.
const WITHOUT_THE_CONSTRAINT: &str = "ALTER TABLE appointments \
    DROP CONSTRAINT appointments_of_a_provider_never_overlap, \
    ADD CONSTRAINT appointments_of_a_provider_never_overlap EXCLUDE USING gist (id WITH =) WHERE (false)";

/// Who races for what.
struct Round {
    service: &'static str,
    /// The racers' starts in turn, each overlapping all others.
    starts: &'static [i64],
    first: Time,
    /// The providers that the racers name in turn.
    providers: &'static [Option<&'static str>],
    winners: usize,
}

/// An operation keeps 165 minutes busy, so these overlap.
const STARTS: &[i64] = &[0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150];
const CONSULTATION: Round = Round {
    service: "Consultation",
    starts: &[0],
    first: time!(12:00),
    providers: &[None],
    winners: 2,
};
const OPERATION: Round = Round { service: "Operation", starts: STARTS, ..CONSULTATION };

/// Each on a day of its own, most of a day apart from the next.
const ROUNDS: [Round; 6] = [
    CONSULTATION,
    Round { providers: &[Some(BEN)], winners: 1, ..CONSULTATION },
    Round { providers: &[None, Some(ADA), Some(BEN), None], ..CONSULTATION },
    // Across midnight: the busy ranges lie on two dates, in all combinations.
    Round { first: time!(21:45), ..OPERATION },
    Round { providers: &[Some(ADA)], winners: 1, ..OPERATION },
    Round { first: time!(22:15), providers: &[Some(ADA), None, Some(BEN)], ..OPERATION },
];

impl Round {
    fn racers(&self, date: Date) -> Vec<ToolCall> {
        let racer = |number: usize| {
            let minutes = Duration::minutes(self.starts[number % self.starts.len()]);
            let start = date.with_time(self.first) + minutes;
            let provider = self.providers[number % self.providers.len()];
            wish(number, start.date(), start.time(), self.service, provider)
        };
        (0..RACERS).map(racer).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_win_as_providers_are_free() {
    race_all_rounds("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_row_lock_alone_holds_where_the_constraint_never_conflicts() {
    race_all_rounds(WITHOUT_THE_CONSTRAINT).await;
}

async fn race_all_rounds(prepare: &str) {
    let mut fleet = Fleet::start(&[], prepare).await;
    let mut booked = 0;
    for (place, round) in ROUNDS.iter().enumerate() {
        let date = a_week_and(2 * i64::try_from(place).unwrap());
        let replies = fleet.race(&round.racers(date)).await;
        let (winners, losers): (Vec<&Reply>, Vec<&Reply>) =
            replies.iter().partition(|reply| reply.outcome() == "booked");
        assert_eq!(winners.len(), round.winners, "{winners:?}");
        for loser in &losers {
            assert_is_told_of_others(loser);
        }
        book_what_was_offered(&fleet, losers[place]).await;
        booked += winners.len() + 1;
        assert_eq!(fleet.gateway.count("appointments").await, i64::try_from(booked).unwrap());
    }
    assert_invariants(&fleet.gateway.database.url).await;
    assert_each_has_a_text(&fleet, booked).await;
    fleet.stop().await;
}

/// With the time-outs of production on a busy machine, a racer may be asked to wait; nobody is told
/// that the calendar is away, and who asks again hears the truth.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_time_outs_of_production_nobody_hears_more_than_to_wait() {
    let fleet = Fleet::start(&PRODUCTION, "").await;
    fleet.warm_up().await;
    let racers = CONSULTATION.racers(a_week_and(0));
    let mut replies = fleet.race(&racers).await;
    for (node, (racer, reply)) in racers.iter().zip(&mut replies).enumerate() {
        let known = async || {
            if reply.outcome() == "pending" {
                let again = fleet.ask(node, racer).await;
                return (again.outcome() != "pending").then_some(again);
            }
            Some(reply.clone())
        };
        *reply = eventually("a racer is told more than to wait", known).await;
    }
    let told = |what: &str| replies.iter().filter(|reply| reply.outcome() == what).count();
    assert_eq!((told("booked"), told("slot_taken")), (2, RACERS - 2), "{replies:?}");
    assert_eq!(fleet.gateway.count("appointments").await, 2);
    assert_invariants(&fleet.gateway.database.url).await;
}

fn assert_is_told_of_others(loser: &Reply) {
    assert_eq!(loser.outcome(), "slot_taken", "{loser:?}");
    assert!((1..=3).contains(&loser.slots().len()), "{loser:?}");
    assert!(loser.spoken().contains("taken"), "{loser:?}");
    assert_eq!(loser.appointment_id(), "", "{loser:?}");
}

/// Books the last of what a loser was offered, by its `slot_id`.
async fn book_what_was_offered(fleet: &Fleet, loser: &Reply) {
    let (slot_id, starts_at, provider) = loser.slots().pop().expect("a slot");
    let call = book_appointment(json!({ "patient_name": "Terry Sample", "slot_id": slot_id }));
    let reply = fleet.ask(0, &call).await;
    assert_eq!(reply.outcome(), "booked", "{reply:?}");
    assert_eq!(reply.starts_at(), starts_at);
    let who = format!(
        "SELECT p.name FROM appointments a JOIN providers p \
         ON p.org_id = a.org_id AND p.id = a.provider_id WHERE a.id = '{}'",
        reply.appointment_id()
    );
    assert_eq!(fleet.gateway.value(&who).await, provider);
}

/// One to every patient who was booked, none to anybody else.
async fn assert_each_has_a_text(fleet: &Fleet, booked: usize) {
    let sent = async || {
        let left = fleet.gateway.count("sms_messages WHERE sms_status <> 'sent'").await;
        (left == 0).then_some(())
    };
    eventually("every text is sent", sent).await;
    assert_eq!(fleet.gateway.stand_in.messages().len(), booked);
}
