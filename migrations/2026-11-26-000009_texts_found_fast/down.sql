DROP INDEX sms_messages_by_phone;
DROP INDEX sms_consents_by_appointment;
DROP INDEX sms_attempts_by_sid;
