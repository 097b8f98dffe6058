ALTER TABLE organizations DROP COLUMN rules_revision;
