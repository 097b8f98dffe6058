//! The rules of a clinic, its patients and its credentials make sense.

use super::{refuse, two_clinics};
use crate::schema::kept_rows::{FIRST, PROVIDER};

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_clinic_make_sense() {
    let (_database, client) = two_clinics().await;
    let org = |set: &str| format!("UPDATE organizations SET {set} WHERE id = '{FIRST}'");
    let service = |set: &str| format!("UPDATE services SET {set} WHERE org_id = '{FIRST}'");
    let hours = |weekday: u8, from: i16, until: i16| {
        format!(
            "INSERT INTO opening_hours VALUES ('{FIRST}', '{PROVIDER}', {weekday}, {from}, {until})"
        )
    };
    let patient = |values: &str| {
        format!(
            "INSERT INTO patients (org_id, id, name, folded_name, phone) VALUES ('{FIRST}', gen_random_uuid(), {values})"
        )
    };
    let second_default = format!(
        "INSERT INTO services VALUES ('{FIRST}', gen_random_uuid(), 2, 'Cleaning', 60, 0, 0, true)"
    );
    let credential = |values: &str| {
        format!(
            "INSERT INTO vapi_credentials (org_id, id, kind, digest, sealed_key) VALUES ('{FIRST}', gen_random_uuid(), {values})"
        )
    };
    let twilio =
        |set: &str| format!("UPDATE customer_twilio_keys SET {set} WHERE org_id = '{FIRST}'");
    refuse(
        &client,
        &[
            ("no_two_organizations_share_a_slug", org("slug = 'second'")),
            ("a_slug_is_a_short_url_word", org("slug = 'First Clinic'")),
            ("a_region_is_a_country_code", org("region = 'usa'")),
            ("the_grid_divides_the_day", org("slot_minutes = 7")),
            ("the_grid_divides_the_day", org("slot_minutes = 0")),
            ("notice_is_not_negative", org("min_notice_minutes = -1")),
            ("the_horizon_is_ahead", org("horizon_days = 0")),
            ("a_service_takes_up_to_a_day", service("duration_minutes = 0")),
            ("a_buffer_takes_up_to_half_a_day", service("buffer_after_minutes = 721")),
            ("a_service_number_fits_a_slot_id", service("number = 1024")),
            ("an_organization_has_one_default_service", second_default),
            ("a_weekday_is_one_of_seven", hours(0, 540, 720)),
            ("opening_hours_end_after_they_start", hours(2, 720, 720)),
            ("opening_hours_end_after_they_start", hours(2, 720, 1441)),
            ("a_stretch_of_the_week_starts_once", hours(1, 540, 600)),
            ("a_phone_is_e164", patient("'Cy Specimen', 'cy specimen', '212 555 0143'")),
            (
                "a_patient_is_a_phone_and_a_name",
                patient("'ADA Specimen', 'ada specimen', '+12125550142'"),
            ),
            ("done", patient("'Cy Specimen', 'cy specimen', '+12125550142'")),
            ("a_vapi_credential_is_of_a_known_kind", credential("'bearer', '\\x01', NULL")),
            (
                "shared_secrets_are_digests_and_hmac_keys_are_sealed",
                credential("'hmac', '\\x01', NULL"),
            ),
            (
                "shared_secrets_are_digests_and_hmac_keys_are_sealed",
                credential("'secret', NULL, '\\x01'"),
            ),
            ("there_is_one_sender", twilio("messaging_service_sid = 'MG1'")),
            ("there_is_one_sender", twilio("phone_number = NULL")),
            ("an_api_key_has_a_secret", twilio("api_key_sid = '\\x01'")),
        ],
    )
    .await;
}
