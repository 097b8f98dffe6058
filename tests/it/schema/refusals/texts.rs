//! Texts, attempts and answers claim nothing that is not so.

use super::{message_with, refuse, two_clinics};
use crate::schema::kept_rows::{APPOINTMENT, FIRST, MESSAGE, SECOND};

#[tokio::test(flavor = "multi_thread")]
async fn a_text_claims_nothing_that_is_not_so() {
    let (_database, client) = two_clinics().await;
    let with = |columns: &str, values: &str| message_with(APPOINTMENT, columns, values);
    let sent = ", sent_at, twilio_message_sid";
    let leased = ", lease_token, leased_until";
    let (sid, reason) = ("a_sid_and_a_time_iff_sent", "a_reason_iff_no_text_will_come");
    let other = "'+12125550143'";
    let set = |values: &str| format!("UPDATE sms_messages SET {values} WHERE id = '{MESSAGE}'");
    refuse(
        &client,
        &[
            ("a_message_has_a_known_status", with("", &format!("{other}, 'delivered'"))),
            (
                "a_message_is_of_a_known_kind",
                with("", &format!("{other}, 'sending'")).replace("'confirmation'", "'birthday'"),
            ),
            (sid, with("", &format!("{other}, 'sent'"))),
            (sid, with(sent, &format!("{other}, 'sent', now(), NULL"))),
            (sid, with(sent, &format!("{other}, 'sent', NULL, 'SM2'"))),
            (sid, with(sent, &format!("{other}, 'sending', now(), 'SM2'"))),
            (reason, with("", &format!("{other}, 'failed_but_booked'"))),
            (reason, with("", &format!("{other}, 'opted_out'"))),
            (reason, with("", "NULL, 'skipped'")),
            (reason, with(", sms_reason", &format!("{other}, 'sending', 'unreachable'"))),
            ("there_is_a_number_unless_skipped", with("", "NULL, 'sending'")),
            (
                "a_lease_has_an_end",
                with(leased, &format!("{other}, 'sending', gen_random_uuid(), NULL")),
            ),
            ("a_lease_has_an_end", with(leased, &format!("{other}, 'sending', NULL, now()"))),
            (
                "only_what_is_being_sent_is_leased",
                set("lease_token = gen_random_uuid(), leased_until = now()"),
            ),
            ("a_sid_names_one_message", with(sent, &format!("{other}, 'sent', now(), 'SM1'"))),
            (
                "an_appointment_owes_each_number_each_kind_once",
                with("", "'+12125550142', 'sending'"),
            ),
            ("done", with(leased, &format!("{other}, 'sending', gen_random_uuid(), now()"))),
            ("done", with(", sms_reason", "'+12125550144', 'failed_but_booked', 'rejected_21211'")),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_and_answers_are_whole() {
    let (_database, client) = two_clinics().await;
    let attempt = |number: u8, finished: &str, outcome: &str| {
        format!(
            "INSERT INTO sms_attempts (org_id, id, message_id, number, body_digest, finished_at, outcome) \
             VALUES ('{FIRST}', gen_random_uuid(), '{MESSAGE}', {number}, '\\x01', {finished}, {outcome})"
        )
    };
    let call = |values: &str| format!("UPDATE tool_calls SET {values} WHERE org_id = '{SECOND}'");
    let words = "words_metadata_and_time_of_the_answer_come_together";
    let repeated = format!(
        "INSERT INTO tool_calls (org_id, call_key, tool, tool_call_id, arguments_digest) \
         SELECT org_id, call_key, tool, tool_call_id, arguments_digest FROM tool_calls WHERE org_id = '{FIRST}'"
    );
    refuse(
        &client,
        &[
            ("attempts_of_a_message_are_numbered", attempt(1, "NULL", "NULL")),
            ("an_attempt_has_a_known_outcome", attempt(2, "now()", "'maybe'")),
            ("an_outcome_iff_finished", attempt(2, "NULL", "'unknown'")),
            ("an_outcome_iff_finished", attempt(2, "now()", "NULL")),
            ("done", attempt(2, "now()", "'unknown'")),
            (words, call("words = 'That is booked.'")),
            (words, call("metadata = '{}', answered_at = now()")),
            ("a_tool_call_acts_once", repeated),
            ("a_tool_call_did_something", call("outcome = 'question'")),
            (
                "an_actor_is_a_role",
                format!("UPDATE audit_log SET actor = 'Dr. Sample' WHERE org_id = '{FIRST}'"),
            ),
            ("done", call("words = 'That is booked.', metadata = '{}', answered_at = now()")),
        ],
    )
    .await;
}
