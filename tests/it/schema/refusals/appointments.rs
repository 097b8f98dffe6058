//! Appointments never overlap, make sense, and stay within their clinic.

use super::{appointment, message, of, refuse, refused_by, two_clinics};
use crate::schema::kept_rows::{
    APPOINTMENT, FIRST, OTHER_PATIENT, OTHER_PROVIDER, PATIENT, PROVIDER, SECOND, SERVICE,
};

// The first clinic's provider is busy from 14:45 to 15:45 with the first patient, there from 15:00 to
// 15:30.

/// From 15:00 to 15:30, whatever the buffers.
trait WithEnd {
    fn with_end(self) -> Self;
}

impl WithEnd for [&str; 4] {
    fn with_end(mut self) -> Self {
        (self[2], self[3]) = ("15:30", "15:30");
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_never_booked_twice_at_once_buffers_included() {
    let (_database, client) = two_clinics().await;
    let refused = "appointments_of_a_provider_never_overlap";
    let at = |times| appointment(PROVIDER, OTHER_PATIENT, times, "booked");
    refuse(
        &client,
        &[
            (refused, at(["15:00", "15:00", "15:30", "15:30"])),
            (refused, at(["15:44", "16:00", "16:30", "16:30"])),
            (refused, at(["14:00", "14:00", "14:30", "14:46"])),
            (refused, at(["12:00", "12:00", "20:00", "20:00"])),
            // Half-open: one ends when the other begins.
            ("done", at(["15:45", "15:45", "16:15", "16:15"])),
            ("done", at(["14:00", "14:00", "14:30", "14:45"])),
            ("done", appointment(OTHER_PROVIDER, OTHER_PATIENT, ["15:00"; 4].with_end(), "booked")),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_never_in_two_places_at_once() {
    let (_database, client) = two_clinics().await;
    let refused = "appointments_of_a_patient_never_overlap";
    let at = |times| appointment(OTHER_PROVIDER, PATIENT, times, "booked");
    refuse(
        &client,
        &[
            (refused, at(["15:00"; 4].with_end())),
            (refused, at(["15:29", "15:29", "16:00", "16:00"])),
            // The provider's buffers are not the patient's time.
            ("done", at(["15:30", "15:30", "16:00", "16:00"])),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_cancelled_and_no_show_free_the_time() {
    for status in ["booked", "confirmed", "completed", "cancelled", "no_show"] {
        let (_database, client) = two_clinics().await;
        // As staff would: a plain column, a plain update.
        let update =
            format!("UPDATE appointments SET status = '{status}' WHERE org_id = '{FIRST}'");
        assert_eq!(client.execute(&update, &[]).await.expect("staff may"), 1);
        let blocks = !["cancelled", "no_show"].contains(&status);
        let again =
            |provider, patient| appointment(provider, patient, ["15:00"; 4].with_end(), "booked");
        let expected = |constraint| if blocks { constraint } else { "done" };
        let provider_again = refused_by(&client, &again(PROVIDER, OTHER_PATIENT)).await;
        assert_eq!(
            provider_again,
            expected("appointments_of_a_provider_never_overlap"),
            "{status}"
        );
        let patient_again = refused_by(&client, &again(OTHER_PROVIDER, PATIENT)).await;
        assert_eq!(patient_again, expected("appointments_of_a_patient_never_overlap"), "{status}");
        if !blocks {
            // The time has gone to others meanwhile.
            let back =
                format!("UPDATE appointments SET status = 'booked' WHERE id = '{APPOINTMENT}'");
            assert!(refused_by(&client, &back).await.ends_with("_never_overlap"), "{status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_row_refers_to_another_clinics() {
    let (_database, client) = two_clinics().await;
    let [provider_b, service_b, patient_b, appointment_b, message_b] =
        [1, 2, 3, 4, 5].map(|kind| format!("00000000-0000-4000-8000-000000000{kind}bb"));
    let free = ["18:00", "18:00", "18:30", "18:30"];
    let insert = |into: &str, values: String| format!("INSERT INTO {into} VALUES {values}");
    refuse(
        &client,
        &[
            ("an_appointment_has_a_patient", of(FIRST, PROVIDER, &patient_b, SERVICE, free, "booked")),
            ("an_appointment_has_a_provider", of(FIRST, &provider_b, PATIENT, SERVICE, free, "booked")),
            ("an_appointment_has_a_service", of(FIRST, PROVIDER, PATIENT, &service_b, free, "booked")),
            ("an_appointment_has_a_provider", of(SECOND, PROVIDER, PATIENT, SERVICE, free, "booked")),
            ("done", of(SECOND, &provider_b, &patient_b, &service_b, free, "booked")),
            (
                "a_given_service_has_a_provider",
                insert("provider_services", format!("('{FIRST}', '{provider_b}', '{SERVICE}')")),
            ),
            (
                "a_given_service_is_a_service",
                insert("provider_services", format!("('{FIRST}', '{PROVIDER}', '{service_b}')")),
            ),
            (
                "opening_hours_have_a_provider",
                insert("opening_hours", format!("('{FIRST}', '{provider_b}', 2, 540, 720)")),
            ),
            (
                "a_closure_may_be_of_one_provider",
                insert(
                    "closures",
                    format!("('{FIRST}', gen_random_uuid(), '{provider_b}', '2026-12-24', 'closed', 0, 60)"),
                ),
            ),
            (
                "a_provider_day_has_a_provider",
                insert("provider_days", format!("('{FIRST}', '{provider_b}', '2026-11-24')")),
            ),
            (
                "a_message_has_an_appointment",
                message(&appointment_b, "'+12125550142', 'sending'"),
            ),
            (
                "a_tool_call_made_an_appointment",
                format!("UPDATE tool_calls SET appointment_id = '{appointment_b}' WHERE org_id = '{FIRST}'"),
            ),
            (
                "a_tool_call_owed_a_message",
                format!("UPDATE tool_calls SET sms_message_id = '{message_b}' WHERE org_id = '{FIRST}'"),
            ),
            (
                "an_attempt_has_a_message",
                insert("sms_attempts", format!("('{FIRST}', gen_random_uuid(), '{message_b}', 2, '\\x01')")),
            ),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_makes_sense() {
    let (_database, client) = two_clinics().await;
    let at = |times, status| appointment(PROVIDER, PATIENT, times, status);
    let long = appointment(PROVIDER, PATIENT, ["17:00", "18:00", "18:30", "19:00"], "booked")
        .replace("'2026-11-24 19:00Z'", "'2026-11-27 19:00Z'");
    let free = ["17:00", "18:00", "18:30", "19:00"];
    refuse(
        &client,
        &[
            ("an_appointment_ends_after_it_starts", at(["18:00"; 4], "booked")),
            (
                "an_appointment_ends_after_it_starts",
                at(["17:00", "18:30", "18:00", "19:00"], "booked"),
            ),
            (
                "buffers_lie_around_the_appointment",
                at(["18:01", "18:00", "18:30", "19:00"], "booked"),
            ),
            (
                "buffers_lie_around_the_appointment",
                at(["17:00", "18:00", "18:30", "18:29"], "booked"),
            ),
            ("an_appointment_keeps_up_to_two_days_busy", long),
            ("an_appointment_has_a_known_status", at(free, "canceled")),
            ("an_appointment_has_a_known_status", at(free, "Booked")),
            ("an_appointment_has_a_known_status", at(free, "")),
            ("done", at(free, "no_show")),
        ],
    )
    .await;
}
