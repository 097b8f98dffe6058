-- Who did what, written in the transaction that did it.

CREATE TABLE audit_log (
    org_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    subject_id uuid NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT an_audit_entry_is_its_id PRIMARY KEY (org_id, id),
    CONSTRAINT an_actor_is_a_role CHECK (actor IN ('assistant', 'operator', 'worker'))
);
CREATE INDEX audit_log_by_subject ON audit_log (org_id, subject_id);
COMMENT ON TABLE audit_log IS 'What was done, by whom and when. Ids only: nothing of a person.';
COMMENT ON COLUMN audit_log.actor IS 'assistant, operator or worker; an assistant''s entry names its call in details.';
COMMENT ON COLUMN audit_log.details IS 'Ids and words of the program, never names, numbers or texts.';
