-- A tool call that did something is answered once: the row is claimed in the transaction that acts.

CREATE TABLE tool_calls (
    org_id uuid NOT NULL,
    call_key text NOT NULL,
    tool text NOT NULL,
    tool_call_id text NOT NULL,
    arguments_digest bytea NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    outcome text,
    appointment_id uuid,
    sms_message_id uuid,
    words text,
    metadata jsonb,
    answered_at timestamptz,
    CONSTRAINT a_tool_call_acts_once PRIMARY KEY (org_id, call_key, tool, tool_call_id, arguments_digest),
    CONSTRAINT a_tool_call_made_an_appointment
        FOREIGN KEY (org_id, appointment_id) REFERENCES appointments (org_id, id),
    CONSTRAINT a_tool_call_owed_a_message FOREIGN KEY (org_id, sms_message_id) REFERENCES sms_messages (org_id, id),
    CONSTRAINT a_tool_call_did_something CHECK (outcome IN ('booked', 'already_booked')),
    CONSTRAINT words_metadata_and_time_of_the_answer_come_together
        CHECK ((words IS NULL) = (metadata IS NULL) AND (words IS NULL) = (answered_at IS NULL))
);
COMMENT ON TABLE tool_calls IS 'Tool calls that changed something, and the words they were answered with. Refusals leave no row.';
COMMENT ON COLUMN tool_calls.call_key IS 'The call, chat or session: tool-call ids repeat across calls.';
COMMENT ON COLUMN tool_calls.arguments_digest IS 'SHA-256 of the arguments: the same id with other arguments is another wish.';
COMMENT ON COLUMN tool_calls.outcome IS 'Set in the claiming transaction: null only before its commit.';
COMMENT ON COLUMN tool_calls.words IS 'Written once, by whoever first knows what to say; everybody else reads them.';
