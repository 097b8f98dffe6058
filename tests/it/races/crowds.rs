//! A crowd that wants everything at once: any provider or a named one, short and long, before, after and
//! across midnight in UTC. Everybody locks in the same order, so nobody deadlocks.

use time::macros::time;
use time::{Duration, PrimitiveDateTime};

use super::{ADA, BEN, wish};
use crate::harness::fleet::{Fleet, a_week_and};
use crate::harness::invariants::assert_invariants;
use crate::harness::vapi::ToolCall;

const CROWD: usize = 128;
const PATIENTS: u64 = 60;
/// A deadlock shows at once, and well before a lock's time-out hides it.
const QUICK_TO_NOTICE: &str = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 20', current_database()); END $$";

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn crowd() -> Vec<ToolCall> {
    let mut dice = Dice(42);
    let evening = PrimitiveDateTime::new(a_week_and(0), time!(20:00));
    let anybody = [None, None, Some(ADA), Some(BEN)];
    (0..CROWD)
        .map(|_| {
            let quarters = i64::try_from(dice.roll(32)).unwrap();
            let start = evening + Duration::minutes(15 * quarters);
            let service = ["Consultation", "Operation"][usize::from(dice.roll(3) == 0)];
            let provider = anybody[usize::try_from(dice.roll(4)).unwrap()];
            let patient = usize::try_from(dice.roll(PATIENTS)).unwrap();
            wish(patient, start.date(), start.time(), service, provider)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_across_midnight_is_served_without_a_deadlock() {
    let mut fleet = Fleet::start(&[], QUICK_TO_NOTICE).await;
    let replies = fleet.race(&crowd()).await;
    let known = ["booked", "slot_taken", "already_booked"];
    for reply in &replies {
        assert!(known.contains(&reply.outcome()), "{reply:?}");
    }
    let booked = replies.iter().filter(|reply| reply.outcome() == "booked").count();
    assert!(booked >= 8, "eight hours and two providers hold more than {booked}");
    assert_eq!(fleet.gateway.count("appointments").await, i64::try_from(booked).unwrap());
    assert_invariants(&fleet.gateway.database.url).await;
    // A session tells its numbers at the latest when it ends. A deadlock that a second try mended
    // would be in no reply.
    fleet.stop().await;
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(fleet.gateway.value(deadlocks).await, 0);
}
