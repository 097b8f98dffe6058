-- The rules of a clinic: who works when, and what is offered.

CREATE TABLE providers (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    number smallint NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT a_provider_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_provider_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT no_two_providers_share_a_number UNIQUE (org_id, number),
    CONSTRAINT no_two_providers_share_a_name UNIQUE (org_id, name),
    CONSTRAINT a_provider_number_fits_a_slot_id CHECK (number BETWEEN 1 AND 1023)
);
COMMENT ON TABLE providers IS 'Who or what cannot be booked twice at once: a dentist, a chair.';
COMMENT ON COLUMN providers.number IS 'Short, never reused: what a slot_id carries, and the clinic''s order.';
COMMENT ON COLUMN providers.active IS 'False once the clinic no longer lists them; past appointments keep their provider.';

CREATE TABLE services (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    number smallint NOT NULL,
    name text NOT NULL,
    duration_minutes smallint NOT NULL,
    buffer_before_minutes smallint NOT NULL,
    buffer_after_minutes smallint NOT NULL,
    is_default boolean NOT NULL,
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT a_service_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_service_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT no_two_services_share_a_number UNIQUE (org_id, number),
    CONSTRAINT no_two_services_share_a_name UNIQUE (org_id, name),
    CONSTRAINT a_service_number_fits_a_slot_id CHECK (number BETWEEN 1 AND 1023),
    CONSTRAINT a_service_takes_up_to_a_day CHECK (duration_minutes BETWEEN 1 AND 1440),
    CONSTRAINT a_buffer_takes_up_to_half_a_day
        CHECK (buffer_before_minutes BETWEEN 0 AND 720 AND buffer_after_minutes BETWEEN 0 AND 720)
);
CREATE UNIQUE INDEX an_organization_has_one_default_service ON services (org_id) WHERE is_default AND active;
COMMENT ON TABLE services IS 'What an appointment is for, with its duration and the time kept free around it.';
COMMENT ON COLUMN services.is_default IS 'Meant when the caller names none.';

CREATE TABLE provider_services (
    org_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    service_id uuid NOT NULL,
    CONSTRAINT a_provider_gives_a_service_once PRIMARY KEY (org_id, provider_id, service_id),
    CONSTRAINT a_given_service_has_a_provider FOREIGN KEY (org_id, provider_id) REFERENCES providers (org_id, id),
    CONSTRAINT a_given_service_is_a_service FOREIGN KEY (org_id, service_id) REFERENCES services (org_id, id)
);
COMMENT ON TABLE provider_services IS 'Which provider gives which service.';

CREATE TABLE opening_hours (
    org_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    weekday smallint NOT NULL,
    opens_minute smallint NOT NULL,
    closes_minute smallint NOT NULL,
    CONSTRAINT a_stretch_of_the_week_starts_once PRIMARY KEY (org_id, provider_id, weekday, opens_minute),
    CONSTRAINT opening_hours_have_a_provider FOREIGN KEY (org_id, provider_id) REFERENCES providers (org_id, id),
    CONSTRAINT a_weekday_is_one_of_seven CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT opening_hours_end_after_they_start
        CHECK (opens_minute >= 0 AND closes_minute > opens_minute AND closes_minute <= 1440)
);
COMMENT ON TABLE opening_hours IS 'A provider''s week; a break is the gap between two rows of a day.';
COMMENT ON COLUMN opening_hours.weekday IS '1 Monday to 7 Sunday.';
COMMENT ON COLUMN opening_hours.opens_minute IS 'Minutes after local midnight; 1440 is the midnight that ends the day.';

CREATE TABLE closures (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    provider_id uuid,
    on_date date NOT NULL,
    kind text NOT NULL,
    from_minute smallint NOT NULL,
    until_minute smallint NOT NULL,
    CONSTRAINT a_closure_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_closure_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT a_closure_may_be_of_one_provider FOREIGN KEY (org_id, provider_id) REFERENCES providers (org_id, id),
    CONSTRAINT a_closure_takes_or_adds_time CHECK (kind IN ('closed', 'open')),
    CONSTRAINT a_closure_ends_after_it_starts
        CHECK (from_minute >= 0 AND until_minute > from_minute AND until_minute <= 1440)
);
CREATE INDEX closures_by_date ON closures (org_id, on_date);
COMMENT ON TABLE closures IS 'Dated exceptions to the opening hours: time taken away, or added.';
COMMENT ON COLUMN closures.provider_id IS 'Null: everybody.';
