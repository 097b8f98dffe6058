-- Texts, whole: what became of them, what the patient answered, who must not be texted, and the next reminder.

ALTER TABLE organizations
    ADD COLUMN phone text,
    ADD COLUMN on_unknown text NOT NULL DEFAULT 'resend_once',
    ADD COLUMN decline_cancels boolean NOT NULL DEFAULT false,
    ADD COLUMN reminder_minutes integer[] NOT NULL DEFAULT '{1440,120}',
    ADD COLUMN texts_per_number_per_day integer NOT NULL DEFAULT 10,
    ADD COLUMN numbers_per_day integer NOT NULL DEFAULT 1000,
    ADD COLUMN text_countries text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT the_phone_of_a_clinic_is_e164 CHECK (phone ~ '^\+[1-9][0-9]{4,14}$'),
    ADD CONSTRAINT an_unknown_text_is_resent_once_or_held CHECK (on_unknown IN ('resend_once', 'hold')),
    ADD CONSTRAINT the_limits_of_a_day_are_not_negative
        CHECK (texts_per_number_per_day >= 0 AND numbers_per_day >= 0),
    ADD CONSTRAINT reminders_come_before_the_appointment
        CHECK (0 < ALL (reminder_minutes) AND array_position(reminder_minutes, NULL) IS NULL);
COMMENT ON COLUMN organizations.phone IS 'Where patients call the clinic, E.164; shown on the confirmation page.';
COMMENT ON COLUMN organizations.on_unknown IS 'What is done about a text that Twilio does not list: resent, once ever, or held back.';
COMMENT ON COLUMN organizations.decline_cancels IS 'Whether a patient who cannot come gives up the slot by saying so; else staff decide.';
COMMENT ON COLUMN organizations.reminder_minutes IS 'How long before an appointment its reminders go out; each once.';
COMMENT ON COLUMN organizations.texts_per_number_per_day IS 'So many attempts a UTC day to one number: a bound on pumping and on loops.';
COMMENT ON COLUMN organizations.numbers_per_day IS 'So many different numbers a UTC day.';
COMMENT ON COLUMN organizations.text_countries IS 'ISO 3166 codes of the countries that are texted; empty: the clinic''s own region.';

ALTER TABLE customer_twilio_keys
    ADD COLUMN secondary_auth_token bytea;
COMMENT ON COLUMN customer_twilio_keys.secondary_auth_token IS 'Signs Twilio''s requests once it is promoted: both are believed meanwhile. Sealed.';

ALTER TABLE patients
    ADD COLUMN timezone text;
COMMENT ON COLUMN patients.timezone IS 'IANA name, for the hours in which a reminder may come; null: the clinic''s.';

ALTER TABLE appointments
    ADD COLUMN patient_response text NOT NULL DEFAULT 'none',
    ADD COLUMN patient_responded_at timestamptz,
    ADD CONSTRAINT a_patient_confirms_declines_or_says_nothing
        CHECK (patient_response IN ('none', 'confirmed', 'declined')),
    ADD CONSTRAINT a_response_has_a_time CHECK ((patient_response = 'none') = (patient_responded_at IS NULL));
COMMENT ON COLUMN appointments.patient_response IS 'What the patient last answered, by link or by text.';

ALTER TABLE sms_messages
    ADD COLUMN lead_minutes integer NOT NULL DEFAULT 0,
    ADD COLUMN sender text,
    ADD COLUMN account_digest bytea,
    DROP CONSTRAINT an_appointment_owes_each_number_each_kind_once,
    DROP CONSTRAINT a_message_is_of_a_known_kind,
    ADD CONSTRAINT an_appointment_owes_each_number_each_kind_once
        UNIQUE (org_id, appointment_id, kind, lead_minutes, to_phone),
    ADD CONSTRAINT a_message_is_of_a_known_kind
        CHECK (kind IN ('confirmation', 'reminder', 'change', 'cancellation')),
    ADD CONSTRAINT a_reminder_and_no_other_has_a_lead CHECK ((kind = 'reminder') = (lead_minutes > 0)),
    ADD CONSTRAINT a_sender_belongs_to_an_account CHECK ((sender IS NULL) = (account_digest IS NULL));
COMMENT ON COLUMN sms_messages.lead_minutes IS 'Which of the appointment''s reminders it is: minutes before the start.';
COMMENT ON COLUMN sms_messages.sender IS 'The number or messaging service it was last tried from: follow-ups come from the same.';
COMMENT ON COLUMN sms_messages.account_digest IS 'Keyed digest of the Twilio account it was last tried with: a sender is the account''s.';

ALTER TABLE sms_attempts
    ADD COLUMN twilio_message_sid text,
    ADD COLUMN delivery_status text,
    ADD COLUMN delivery_error_code integer;
COMMENT ON COLUMN sms_attempts.twilio_message_sid IS 'Twilio''s name for what this attempt made; the message has that of the attempt that counts.';
COMMENT ON COLUMN sms_attempts.delivery_status IS 'The furthest that Twilio has told: never goes back.';
COMMENT ON COLUMN sms_attempts.delivery_error_code IS 'Why it was not delivered, in Twilio''s numbers.';

CREATE TABLE sms_delivery_events (
    org_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    twilio_message_sid text NOT NULL,
    status text NOT NULL,
    error_code integer NOT NULL DEFAULT 0,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_event_of_an_attempt_is_stored_once
        PRIMARY KEY (org_id, attempt_id, twilio_message_sid, status, error_code),
    CONSTRAINT a_delivery_event_has_an_attempt FOREIGN KEY (org_id, attempt_id) REFERENCES sms_attempts (org_id, id)
);
COMMENT ON TABLE sms_delivery_events IS 'Every status that Twilio has told of an attempt. They come twice and out of order.';
COMMENT ON COLUMN sms_delivery_events.error_code IS 'Zero: none.';

CREATE TABLE sms_opt_outs (
    org_id uuid NOT NULL,
    phone text NOT NULL,
    sender text NOT NULL,
    source text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT a_phone_opts_out_of_a_sender_once PRIMARY KEY (org_id, phone, sender),
    CONSTRAINT an_opt_out_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT an_opt_out_has_a_known_source CHECK (source IN ('inbound', 'twilio', 'assistant'))
);
COMMENT ON TABLE sms_opt_outs IS 'Numbers that are not texted. A row goes when the patient opts in again; the audit log keeps both.';
COMMENT ON COLUMN sms_opt_outs.sender IS 'Whose texts are meant: a number, a messaging service, or * for every sender of the clinic.';
COMMENT ON COLUMN sms_opt_outs.source IS 'inbound: a text said STOP; twilio: a send was refused with 21610; assistant: said on the phone.';

CREATE TABLE sms_consents (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    phone text NOT NULL,
    given boolean NOT NULL,
    basis text NOT NULL,
    call_key text NOT NULL,
    appointment_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT a_consent_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_consent_is_about_an_appointment
        FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id),
    CONSTRAINT a_consent_was_said_or_lies_in_booking CHECK (basis IN ('said', 'booked')),
    CONSTRAINT a_refusal_was_said CHECK (given OR basis = 'said')
);
CREATE INDEX sms_consents_by_phone ON sms_consents (org_id, phone, at);
COMMENT ON TABLE sms_consents IS 'Who let us text them, when and in which call.';
COMMENT ON COLUMN sms_consents.basis IS 'said: the caller was asked; booked: they gave the number for a booking and did not object.';
COMMENT ON COLUMN sms_consents.call_key IS 'The call or chat it was said in.';

CREATE TABLE sms_alerts (
    org_id uuid NOT NULL,
    twilio_code integer NOT NULL,
    message_id uuid NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_alert_is_raised_once_for_a_code PRIMARY KEY (org_id, twilio_code),
    CONSTRAINT an_alert_is_about_a_message FOREIGN KEY (org_id, message_id) REFERENCES sms_messages (org_id, id)
);
COMMENT ON TABLE sms_alerts IS 'What keeps a clinic''s texts from arriving at all, until one is delivered.';

CREATE TABLE sms_breakers (
    org_id uuid NOT NULL,
    account_failures integer NOT NULL DEFAULT 0,
    timeouts integer NOT NULL DEFAULT 0,
    paused_until timestamptz,
    probe_until timestamptz,
    CONSTRAINT an_organization_has_one_breaker PRIMARY KEY (org_id),
    CONSTRAINT a_breaker_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT only_a_pause_is_probed CHECK (paused_until IS NOT NULL OR probe_until IS NULL)
);
COMMENT ON TABLE sms_breakers IS 'Failures in a row of a clinic''s own Twilio account; other clinics have their own row, or none.';
COMMENT ON COLUMN sms_breakers.paused_until IS 'No text is tried before; after it one is, to see. Null: not paused.';
COMMENT ON COLUMN sms_breakers.probe_until IS 'Whoever is trying has until then.';

CREATE TABLE sms_numbers_of_day (
    org_id uuid NOT NULL,
    day date NOT NULL,
    phone text NOT NULL,
    texts integer NOT NULL,
    CONSTRAINT a_number_is_counted_once_a_day PRIMARY KEY (org_id, day, phone),
    CONSTRAINT a_counted_number_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id)
);
COMMENT ON TABLE sms_numbers_of_day IS 'How many texts each number was sent on a UTC day: what the limits are held against.';

CREATE TABLE confirmation_links (
    org_id uuid NOT NULL,
    digest bytea NOT NULL,
    message_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT a_link_is_the_digest_of_its_token PRIMARY KEY (org_id, digest),
    CONSTRAINT a_link_was_sent_in_a_message FOREIGN KEY (org_id, message_id) REFERENCES sms_messages (org_id, id),
    CONSTRAINT a_link_leads_to_an_appointment
        FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id)
);
CREATE INDEX confirmation_links_by_digest ON confirmation_links (digest);
COMMENT ON TABLE confirmation_links IS 'The links that texts carry. A token is derived anew when its text is composed, and stored nowhere.';
COMMENT ON COLUMN confirmation_links.digest IS 'SHA-256 of the token: enough to recognize it.';

CREATE TABLE inbound_messages (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    twilio_message_sid text NOT NULL,
    phone text NOT NULL,
    recipient text NOT NULL,
    sealed_body bytea NOT NULL,
    meaning text NOT NULL,
    appointment_id uuid,
    options uuid[],
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_inbound_message_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT an_inbound_message_is_stored_once UNIQUE (org_id, twilio_message_sid),
    CONSTRAINT an_inbound_message_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT an_inbound_message_may_mean_an_appointment
        FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id),
    CONSTRAINT an_inbound_message_has_a_known_meaning
        CHECK (meaning IN ('stop', 'start', 'help', 'confirm', 'decline', 'choice', 'other'))
);
CREATE INDEX inbound_messages_by_phone ON inbound_messages (org_id, phone, received_at);
COMMENT ON TABLE inbound_messages IS 'What patients texted to the clinic. Whatever is no answer is for staff to read.';
COMMENT ON COLUMN inbound_messages.sealed_body IS 'The text, sealed by the vault.';
COMMENT ON COLUMN inbound_messages.recipient IS 'The clinic''s number or messaging service it was sent to.';
COMMENT ON COLUMN inbound_messages.options IS 'The appointments we asked about, in the order of their numbers, where it could have meant several.';

CREATE TABLE reminders (
    org_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    lead_minutes integer NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    outcome text,
    CONSTRAINT an_appointment_has_each_reminder_once PRIMARY KEY (org_id, appointment_id, lead_minutes),
    CONSTRAINT a_reminder_has_an_appointment FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id),
    CONSTRAINT a_reminder_has_a_lead CHECK (lead_minutes > 0),
    CONSTRAINT a_reminder_is_owed_or_dropped CHECK (outcome IN ('owed', 'dropped')),
    CONSTRAINT an_outcome_iff_a_reminder_is_settled CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
CREATE INDEX reminders_still_to_come ON reminders (due_at) WHERE settled_at IS NULL;
COMMENT ON TABLE reminders IS 'What is planned with an appointment. A reminder that is due becomes a message, or is dropped if nobody needs it any more.';
COMMENT ON COLUMN reminders.due_at IS 'Business time: in the hours in which a patient may be texted.';

CREATE TABLE text_templates (
    org_id uuid NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    CONSTRAINT a_clinic_words_each_kind_of_text_once PRIMARY KEY (org_id, kind),
    CONSTRAINT a_template_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT a_template_is_of_a_known_kind
        CHECK (kind IN ('confirmation', 'reminder', 'change', 'cancellation'))
);
COMMENT ON TABLE text_templates IS 'A clinic''s own words for its texts, with placeholders; without a row the program''s.';

ALTER TABLE audit_log
    DROP CONSTRAINT an_actor_is_a_role,
    ADD CONSTRAINT an_actor_is_a_role
        CHECK (actor IN ('assistant', 'operator', 'worker', 'patient', 'twilio'));
COMMENT ON COLUMN audit_log.actor IS 'Who acted; an assistant''s entry names its call in details, a patient''s the channel and the message.';
