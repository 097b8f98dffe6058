//! `check_availability` through the front door: what is offered, and that looking changes nothing.

mod fixtures;
mod offers;
mod rules;

use serde_json::Value;

use crate::harness::gateway::Gateway;
use crate::harness::vapi::{Reply, check_availability};

/// What `demo` answers to a search.
async fn search(gateway: &Gateway, wish: Value) -> Reply {
    gateway.call("demo", &check_availability(wish)).await
}

/// The starts on offer, in UTC, to the minute.
fn starts(reply: &Reply) -> Vec<String> {
    reply.slots().iter().map(|(_, at, _)| at.replace(":00Z", "Z")).collect()
}
