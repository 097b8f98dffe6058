-- What patients have. Two exclusion constraints are the last line of defense against double booking;
-- the first line, which decides who waits and who wins, is the row lock on provider_days.

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE patients (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL,
    phone text,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT a_patient_is_their_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_patient_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT a_patient_is_a_phone_and_a_name UNIQUE (org_id, phone, folded_name),
    CONSTRAINT a_phone_is_e164 CHECK (phone ~ '^\+[1-9][0-9]{4,14}$')
);
COMMENT ON TABLE patients IS 'The person on file.';
COMMENT ON COLUMN patients.folded_name IS 'The name as it is compared: lower case, letters and digits, single spaces.';
COMMENT ON COLUMN patients.phone IS 'E.164. One phone may serve a family; without one, nobody is recognized across calls.';

CREATE TABLE provider_days (
    org_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    day date NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    CONSTRAINT a_provider_has_each_day_once PRIMARY KEY (org_id, provider_id, day),
    CONSTRAINT a_provider_day_has_a_provider FOREIGN KEY (org_id, provider_id) REFERENCES providers (org_id, id)
);
COMMENT ON TABLE provider_days IS 'The row that whoever books, moves or cancels locks first: one per provider and UTC date.';
COMMENT ON COLUMN provider_days.revision IS 'Raised by every change of the day: snapshot-isolated engines see the conflict, pages see the change.';

CREATE TABLE appointments (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    service_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    busy_from timestamptz NOT NULL,
    busy_until timestamptz NOT NULL,
    local_start timestamp NOT NULL,
    timezone text NOT NULL,
    status text NOT NULL DEFAULT 'booked',
    notes text,
    call_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_appointment_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT an_appointment_has_a_provider FOREIGN KEY (org_id, provider_id) REFERENCES providers (org_id, id),
    CONSTRAINT an_appointment_has_a_patient FOREIGN KEY (org_id, patient_id) REFERENCES patients (org_id, id),
    CONSTRAINT an_appointment_has_a_service FOREIGN KEY (org_id, service_id) REFERENCES services (org_id, id),
    CONSTRAINT an_appointment_ends_after_it_starts CHECK (ends_at > starts_at),
    CONSTRAINT buffers_lie_around_the_appointment CHECK (busy_from <= starts_at AND busy_until >= ends_at),
    CONSTRAINT an_appointment_keeps_up_to_two_days_busy CHECK (busy_until - busy_from <= interval '2 days'),
    CONSTRAINT an_appointment_has_a_known_status
        CHECK (status IN ('booked', 'confirmed', 'cancelled', 'completed', 'no_show')),
    CONSTRAINT appointments_of_a_provider_never_overlap EXCLUDE USING gist
        (org_id WITH =, provider_id WITH =, tstzrange(busy_from, busy_until) WITH &&)
        WHERE (status NOT IN ('cancelled', 'no_show')),
    CONSTRAINT appointments_of_a_patient_never_overlap EXCLUDE USING gist
        (org_id WITH =, patient_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (status NOT IN ('cancelled', 'no_show'))
);
CREATE INDEX appointments_by_provider_and_time ON appointments (org_id, provider_id, busy_from);
CREATE INDEX appointments_by_patient_and_time ON appointments (org_id, patient_id, starts_at);
CREATE INDEX appointments_by_call ON appointments (org_id, call_key) WHERE call_key IS NOT NULL;
COMMENT ON TABLE appointments IS 'A slot that a patient has.';
COMMENT ON COLUMN appointments.busy_from IS 'starts_at less the service''s buffer, as it was when booked.';
COMMENT ON COLUMN appointments.local_start IS 'The wall-clock time the patient was told: if a zone''s rules change, this is what was meant.';
COMMENT ON COLUMN appointments.timezone IS 'The zone of local_start.';
COMMENT ON COLUMN appointments.status IS 'Staff may change it; cancelled and no_show free the slot.';
COMMENT ON COLUMN appointments.notes IS 'What the caller asked to pass on. Never spoken, never texted.';
COMMENT ON COLUMN appointments.call_key IS 'The call or chat it was booked in.';
