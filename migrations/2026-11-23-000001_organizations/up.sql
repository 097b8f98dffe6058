-- A clinic, its rules, and what lets a voice agent speak for it.
-- Every table but this one leads with org_id, in its key, its foreign keys and its unique indexes:
-- a row of one organization cannot even refer to another's.

CREATE TABLE organizations (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    region text NOT NULL,
    locale text NOT NULL,
    slot_minutes smallint NOT NULL,
    min_notice_minutes integer NOT NULL,
    horizon_days smallint NOT NULL,
    texts_enabled boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_organization_is_its_id PRIMARY KEY (id),
    CONSTRAINT no_two_organizations_share_a_slug UNIQUE (slug),
    CONSTRAINT a_slug_is_a_short_url_word CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    CONSTRAINT a_region_is_a_country_code CHECK (region ~ '^[A-Z]{2}$'),
    CONSTRAINT the_grid_divides_the_day CHECK (slot_minutes > 0 AND 1440 % slot_minutes = 0),
    CONSTRAINT notice_is_not_negative CHECK (min_notice_minutes >= 0),
    CONSTRAINT the_horizon_is_ahead CHECK (horizon_days > 0)
);
COMMENT ON TABLE organizations IS 'A clinic we answer for: the tenant that every other row belongs to.';
COMMENT ON COLUMN organizations.slug IS 'Its name in URLs and on the command line.';
COMMENT ON COLUMN organizations.name IS 'As the agent says it and as texts print it.';
COMMENT ON COLUMN organizations.timezone IS 'IANA name; read with the program''s own zone database, never with AT TIME ZONE.';
COMMENT ON COLUMN organizations.region IS 'ISO 3166 code: how phone numbers and numeric dates are read.';
COMMENT ON COLUMN organizations.slot_minutes IS 'Appointments start on multiples of this after local midnight.';
COMMENT ON COLUMN organizations.texts_enabled IS 'Whether patients get texts at all.';

CREATE TABLE vapi_credentials (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    digest bytea,
    sealed_key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    CONSTRAINT a_vapi_credential_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT a_vapi_credential_has_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT a_vapi_credential_is_of_a_known_kind CHECK (kind IN ('secret', 'hmac')),
    CONSTRAINT shared_secrets_are_digests_and_hmac_keys_are_sealed
        CHECK ((kind = 'hmac') = (sealed_key IS NOT NULL) AND (kind = 'hmac') = (digest IS NULL))
);
COMMENT ON TABLE vapi_credentials IS 'What a request must show to speak for an organization; two or more while one is being rotated.';
COMMENT ON COLUMN vapi_credentials.kind IS 'secret: shown in x-vapi-secret or as a bearer token; hmac: signs the raw body.';
COMMENT ON COLUMN vapi_credentials.digest IS 'Keyed digest of a shared secret: enough to compare, not to show.';
COMMENT ON COLUMN vapi_credentials.sealed_key IS 'The HMAC key, sealed by the vault: checking a signature needs it whole.';
COMMENT ON COLUMN vapi_credentials.expires_at IS 'When it stops being accepted; null: until it is replaced.';

CREATE TABLE customer_twilio_keys (
    org_id uuid NOT NULL,
    account_sid bytea NOT NULL,
    auth_token bytea NOT NULL,
    api_key_sid bytea,
    api_key_secret bytea,
    phone_number text,
    messaging_service_sid text,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT an_organization_has_one_twilio_account PRIMARY KEY (org_id),
    CONSTRAINT twilio_keys_have_an_organization FOREIGN KEY (org_id) REFERENCES organizations (id),
    CONSTRAINT an_api_key_has_a_secret CHECK ((api_key_sid IS NULL) = (api_key_secret IS NULL)),
    CONSTRAINT there_is_one_sender CHECK ((phone_number IS NULL) <> (messaging_service_sid IS NULL))
);
COMMENT ON TABLE customer_twilio_keys IS 'The clinic''s own Twilio account; every credential in it is sealed by the vault.';
COMMENT ON COLUMN customer_twilio_keys.phone_number IS 'The sender, E.164; or else messaging_service_sid.';
