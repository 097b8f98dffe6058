-- The outbox: a text is owed from the moment its appointment exists, whoever sends it and whatever crashes.

CREATE TABLE sms_messages (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    kind text NOT NULL,
    to_phone text,
    sms_status text NOT NULL,
    sms_reason text,
    twilio_message_sid text,
    delivery_status text,
    tries smallint NOT NULL DEFAULT 0,
    resent boolean NOT NULL DEFAULT false,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_token uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CONSTRAINT a_message_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_message_has_an_appointment FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id),
    CONSTRAINT an_appointment_owes_each_number_each_kind_once
        UNIQUE (org_id, appointment_id, kind, to_phone),
    CONSTRAINT a_sid_names_one_message UNIQUE (org_id, twilio_message_sid),
    CONSTRAINT a_message_is_of_a_known_kind CHECK (kind IN ('confirmation')),
    CONSTRAINT a_message_has_a_known_status
        CHECK (sms_status IN ('sent', 'sending', 'failed_but_booked', 'opted_out', 'skipped')),
    CONSTRAINT a_sid_and_a_time_iff_sent
        CHECK ((sms_status = 'sent') = (sent_at IS NOT NULL) AND (sms_status = 'sent') = (twilio_message_sid IS NOT NULL)),
    CONSTRAINT a_reason_iff_no_text_will_come
        CHECK ((sms_status IN ('failed_but_booked', 'opted_out', 'skipped')) = (sms_reason IS NOT NULL)),
    CONSTRAINT only_what_is_being_sent_is_leased CHECK (sms_status = 'sending' OR lease_token IS NULL),
    CONSTRAINT a_lease_has_an_end CHECK ((lease_token IS NULL) = (leased_until IS NULL)),
    CONSTRAINT there_is_a_number_unless_skipped CHECK (to_phone IS NOT NULL OR sms_status = 'skipped')
);
CREATE INDEX sms_messages_still_to_be_settled ON sms_messages (due_at) WHERE sms_status = 'sending';
COMMENT ON TABLE sms_messages IS 'A text we owe a patient. Its body is composed when it is sent and stored nowhere.';
COMMENT ON COLUMN sms_messages.sms_status IS 'What may be claimed: sent means that Twilio accepted it.';
COMMENT ON COLUMN sms_messages.delivery_status IS 'Twilio''s latest word on it.';
COMMENT ON COLUMN sms_messages.resent IS 'Whether the one resend after an unknown outcome is used up.';
COMMENT ON COLUMN sms_messages.due_at IS 'When to look at it next, by the database''s clock.';
COMMENT ON COLUMN sms_messages.lease_token IS 'Who is working on it until leased_until; the booking''s own process at first.';

CREATE TABLE sms_attempts (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    message_id uuid NOT NULL,
    number smallint NOT NULL,
    body_digest bytea NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    outcome text,
    http_status smallint,
    twilio_code integer,
    looks smallint NOT NULL DEFAULT 0,
    CONSTRAINT an_attempt_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT an_attempt_has_a_message FOREIGN KEY (org_id, message_id) REFERENCES sms_messages (org_id, id),
    CONSTRAINT attempts_of_a_message_are_numbered UNIQUE (org_id, message_id, number),
    CONSTRAINT an_attempt_has_a_known_outcome
        CHECK (outcome IN ('accepted', 'rejected', 'not_sent', 'unknown')),
    CONSTRAINT an_outcome_iff_finished CHECK ((outcome IS NULL) = (finished_at IS NULL))
);
COMMENT ON TABLE sms_attempts IS 'One try to send a message, committed before the request is written: a crash after it is an unknown outcome, never a silent second send.';
COMMENT ON COLUMN sms_attempts.body_digest IS 'SHA-256 of the text that was sent, to find it in Twilio''s list.';
COMMENT ON COLUMN sms_attempts.outcome IS 'not_sent: certainly not created, may be tried again; unknown: to be reconciled. Null: not known to have ended.';
COMMENT ON COLUMN sms_attempts.looks IS 'How often Twilio''s list was read without finding it.';
