//! Believable rows for each migration, inserted as soon as its tables are there: what a later migration
//! has to live with. A new migration needs an entry here, if only an empty one.

/// A migration's folder and one row a line.
pub(super) const ROWS: [(&str, &str); 7] = [
    ("2026-11-23-000001_organizations", ORGANIZATIONS),
    ("2026-11-23-000002_providers_and_services", PROVIDERS_AND_SERVICES),
    ("2026-11-23-000003_appointments", APPOINTMENTS),
    ("2026-11-23-000004_sms_messages", SMS_MESSAGES),
    ("2026-11-23-000005_tool_calls", TOOL_CALLS),
    ("2026-11-23-000006_audit_log", AUDIT_LOG),
    ("2026-11-26-000006_rules_revision", ""),
];

pub(super) fn rows_after(migration: &str) -> &'static str {
    let found = ROWS.iter().find(|(name, _)| *name == migration);
    found.unwrap_or_else(|| panic!("no rows for {migration}: add believable ones")).1
}

/// Two clinics, the second of them with everything of the first's: same numbers, names, phones, times.
pub(super) const FIRST: &str = "00000000-0000-4000-8000-00000000000a";
pub(super) const SECOND: &str = "00000000-0000-4000-8000-00000000000b";
/// Providers, services, patients and appointments of the first clinic; the second's end in `b`.
pub(super) const PROVIDER: &str = "00000000-0000-4000-8000-0000000001aa";
pub(super) const OTHER_PROVIDER: &str = "00000000-0000-4000-8000-0000000001ab";
pub(super) const SERVICE: &str = "00000000-0000-4000-8000-0000000002aa";
pub(super) const PATIENT: &str = "00000000-0000-4000-8000-0000000003aa";
pub(super) const OTHER_PATIENT: &str = "00000000-0000-4000-8000-0000000003ab";
pub(super) const APPOINTMENT: &str = "00000000-0000-4000-8000-0000000004aa";
pub(super) const MESSAGE: &str = "00000000-0000-4000-8000-0000000005aa";

const ORGANIZATIONS: &str = "
INSERT INTO organizations VALUES ('00000000-0000-4000-8000-00000000000a', 'first', 'First Clinic', 'America/New_York', 'US', 'en-US', 15, 120, 400, true);
INSERT INTO organizations VALUES ('00000000-0000-4000-8000-00000000000b', 'second', 'First Clinic', 'Asia/Kolkata', 'IN', 'en-IN', 30, 0, 90, false);
INSERT INTO vapi_credentials VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000006aa', 'secret', '\\x01', NULL);
INSERT INTO vapi_credentials VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000006ab', 'hmac', NULL, '\\x02');
INSERT INTO customer_twilio_keys VALUES ('00000000-0000-4000-8000-00000000000a', '\\x01', '\\x02', NULL, NULL, '+15005550006', NULL);
INSERT INTO customer_twilio_keys VALUES ('00000000-0000-4000-8000-00000000000b', '\\x01', '\\x02', '\\x03', '\\x04', NULL, 'MG1');
";

const PROVIDERS_AND_SERVICES: &str = "
INSERT INTO providers VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001aa', 1, 'Dr. Ada Sample');
INSERT INTO providers VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001ab', 2, 'Dr. Ben Sample', false);
INSERT INTO providers VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000001bb', 1, 'Dr. Ada Sample');
INSERT INTO services VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000002aa', 1, 'Consultation', 30, 0, 0, true);
INSERT INTO services VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000002bb', 1, 'Consultation', 60, 15, 30, true);
INSERT INTO provider_services VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001aa', '00000000-0000-4000-8000-0000000002aa');
INSERT INTO opening_hours VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001aa', 1, 540, 720);
INSERT INTO opening_hours VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001aa', 7, 0, 1440);
INSERT INTO closures VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000007aa', NULL, '2026-12-25', 'closed', 0, 1440);
INSERT INTO closures VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000007ab', '00000000-0000-4000-8000-0000000001aa', '2026-12-26', 'open', 600, 720);
";

const APPOINTMENTS: &str = "
INSERT INTO patients VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000003aa', 'Ada Specimen', 'ada specimen', '+12125550142', NULL);
INSERT INTO patients VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000003ab', 'Zoë Specimen', 'zoe specimen', NULL, 'zoe@example.com');
INSERT INTO patients VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000003bb', 'Ada Specimen', 'ada specimen', '+12125550142', NULL);
INSERT INTO provider_days VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000001aa', '2026-11-24', 3);
INSERT INTO appointments VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000004aa', '00000000-0000-4000-8000-0000000001aa', '00000000-0000-4000-8000-0000000003aa', '00000000-0000-4000-8000-0000000002aa', '2026-11-24 15:00Z', '2026-11-24 15:30Z', '2026-11-24 14:45Z', '2026-11-24 15:45Z', '2026-11-24 10:00', 'America/New_York', 'booked', 'by phone', 'call:1');
INSERT INTO appointments VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000004bb', '00000000-0000-4000-8000-0000000001bb', '00000000-0000-4000-8000-0000000003bb', '00000000-0000-4000-8000-0000000002bb', '2026-11-24 15:00Z', '2026-11-24 16:00Z', '2026-11-24 15:00Z', '2026-11-24 16:00Z', '2026-11-24 20:30', 'Asia/Kolkata', 'cancelled');
";

const SMS_MESSAGES: &str = "
INSERT INTO sms_messages VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000005aa', '00000000-0000-4000-8000-0000000004aa', 'confirmation', '+12125550142', 'sent', NULL, 'SM1', 'queued', 1, false, now(), NULL, NULL, now(), now());
INSERT INTO sms_messages VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000005bb', '00000000-0000-4000-8000-0000000004bb', 'confirmation', NULL, 'skipped', 'no_phone');
INSERT INTO sms_attempts VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000008aa', '00000000-0000-4000-8000-0000000005aa', 1, '\\x01', now(), now(), 'accepted', 201);
INSERT INTO sms_attempts VALUES ('00000000-0000-4000-8000-00000000000b', '00000000-0000-4000-8000-0000000008bb', '00000000-0000-4000-8000-0000000005bb', 1, '\\x01');
";

const TOOL_CALLS: &str = "
INSERT INTO tool_calls VALUES ('00000000-0000-4000-8000-00000000000a', 'call:1', 'book_appointment', 'call_1', '\\x01', now(), 'booked', '00000000-0000-4000-8000-0000000004aa', '00000000-0000-4000-8000-0000000005aa', 'That is booked.', '{}', now());
INSERT INTO tool_calls VALUES ('00000000-0000-4000-8000-00000000000b', 'call:1', 'book_appointment', 'call_1', '\\x01', now(), 'booked');
";

const AUDIT_LOG: &str = "
INSERT INTO audit_log VALUES ('00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-0000000009aa', now(), 'assistant', 'appointment_booked', '00000000-0000-4000-8000-0000000004aa', '{}');
";
