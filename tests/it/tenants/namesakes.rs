//! Two clinics whose providers, services, patients, times, calls and even secrets are the same.

use futures_util::future::join_all;
use serde_json::json;

use super::{noon, rows_of};
use crate::harness::clinics::always_open;
use crate::harness::fleet::phone;
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::invariants::assert_invariants;
use crate::harness::vapi::{Reply, ToolCall, book_appointment};

const EAST: &str = "east";
const WEST: &str = "west";

async fn start() -> Gateway {
    let setup = Setup::default().clinic(always_open(EAST, "Twin Clinic", "UTC", "US"));
    setup.clinic(always_open(WEST, "Twin Clinic", "UTC", "US")).start().await
}

/// The same in every way, whichever clinic gets it.
fn wish(patient: usize) -> ToolCall {
    let call = book_appointment(noon()).from(&phone(patient));
    call.in_call(&format!("call-{patient}")).with_id(&format!("call_{patient}"))
}

async fn standing(gateway: &Gateway, slug: &str) -> i64 {
    let of = format!(
        "appointments a JOIN organizations o ON o.id = a.org_id \
         WHERE o.slug = '{slug}' AND a.status = 'booked'"
    );
    gateway.count(&of).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_serves_its_own_crowd() {
    let gateway = start().await;
    let gateway_ref = &gateway;
    let asked = (0..16).flat_map(|patient| {
        [EAST, WEST].map(|clinic| async move { gateway_ref.call(clinic, &wish(patient)).await })
    });
    let replies = join_all(asked).await;
    let booked = |clinic: usize| -> Vec<&Reply> {
        replies.iter().skip(clinic).step_by(2).filter(|r| r.outcome() == "booked").collect()
    };
    assert_eq!((booked(0).len(), booked(1).len()), (2, 2), "{replies:?}");
    for reply in &replies {
        assert!(["booked", "slot_taken"].contains(&reply.outcome()), "{reply:?}");
    }
    assert_eq!((standing(&gateway, EAST).await, standing(&gateway, WEST).await), (2, 2));
    assert_invariants(&gateway.database.url).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_day_at_one_is_a_free_one_at_the_other() {
    let gateway = start().await;
    let east = [gateway.call(EAST, &wish(1)).await, gateway.call(EAST, &wish(2)).await];
    assert!(east.iter().all(|reply| reply.outcome() == "booked"), "{east:?}");
    assert_eq!(gateway.call(EAST, &wish(3)).await.outcome(), "slot_taken");
    let before = rows_of(&gateway, EAST).await;
    // The same patients, calls and times.
    for (patient, in_the_east) in [(1, &east[0]), (2, &east[1])] {
        let reply = gateway.call(WEST, &wish(patient)).await;
        assert_eq!(reply.outcome(), "booked", "{reply:?}");
        assert_ne!(reply.appointment_id(), in_the_east.appointment_id());
    }
    gateway
        .execute(
            "UPDATE appointments SET status = 'cancelled' \
             WHERE org_id = (SELECT id FROM organizations WHERE slug = 'west')",
        )
        .await;
    assert_eq!(gateway.call(EAST, &wish(3)).await.outcome(), "slot_taken");
    assert_eq!(gateway.call(WEST, &wish(3)).await.outcome(), "booked");
    assert_eq!(rows_of(&gateway, EAST).await, before);
    assert_eq!(gateway.count("patients").await, 5);
    gateway.stop().await;
}

/// One's name of a slot means nothing at the other, though provider and service have the same numbers.
#[tokio::test(flavor = "multi_thread")]
async fn a_slots_name_is_one_clinics() {
    let gateway = start().await;
    let look = crate::harness::vapi::check_availability(json!({ "date": "2026-12-01" }));
    let (east, west) = (gateway.call(EAST, &look).await, gateway.call(WEST, &look).await);
    assert_eq!(east.spoken(), west.spoken());
    for (own, others) in east.slots().iter().zip(west.slots()) {
        assert_eq!((&own.1, &own.2), (&others.1, &others.2));
        assert_ne!(own.0, others.0);
        let by_name = |slot_id: &str| {
            book_appointment(json!({ "patient_name": "Robin Sample", "slot_id": slot_id }))
        };
        let foreign = gateway.call(EAST, &by_name(&others.0)).await;
        assert_eq!(foreign.outcome(), "question", "{foreign:?}");
        assert_eq!(gateway.call(EAST, &by_name(&own.0)).await.outcome(), "booked");
    }
    assert_eq!((standing(&gateway, EAST).await, standing(&gateway, WEST).await), (3, 0));
    gateway.stop().await;
}
