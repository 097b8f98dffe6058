-- What the older tables cannot say goes: the kinds of text and the actors that came with this step.
DELETE FROM audit_log WHERE actor IN ('patient', 'twilio');
ALTER TABLE audit_log
    DROP CONSTRAINT an_actor_is_a_role,
    ADD CONSTRAINT an_actor_is_a_role CHECK (actor IN ('assistant', 'operator', 'worker'));
COMMENT ON COLUMN audit_log.actor IS 'assistant, operator or worker; an assistant''s entry names its call in details.';

DROP TABLE text_templates;
DROP TABLE reminders;
DROP TABLE inbound_messages;
DROP TABLE confirmation_links;
DROP TABLE sms_numbers_of_day;
DROP TABLE sms_breakers;
DROP TABLE sms_alerts;
DROP TABLE sms_consents;
DROP TABLE sms_opt_outs;
DROP TABLE sms_delivery_events;

DELETE FROM sms_attempts a USING sms_messages m
    WHERE m.org_id = a.org_id AND m.id = a.message_id AND m.kind <> 'confirmation';
DELETE FROM sms_messages WHERE kind <> 'confirmation';
ALTER TABLE sms_attempts
    DROP COLUMN twilio_message_sid,
    DROP COLUMN delivery_status,
    DROP COLUMN delivery_error_code;
ALTER TABLE sms_messages
    DROP CONSTRAINT an_appointment_owes_each_number_each_kind_once,
    DROP CONSTRAINT a_message_is_of_a_known_kind,
    DROP COLUMN lead_minutes,
    DROP COLUMN sender,
    DROP COLUMN account_digest,
    ADD CONSTRAINT an_appointment_owes_each_number_each_kind_once
        UNIQUE (org_id, appointment_id, kind, to_phone),
    ADD CONSTRAINT a_message_is_of_a_known_kind CHECK (kind IN ('confirmation'));

ALTER TABLE appointments
    DROP COLUMN patient_response,
    DROP COLUMN patient_responded_at;
ALTER TABLE patients
    DROP COLUMN timezone;
ALTER TABLE customer_twilio_keys
    DROP COLUMN secondary_auth_token;
ALTER TABLE organizations
    DROP COLUMN phone,
    DROP COLUMN on_unknown,
    DROP COLUMN decline_cancels,
    DROP COLUMN reminder_minutes,
    DROP COLUMN texts_per_number_per_day,
    DROP COLUMN numbers_per_day,
    DROP COLUMN text_countries;
