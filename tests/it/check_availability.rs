//! `check_availability` through the front door.

use serde_json::json;

use crate::harness::gateway::Gateway;
use crate::harness::vapi::check_availability;

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_offered_by_its_earliest_time_and_two_others() {
    let gateway = Gateway::start().await;
    let reply = gateway.call("demo", &check_availability(json!({ "date": "2026-11-24" }))).await;
    assert_eq!(reply.outcome(), "offered");
    insta::assert_snapshot!(reply.spoken(), @"On Tuesday, November twenty-fourth, I have nine AM, one thirty PM, or four thirty PM. Which one suits you?");
    assert_eq!(reply.slots().len(), 3);
    assert_eq!(reply.slots()[0].1, "2026-11-24T14:00:00Z");
}
