-- What each callback, each look into Twilio's list, each reminder and each patient's text asks for.

CREATE INDEX sms_attempts_by_sid ON sms_attempts (org_id, twilio_message_sid) WHERE twilio_message_sid IS NOT NULL;
CREATE INDEX sms_consents_by_appointment ON sms_consents (org_id, appointment_id, at);
CREATE INDEX sms_messages_by_phone ON sms_messages (org_id, to_phone, sent_at) WHERE sms_status = 'sent';
