-- The statements of one booking, in its order, as the gateway sends them; $ORG is the organization.
\set provider random(1, 50)
\set slot random(1, 3000000)
\set name random(1, 1000000000)
\set line random(100, 199)
SELECT rules_revision FROM organizations WHERE id = '$ORG';
SELECT gen_random_uuid() AS appointment, gen_random_uuid() AS message, gen_random_uuid() AS attempt, gen_random_uuid() AS lease,
       (SELECT id FROM providers WHERE org_id = '$ORG' AND number = :provider) AS provider_id,
       (SELECT id FROM services WHERE org_id = '$ORG' LIMIT 1) AS service_id,
       timestamptz '2030-01-01 00:00Z' + :slot * interval '15 min' AS starts,
       (timestamptz '2030-01-01 00:00Z' + :slot * interval '15 min')::date AS day \gset
BEGIN ISOLATION LEVEL READ COMMITTED;
INSERT INTO tool_calls (org_id, call_key, tool, tool_call_id, arguments_digest) VALUES ('$ORG', 'call:' || :appointment, 'book_appointment', 'call_' || :appointment, decode(repeat('ab', 32), 'hex')) ON CONFLICT DO NOTHING;
INSERT INTO tool_calls (org_id, call_key, tool, tool_call_id, arguments_digest) VALUES ('$ORG', 'call:' || :appointment, 'turn', '', '') ON CONFLICT DO NOTHING;
DELETE FROM tool_calls WHERE org_id = '$ORG' AND call_key = 'call:' || :appointment AND tool = 'turn' AND tool_call_id = '' AND arguments_digest = '';
INSERT INTO provider_days (org_id, provider_id, day) SELECT '$ORG', p, d FROM unnest(ARRAY[:provider_id::uuid]) AS p CROSS JOIN unnest(ARRAY[:day::date]) AS d ORDER BY p, d ON CONFLICT DO NOTHING;
SELECT revision FROM provider_days WHERE org_id = '$ORG' AND provider_id = ANY(ARRAY[:provider_id::uuid]) AND day = ANY(ARRAY[:day::date]) ORDER BY provider_id, day FOR UPDATE;
SELECT rules_revision FROM organizations WHERE id = '$ORG';
SELECT a.id, a.provider_id, a.service_id, a.starts_at, a.ends_at, p.id, p.folded_name, p.phone FROM appointments a JOIN patients p ON p.org_id = a.org_id AND p.id = a.patient_id WHERE a.org_id = '$ORG' AND a.status <> 'cancelled' AND a.status <> 'no_show' AND p.phone = '+12125550' || :line AND p.folded_name = 'bench ' || :name AND a.starts_at < :starts::timestamptz + interval '15 min' AND a.ends_at > :starts::timestamptz ORDER BY a.starts_at LIMIT 1;
SELECT a.id, a.provider_id, a.service_id, a.starts_at, a.ends_at, p.id, p.folded_name, p.phone FROM appointments a JOIN patients p ON p.org_id = a.org_id AND p.id = a.patient_id WHERE a.org_id = '$ORG' AND a.status <> 'cancelled' AND a.status <> 'no_show' AND a.call_key = 'call:' || :appointment ORDER BY a.created_at;
SELECT provider_id, busy_from, busy_until, starts_at FROM appointments WHERE org_id = '$ORG' AND provider_id = ANY(ARRAY[:provider_id::uuid]) AND busy_from > :day::timestamptz - interval '2 days' AND busy_from < :day::timestamptz + interval '1 day' AND busy_until > :day::timestamptz AND status <> 'cancelled' AND status <> 'no_show';
INSERT INTO patients (org_id, id, name, folded_name, phone, email) VALUES ('$ORG', gen_random_uuid(), 'Bench ' || :name, 'bench ' || :name, '+12125550' || :line, NULL) ON CONFLICT (org_id, phone, folded_name) DO UPDATE SET email = coalesce(excluded.email, patients.email) RETURNING id AS patient_id \gset
INSERT INTO appointments (org_id, id, provider_id, patient_id, service_id, starts_at, ends_at, busy_from, busy_until, local_start, timezone, call_key) VALUES ('$ORG', :appointment, :provider_id, :patient_id, :service_id, :starts, :starts::timestamptz + interval '15 min', :starts, :starts::timestamptz + interval '15 min', :starts::timestamptz::timestamp, 'UTC', 'call:' || :appointment) ON CONFLICT ON CONSTRAINT appointments_of_a_provider_never_overlap DO NOTHING RETURNING id AS appointment_id \gset
UPDATE provider_days SET revision = revision + 1 WHERE org_id = '$ORG' AND provider_id = :provider_id AND day = ANY(ARRAY[:day::date]);
SELECT EXISTS (SELECT 1 FROM customer_twilio_keys WHERE org_id = '$ORG');
INSERT INTO sms_messages (org_id, id, appointment_id, kind, to_phone, sms_status, lease_token, leased_until) VALUES ('$ORG', :message, :appointment, 'confirmation', '+12125550' || :line, 'sending', :lease, now() + interval '30 s');
INSERT INTO reminders (org_id, appointment_id, lead_minutes, due_at) VALUES ('$ORG', :appointment, 1440, :starts::timestamptz - interval '1 day'), ('$ORG', :appointment, 120, :starts::timestamptz - interval '2 hours') ON CONFLICT DO NOTHING;
INSERT INTO sms_consents (org_id, id, phone, given, basis, call_key, appointment_id) VALUES ('$ORG', gen_random_uuid(), '+12125550' || :line, true, 'booked', 'call:' || :appointment, :appointment);
INSERT INTO audit_log (org_id, id, actor, action, subject_id, details) VALUES ('$ORG', gen_random_uuid(), 'assistant', 'appointment_booked', :appointment, '{"call": "bench"}');
UPDATE tool_calls SET outcome = 'booked', appointment_id = :appointment, sms_message_id = :message WHERE org_id = '$ORG' AND call_key = 'call:' || :appointment AND tool = 'book_appointment' AND tool_call_id = 'call_' || :appointment AND arguments_digest = decode(repeat('ab', 32), 'hex');
COMMIT;
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT id, appointment_id, to_phone, tries, resent FROM sms_messages WHERE org_id = '$ORG' AND id = :message AND sms_status = 'sending' AND lease_token = :lease AND leased_until > now() FOR UPDATE;
SELECT id, number, body_digest, started_at, outcome, looks FROM sms_attempts WHERE org_id = '$ORG' AND message_id = :message ORDER BY number;
SELECT * FROM customer_twilio_keys WHERE org_id = '$ORG';
SELECT o.name, a.local_start, a.starts_at, a.status FROM appointments a JOIN organizations o ON o.id = a.org_id WHERE a.org_id = '$ORG' AND a.id = :appointment;
SELECT region, text_countries, texts_per_number_per_day, numbers_per_day, on_unknown FROM organizations WHERE id = '$ORG';
SELECT EXISTS (SELECT 1 FROM sms_opt_outs WHERE org_id = '$ORG' AND phone = '+12125550' || :line AND sender = ANY(ARRAY['+15005550006', '*']));
SELECT paused_until, probe_until, now() FROM sms_breakers WHERE org_id = '$ORG' LIMIT 1;
INSERT INTO sms_numbers_of_day AS counted (org_id, day, phone, texts) SELECT '$ORG', today.day, '+12125550' || :line, 1 FROM (SELECT date 'epoch' + floor(extract(epoch FROM now()) / 86400)::integer AS day) AS today WHERE EXISTS (SELECT FROM sms_numbers_of_day k WHERE k.org_id = '$ORG' AND k.day = today.day AND k.phone = '+12125550' || :line) OR (SELECT count(*) FROM sms_numbers_of_day k WHERE k.org_id = '$ORG' AND k.day = today.day) < 1000000 ON CONFLICT (org_id, day, phone) DO UPDATE SET texts = counted.texts + 1 WHERE counted.texts < 1000000;
SELECT body FROM text_templates WHERE org_id = '$ORG' AND kind = 'confirmation' LIMIT 1;
INSERT INTO confirmation_links (org_id, digest, message_id, appointment_id) VALUES ('$ORG', decode(md5(:message), 'hex'), :message, :appointment) ON CONFLICT DO NOTHING;
INSERT INTO sms_attempts (org_id, id, message_id, number, body_digest) VALUES ('$ORG', :attempt, :message, 1, decode(repeat('cd', 32), 'hex'));
UPDATE sms_messages SET tries = tries + 1, resent = resent OR false, sender = '+15005550006', account_digest = decode(repeat('ef', 34), 'hex') WHERE org_id = '$ORG' AND id = :message;
COMMIT;
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT appointment_id, to_phone, sms_status, twilio_message_sid, delivery_status FROM sms_messages WHERE org_id = '$ORG' AND id = :message FOR UPDATE;
SELECT message_id, outcome, twilio_message_sid, delivery_status, delivery_error_code FROM sms_attempts WHERE org_id = '$ORG' AND id = :attempt;
UPDATE sms_attempts SET outcome = 'accepted', finished_at = now() WHERE org_id = '$ORG' AND id = :attempt;
UPDATE sms_attempts SET twilio_message_sid = 'SM' || :message, delivery_status = 'queued' WHERE org_id = '$ORG' AND id = :attempt AND twilio_message_sid IS NULL;
UPDATE sms_messages SET sms_status = 'sent', twilio_message_sid = 'SM' || :message, delivery_status = 'queued', sent_at = now(), lease_token = NULL, leased_until = NULL WHERE org_id = '$ORG' AND id = :message AND sms_status <> 'sent';
UPDATE sms_breakers SET account_failures = 0, timeouts = 0, paused_until = NULL, probe_until = NULL WHERE org_id = '$ORG' AND (account_failures > 0 OR timeouts > 0 OR paused_until IS NOT NULL);
COMMIT;
SELECT claimed_at, outcome, appointment_id, sms_message_id, words, metadata FROM tool_calls WHERE org_id = '$ORG' AND call_key = 'call:' || :appointment AND tool = 'book_appointment' AND tool_call_id = 'call_' || :appointment AND arguments_digest = decode(repeat('ab', 32), 'hex');
SELECT id, provider_id, service_id, starts_at, ends_at FROM appointments WHERE org_id = '$ORG' AND id = :appointment;
SELECT sms_status, sms_reason, to_phone FROM sms_messages WHERE org_id = '$ORG' AND id = :message;
UPDATE tool_calls SET words = 'That is booked.', metadata = '{"outcome": "booked"}', answered_at = now() WHERE org_id = '$ORG' AND call_key = 'call:' || :appointment AND tool = 'book_appointment' AND tool_call_id = 'call_' || :appointment AND arguments_digest = decode(repeat('ab', 32), 'hex') AND words IS NULL;
