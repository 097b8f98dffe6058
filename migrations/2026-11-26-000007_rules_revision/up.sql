-- Programs keep a clinic's rules in memory: this tells whether what they keep is still true.

ALTER TABLE organizations ADD COLUMN rules_revision bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN organizations.rules_revision IS 'Which state of the clinic''s rules this is. Whoever changes this row, providers, services, provider_services, opening_hours or closures raises it in the same transaction.';
