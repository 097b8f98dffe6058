//! Business time stands still where it is told to, and always speaks UTC.

use time::{UtcOffset, macros::datetime};
use vapi_gateway::clock::{Clock, wall_now};

#[test]
fn a_frozen_clock_stands_still_in_utc() {
    let clock = Clock::frozen(datetime!(2026-01-19 10:54:16 -5));
    assert_eq!(clock.now(), datetime!(2026-01-19 15:54:16 UTC));
    assert_eq!(clock.now().offset(), UtcOffset::UTC);
    assert_eq!(clock.clone().now(), clock.now());
}

#[test]
fn the_systems_clock_is_the_wall_clock() {
    let before = wall_now();
    let now = Clock::system().now();
    assert!(before <= now && now <= wall_now());
}
