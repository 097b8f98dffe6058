//! What becomes of a reminder when it is due.

use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;
use vapi_gateway::twilio::stand_in::Fault;

use super::{DAY_BEFORE, START, TWO_HOURS_BEFORE, book, patient};
use crate::harness::invariants::assert_invariants;
use crate::harness::vapi::{CALLER, book_appointment};
use crate::texts::without_links;

#[tokio::test(flavor = "multi_thread")]
async fn each_reminder_comes_once_at_its_time() {
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway.work_at(DAY_BEFORE - Duration::SECOND).await;
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    gateway.work_at(DAY_BEFORE).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 owed", "120 11-27 17:00 open"]);
    insta::assert_snapshot!(without_links(&gateway.reminded()[0]), @r"
    Reminder: Maple Dental
    Date: November 27, 2026
    Time: 2:00 PM
    Confirm: [link]
    Reply C to confirm, STOP to opt out.
    ");
    gateway.work_at(TWO_HOURS_BEFORE - Duration::SECOND).await;
    assert_eq!(gateway.reminded().len(), 1);
    for _ in 0..3 {
        gateway.work_at(TWO_HOURS_BEFORE).await;
    }
    gateway.work_at(START + Duration::DAY).await;
    assert_eq!(gateway.reminded().len(), 2);
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 owed", "120 11-27 17:00 owed"]);
    let texts = "SELECT kind, lead_minutes, sms_status FROM sms_messages ORDER BY created_at";
    insta::assert_json_snapshot!(gateway.rows(texts).await, @r#"
    [
      {
        "kind": "confirmation",
        "lead_minutes": 0,
        "sms_status": "sent"
      },
      {
        "kind": "reminder",
        "lead_minutes": 1440,
        "sms_status": "sent"
      },
      {
        "kind": "reminder",
        "lead_minutes": 120,
        "sms_status": "sent"
      }
    ]
    "#);
    let links = gateway.count("confirmation_links").await;
    assert_eq!(links, 3, "each text has a link of its own");
    assert_invariants(&gateway.database.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_confirmed_gets_the_last_one_which_asks_for_nothing() {
    for confirmed in [
        "patient_response = 'confirmed', patient_responded_at = now(), status = 'confirmed'",
        "patient_response = 'confirmed', patient_responded_at = now()",
        "status = 'confirmed'",
    ] {
        let gateway = patient().start().await;
        book(&gateway).await;
        gateway.execute(&format!("UPDATE appointments SET {confirmed}")).await;
        gateway.work_at(DAY_BEFORE).await;
        assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 dropped", "120 11-27 17:00 open"]);
        gateway.work_at(TWO_HOURS_BEFORE).await;
        assert_eq!(
            gateway.reminded(),
            [
                "Reminder: Maple Dental\nDate: November 27, 2026\nTime: 2:00 PM\nReply STOP to opt out."
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_who_need_not_come() {
    for change in [
        "UPDATE appointments SET status = 'cancelled'",
        "UPDATE appointments SET status = 'completed'",
        "UPDATE appointments SET status = 'no_show'",
        "UPDATE appointments SET patient_response = 'declined', patient_responded_at = now()",
        "UPDATE organizations SET texts_enabled = false",
        "UPDATE patients SET phone = NULL",
    ] {
        let gateway = patient().start().await;
        book(&gateway).await;
        gateway.execute(change).await;
        gateway.work_at(DAY_BEFORE).await;
        gateway.work_at(TWO_HOURS_BEFORE).await;
        assert_eq!(
            gateway.reminders().await,
            ["1440 11-26 19:00 dropped", "120 11-27 17:00 dropped"],
            "{change}"
        );
        assert_eq!(gateway.reminded(), Vec::<String>::new(), "{change}");
        assert_eq!(gateway.count("sms_messages WHERE kind = 'reminder'").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_patients_present_number_is_reminded() {
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway.execute("UPDATE patients SET phone = '+12125550143'").await;
    gateway.work_at(DAY_BEFORE).await;
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    assert_eq!(gateway.stand_in.messages_to("+12125550143").len(), 1);
    // The words for the call are about the booking's text, whatever came later.
    let said =
        gateway.value("SELECT sms_status FROM sms_messages WHERE kind = 'confirmation'").await;
    assert_eq!(said, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_worker_says_it_once_and_not_at_night() {
    // Both are due: the shorter one says it all.
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway.work_at(TWO_HOURS_BEFORE + Duration::HOUR).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 dropped", "120 11-27 17:00 owed"]);
    assert_eq!(gateway.reminded().len(), 1);

    // Eleven in the evening: it waits for eight in the morning.
    let gateway = patient().start().await;
    book(&gateway).await;
    let night = datetime!(2026-11-27 04:00 UTC);
    gateway.work_at(night).await;
    assert_eq!(gateway.reminders().await, ["1440 11-27 13:00 open", "120 11-27 17:00 open"]);
    gateway.work_at(datetime!(2026-11-27 12:59 UTC)).await;
    assert_eq!(gateway.reminded(), Vec::<String>::new());
    gateway.work_at(datetime!(2026-11-27 13:00 UTC)).await;
    assert_eq!(gateway.reminders().await, ["1440 11-27 13:00 owed", "120 11-27 17:00 open"]);

    // After the start there is nothing to remind of.
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway.work_at(START).await;
    assert_eq!(gateway.reminders().await, ["1440 11-26 19:00 dropped", "120 11-27 17:00 dropped"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_too_late_for_the_morning_is_dropped() {
    let gateway = patient().start().await;
    book(&gateway).await;
    // Staff's own hours: half past seven in the morning in New York.
    gateway.execute("UPDATE appointments SET starts_at = '2026-11-27 12:30Z', ends_at = '2026-11-27 13:00Z', \
                     busy_from = '2026-11-27 12:30Z', busy_until = '2026-11-27 13:00Z'").await;
    gateway.execute("UPDATE reminders SET due_at = '2026-11-27 01:00Z'").await;
    gateway.work_at(datetime!(2026-11-27 06:00 UTC)).await;
    assert_eq!(gateway.reminders().await, ["1440 11-27 01:00 dropped", "120 11-27 01:00 dropped"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_in_the_outbox_is_looked_at_again_before_it_goes() {
    for (change, at, status, sent) in [
        ("", DAY_BEFORE, "sent", 1),
        ("UPDATE appointments SET status = 'cancelled'", DAY_BEFORE, "skipped", 0),
        (
            "UPDATE appointments SET patient_response = 'declined', patient_responded_at = now()",
            DAY_BEFORE,
            "skipped",
            0,
        ),
        ("UPDATE organizations SET texts_enabled = false", DAY_BEFORE, "skipped", 0),
        ("UPDATE patients SET phone = '+12125550143'", DAY_BEFORE, "skipped", 0),
        // Held up until the appointment had begun, or into the night.
        ("", START, "skipped", 0),
        ("", datetime!(2026-11-27 04:00 UTC), "sending", 0),
    ] {
        let gateway = patient().start().await;
        book(&gateway).await;
        gateway.stand_in.script(Fault::RateLimited(None));
        gateway.work_at(DAY_BEFORE).await;
        assert_eq!(gateway.reminders().await[0], "1440 11-26 19:00 owed");
        gateway.execute("UPDATE reminders SET settled_at = now(), outcome = 'dropped' WHERE lead_minutes = 120").await;
        if !change.is_empty() {
            gateway.execute(change).await;
        }
        gateway
            .execute("UPDATE sms_messages SET due_at = now() WHERE sms_status = 'sending'")
            .await;
        gateway.work_at(at).await;
        let row = gateway.rows("SELECT sms_status, extract(epoch FROM due_at - now())::int AS wait FROM sms_messages WHERE kind = 'reminder'").await;
        assert_eq!(row[0]["sms_status"], status, "{change} {at}");
        assert_eq!(gateway.reminded().len(), sent, "{change} {at}");
        if status == "sending" {
            // From eleven in the evening to eight in the morning.
            assert!(
                row[0]["wait"].as_i64().is_some_and(|s| (32_300..=32_400).contains(&s)),
                "{row:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_tried_again_reads_the_same() {
    let gateway = patient().start().await;
    gateway.stand_in.script(Fault::RateLimited(None));
    book(&gateway).await;
    gateway.execute("UPDATE sms_messages SET due_at = now()").await;
    assert_eq!(gateway.step().await, 1);
    gateway.stand_in.script(Fault::RateLimited(None));
    let later = patient().at(DAY_BEFORE).join(&gateway);
    for _ in 0..2 {
        gateway
            .execute("UPDATE sms_messages SET due_at = now() WHERE sms_status = 'sending'")
            .await;
        assert_eq!(later.step().await, 1);
    }
    let same = "SELECT kind, count(*) AS attempts, count(DISTINCT body_digest) AS texts FROM sms_attempts \
                JOIN sms_messages m ON m.id = message_id GROUP BY kind ORDER BY kind";
    for row in gateway.rows(same).await {
        assert_eq!((&row["attempts"], &row["texts"]), (&Value::from(2), &Value::from(1)), "{row}");
    }
    assert_eq!(gateway.count("confirmation_links").await, 2);
    assert_eq!(gateway.stand_in.messages_to(CALLER).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_without_an_account_is_told_of_its_reminders() {
    let gateway = patient().start().await;
    book(&gateway).await;
    gateway.execute("DELETE FROM customer_twilio_keys").await;
    gateway.work_at(DAY_BEFORE).await;
    let state = gateway
        .rows("SELECT sms_status, sms_reason FROM sms_messages WHERE kind = 'reminder'")
        .await;
    assert_eq!(
        (&state[0]["sms_status"], &state[0]["sms_reason"]),
        (&"failed_but_booked".into(), &"not_configured".into())
    );
}

/// The last word of the caller counts, also for what was planned before it was said.
#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_texts_after_all_is_not_reminded() {
    let gateway = patient().start().await;
    let ask = async |phone: &str, may_text: Option<bool>| {
        let wish = json!({ "patient_name": "Ada Sample", "patient_phone": phone, "may_text": may_text,
                           "date": "2026-11-27", "time": "2 PM" });
        let call = book_appointment(wish).in_call("5b0e6f0a-3c1d-4a57-9f6e-0d7b1c2a3e4f");
        gateway.call("demo", &call).await.outcome().to_owned()
    };
    assert_eq!(ask("+12125550110", None).await, "booked");
    assert_eq!(ask("+12125550111", Some(false)).await, "already_booked");
    assert_eq!(gateway.count("reminders WHERE settled_at IS NULL").await, 2);
    gateway.work_at(TWO_HOURS_BEFORE).await;
    assert_eq!(gateway.count("reminders WHERE outcome = 'dropped'").await, 2);
    assert_eq!(gateway.stand_in.messages_to("+12125550111"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_settled_does_not_hold_up_the_others() {
    let gateway = patient().start().await;
    book(&gateway).await;
    let other = json!({ "patient_name": "Bo Sample", "date": "2026-11-27", "time": "2:30 PM" });
    let other = book_appointment(other).from("+12125550177");
    assert_eq!(gateway.call("demo", &other).await.outcome(), "booked");
    gateway
        .execute(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN IF OLD.due_at = '2026-11-26 19:00Z' AND NEW.outcome = 'owed' THEN RAISE 'spoiled'; END IF; \
             RETURN NEW; END $$; \
             CREATE TRIGGER spoiled BEFORE UPDATE ON reminders FOR EACH ROW EXECUTE FUNCTION spoil()",
        )
        .await;
    let later =
        patient().set("GATEWAY__SMS__BATCH", 1).at(DAY_BEFORE + Duration::hours(1)).join(&gateway);
    let settled = vapi_gateway::messaging::reminders::settle_due(&later.app).await;
    assert_eq!(settled, Ok(0), "a failure is no reason to look again at once");
    later.step().await;
    assert_eq!(gateway.reminded().len(), 0);
    assert_eq!(gateway.stand_in.messages_to("+12125550177").len(), 2, "the other one is reminded");
    // It is tried again after a while.
    gateway.execute("DROP TRIGGER spoiled ON reminders").await;
    later.stop().await;
    gateway.work_at(DAY_BEFORE + Duration::hours(2)).await;
    assert_eq!(gateway.reminded().len(), 1);
}
