//! What must hold in the tables at any moment, whatever has been asked of the service.

use super::rows::rows;

/// Each query finds what must not be.
const MUST_FIND_NOTHING: [(&str, &str); 7] = [
    (
        "two appointments of a provider overlap, buffers included",
        "SELECT a.id, b.id AS other FROM appointments a JOIN appointments b \
         ON a.org_id = b.org_id AND a.provider_id = b.provider_id AND a.id < b.id \
         AND a.busy_from < b.busy_until AND b.busy_from < a.busy_until \
         WHERE a.status NOT IN ('cancelled', 'no_show') AND b.status NOT IN ('cancelled', 'no_show')",
    ),
    (
        "two appointments of a patient overlap",
        "SELECT a.id, b.id AS other FROM appointments a JOIN appointments b \
         ON a.org_id = b.org_id AND a.patient_id = b.patient_id AND a.id < b.id \
         AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at \
         WHERE a.status NOT IN ('cancelled', 'no_show') AND b.status NOT IN ('cancelled', 'no_show')",
    ),
    (
        "an appointment owes no confirmation, or more than one to a number",
        "SELECT a.id FROM appointments a LEFT JOIN sms_messages m \
         ON m.org_id = a.org_id AND m.appointment_id = a.id AND m.kind = 'confirmation' \
         GROUP BY a.org_id, a.id HAVING count(m.id) <> count(DISTINCT coalesce(m.to_phone, '')) \
         OR count(m.id) = 0",
    ),
    (
        "a reminder is owed and is no text, or is one and is not owed",
        "SELECT r.appointment_id FROM reminders r FULL JOIN \
         (SELECT org_id, appointment_id, lead_minutes FROM sms_messages WHERE kind = 'reminder') m \
         ON m.org_id = r.org_id AND m.appointment_id = r.appointment_id AND m.lead_minutes = r.lead_minutes \
         WHERE (m.org_id IS NOT NULL) <> coalesce(r.outcome = 'owed', false)",
    ),
    (
        "an appointment was booked by no tool call, or by two",
        "SELECT a.id FROM appointments a LEFT JOIN tool_calls t \
         ON t.org_id = a.org_id AND t.appointment_id = a.id AND t.outcome = 'booked' \
         GROUP BY a.org_id, a.id HAVING count(t.*) <> 1",
    ),
    (
        "a tool call is claimed and did nothing",
        "SELECT t.tool_call_id FROM tool_calls t WHERE t.outcome IS NULL OR t.appointment_id IS NULL",
    ),
    (
        "an appointment is in no audit entry, or in two",
        "SELECT a.id FROM appointments a LEFT JOIN audit_log l ON l.org_id = a.org_id \
         AND l.subject_id = a.id AND l.action = 'appointment_booked' \
         GROUP BY a.org_id, a.id HAVING count(l.*) <> 1",
    ),
];

/// Fails on whatever must not be in a database that only the service has written.
pub(crate) async fn assert_invariants(url: &str) {
    for (what, query) in MUST_FIND_NOTHING {
        let found = rows(url, query).await;
        assert!(found.is_empty(), "{what}: {found:?}");
    }
}
