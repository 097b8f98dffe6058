//! With whom and for what: the free provider with the fewest appointments that day, services and
//! providers as people say them, and a question where two are meant.

use serde_json::{Value, json};

use super::{book, wish};
use crate::harness::clinics::{always_open, harbor};
use crate::harness::gateway::{Gateway, Setup};
use crate::harness::vapi::{Reply, book_appointment, check_availability};

/// A different patient for each booking, in words.
fn patient(n: usize) -> String {
    const NAMES: [&str; 12] =
        ["Ann", "Bea", "Cal", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Joe", "Kim", "Lou"];
    format!("{} {} Sample", NAMES[n % 12], NAMES[n / 12])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_with_the_fewest_appointments_that_day_is_chosen() {
    let gateway = Gateway::unhurried().await;
    let steps = [
        // (time, provider said, provider booked)
        ("9 AM", "", "Lee"),
        ("9:30 AM", "Lee", "Lee"),
        // Two against none, one, then as many: the first in the list.
        ("11 AM", "", "Weber"),
        ("1 PM", "", "Weber"),
        ("1:30 PM", "", "Lee"),
        // Three against two.
        ("2 PM", "", "Weber"),
        // The least busy is not free then.
        ("3 PM", "Lee", "Lee"),
        ("4 PM", "Weber", "Weber"),
        ("4 PM", "", "Lee"),
    ];
    for (n, (time, said, expected)) in steps.into_iter().enumerate() {
        let mut wish = wish(&patient(n), time);
        wish["provider"] = json!(said);
        let reply = book(&gateway, wish).await;
        assert_eq!(reply.outcome(), "booked", "{time}");
        assert!(reply.spoken().contains(&format!("{expected}.")), "{time}: {}", reply.spoken());
    }
    // What is cancelled does not count: of Lee's five one stands, of Weber's four all.
    gateway
        .execute(
            "UPDATE appointments SET status = 'cancelled' WHERE starts_at > '2026-11-24 14:00Z'
             AND provider_id = (SELECT id FROM providers WHERE name = 'Dr. Amara Lee')",
        )
        .await;
    for (n, (time, expected)) in
        [("9:30 AM", "Lee"), ("10 AM", "Lee"), ("10:30 AM", "Lee")].into_iter().enumerate()
    {
        let reply = book(&gateway, wish(&patient(20 + n), time)).await;
        assert!(reply.spoken().contains(&format!("{expected}.")), "{time}: {}", reply.spoken());
    }
    let reply = book(&gateway, wish(&patient(30), "11:30 AM")).await;
    assert!(reply.spoken().contains("Lee."), "as many again: {}", reply.spoken());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_names_the_one_who_would_be_booked() {
    let gateway = Gateway::unhurried().await;
    let mut first = wish("Ada Sample", "9 AM");
    first["provider"] = json!("Lee");
    book(&gateway, first).await;
    let search = check_availability(json!({ "date": "2026-11-24" }));
    let reply = gateway.call("demo", &search).await;
    let providers: Vec<String> = reply.slots().into_iter().map(|(.., provider)| provider).collect();
    assert_eq!(providers, ["Dr. Jonas Weber"; 3]);
    for (n, (slot_id, starts_at, provider)) in reply.slots().into_iter().enumerate() {
        let wish = json!({ "patient_name": patient(n), "slot_id": slot_id });
        let booked = book(&gateway, wish).await;
        assert_eq!((booked.outcome(), booked.starts_at()), ("booked", starts_at.as_str()));
        let name = provider.replace("Dr.", "Doctor");
        assert!(booked.spoken().contains(&name), "{}", booked.spoken());
    }
}

/// The day is the clinic's: an appointment of the evening before, the same day in UTC, does not count.
#[tokio::test(flavor = "multi_thread")]
async fn the_day_that_counts_is_the_clinics() {
    let clinic = always_open("night", "Night Clinic", "America/New_York", "US");
    let gateway = Setup::default().unhurried().clinic(clinic).start().await;
    let at = async |name: &str, date: &str, time: &str, provider: &str| -> Reply {
        let wish =
            json!({ "patient_name": name, "date": date, "time": time, "provider": provider });
        gateway.call("night", &book_appointment(wish)).await
    };
    assert_eq!(
        at("Ada Sample", "2026-11-24", "11 PM", "Dr. Night").await.starts_at(),
        "2026-11-25T04:00:00Z"
    );
    let reply = at("Ben Sample", "2026-11-25", "10 AM", "").await;
    assert!(reply.spoken().contains("Doctor Ada Night"), "{}", reply.spoken());
    // And one of the late evening, the next day in UTC, does.
    assert_eq!(
        at("Cleo Sample", "2026-11-26", "11 PM", "Dr. Night").await.starts_at(),
        "2026-11-27T04:00:00Z"
    );
    let reply = at("Dora Sample", "2026-11-26", "10 AM", "").await;
    assert!(reply.spoken().contains("Doctor Ben Day"), "{}", reply.spoken());
    // So does one of the morning for a wish of the late evening.
    at("Eli Sample", "2026-11-30", "9 AM", "Dr. Night").await;
    let reply = at("Fay Sample", "2026-11-30", "10 PM", "").await;
    assert_eq!(reply.starts_at(), "2026-12-01T03:00:00Z");
    assert!(reply.spoken().contains("Doctor Ben Day"), "{}", reply.spoken());
}

const TEAM: &str = r#"
[hours]
mon-fri = ["09:00-17:00"]

[[provider]]
name = "Dr. Amara Stone"

[[provider]]
name = "Dr. Jonas Stone"

[[provider]]
name = "Prof. Mary-Ann O'Brien"

[[service]]
name = "Consultation"
minutes = 30
default = true

[[service]]
name = "Deep Cleaning"
minutes = 60
providers = ["Dr. Amara Stone"]

[[service]]
name = "Gentle Cleaning"
minutes = 45
"#;

#[tokio::test(flavor = "multi_thread")]
async fn names_are_matched_as_people_say_them() {
    let gateway = Setup::default().unhurried().clinic(harbor("team", "", TEAM)).start().await;
    let ask = async |service: Value, provider: Value| {
        let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "10 AM",
                           "service": service, "provider": provider });
        let reply = gateway.call("team", &book_appointment(wish)).await;
        let row = "SELECT v.name || ', ' || s.name FROM appointments a
            JOIN providers v ON v.id = a.provider_id JOIN services s ON s.id = a.service_id";
        let booked = match reply.outcome() {
            "booked" => gateway.value(row).await.as_str().unwrap_or_default().to_owned(),
            _ => reply.spoken().to_owned(),
        };
        gateway.forget().await;
        booked
    };
    let amara = "Dr. Amara Stone, Consultation";
    let mary = "Prof. Mary-Ann O'Brien, Consultation";
    for (provider, expected) in [
        ("Dr. Amara Stone", amara),
        ("doctor amara stone", amara),
        ("Amara", amara),
        ("amara please", amara),
        ("Dr Amara", amara),
        ("Professor O'Brien", mary),
        ("mary-ann", mary),
        ("prof mary ann obrien", mary),
        // Anybody: the first of those with nothing that day.
        ("anyone", amara),
        ("no preference", amara),
        ("whoever is free", amara),
        ("Dr. Stone", "Do you mean Doctor Amara Stone or Doctor Jonas Stone?"),
        ("stone", "Do you mean Doctor Amara Stone or Doctor Jonas Stone?"),
        (
            "Dr. Lee",
            "I do not know that name. Would you like to see Doctor Amara Stone, Doctor Jonas Stone, or Professor Mary-Ann O'Brien?",
        ),
        (
            "Stonehenge",
            "I do not know that name. Would you like to see Doctor Amara Stone, Doctor Jonas Stone, or Professor Mary-Ann O'Brien?",
        ),
    ] {
        assert_eq!(ask(json!(null), json!(provider)).await, expected, "{provider}");
    }
    for (service, provider, expected) in [
        ("consultation", "Jonas", "Dr. Jonas Stone, Consultation"),
        ("a consultation please", "Jonas", "Dr. Jonas Stone, Consultation"),
        ("deep cleaning", "", "Dr. Amara Stone, Deep Cleaning"),
        // Among those who give it there is only one of that name.
        ("deep cleaning", "Dr. Stone", "Dr. Amara Stone, Deep Cleaning"),
        ("gentle", "Jonas", "Dr. Jonas Stone, Gentle Cleaning"),
        ("", "Jonas", "Dr. Jonas Stone, Consultation"),
        ("cleaning", "", "Which do you mean: Deep Cleaning or Gentle Cleaning?"),
        ("a teeth cleaning", "Amara", "Which do you mean: Deep Cleaning or Gentle Cleaning?"),
        (
            "deep cleaning",
            "Jonas",
            "For Deep Cleaning you cannot see Doctor Jonas Stone. Would you like to see Doctor Amara Stone?",
        ),
        (
            "ballooning",
            "",
            "I do not know that service. The choice is Consultation, Deep Cleaning, or Gentle Cleaning. Which is it?",
        ),
    ] {
        assert_eq!(ask(json!(service), json!(provider)).await, expected, "{service}, {provider}");
    }
}

/// Without a default and with several services, what it is for has to be said.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_default_the_service_is_asked_for() {
    let rules = TEAM.replace("default = true\n", "");
    let gateway = Setup::default().unhurried().clinic(harbor("team", "", &rules)).start().await;
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-24", "time": "10 AM" });
    let reply = gateway.call("team", &book_appointment(wish)).await;
    assert_eq!(reply.outcome(), "question");
    insta::assert_snapshot!(reply.spoken(), @"Which do you mean: Consultation, Deep Cleaning, or Gentle Cleaning?");
    assert_eq!(gateway.count("appointments").await, 0);
}
