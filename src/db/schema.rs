// @generated automatically by Diesel CLI.

diesel::table! {
    appointments (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        provider_id -> Uuid,
        patient_id -> Uuid,
        service_id -> Uuid,
        starts_at -> Timestamptz,
        ends_at -> Timestamptz,
        busy_from -> Timestamptz,
        busy_until -> Timestamptz,
        local_start -> Timestamp,
        timezone -> Text,
        status -> Text,
        notes -> Nullable<Text>,
        call_key -> Nullable<Text>,
        created_at -> Timestamptz,
        patient_response -> Text,
        patient_responded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_log (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        at -> Timestamptz,
        actor -> Text,
        action -> Text,
        subject_id -> Uuid,
        details -> Jsonb,
    }
}

diesel::table! {
    closures (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        provider_id -> Nullable<Uuid>,
        on_date -> Date,
        kind -> Text,
        from_minute -> Int2,
        until_minute -> Int2,
    }
}

diesel::table! {
    confirmation_links (org_id, digest) {
        org_id -> Uuid,
        digest -> Bytea,
        message_id -> Uuid,
        appointment_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    customer_twilio_keys (org_id) {
        org_id -> Uuid,
        account_sid -> Bytea,
        auth_token -> Bytea,
        api_key_sid -> Nullable<Bytea>,
        api_key_secret -> Nullable<Bytea>,
        phone_number -> Nullable<Text>,
        messaging_service_sid -> Nullable<Text>,
        updated_at -> Timestamptz,
        secondary_auth_token -> Nullable<Bytea>,
    }
}

diesel::table! {
    inbound_messages (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        twilio_message_sid -> Text,
        phone -> Text,
        recipient -> Text,
        sealed_body -> Bytea,
        meaning -> Text,
        appointment_id -> Nullable<Uuid>,
        options -> Nullable<Array<Nullable<Uuid>>>,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    opening_hours (org_id, provider_id, weekday, opens_minute) {
        org_id -> Uuid,
        provider_id -> Uuid,
        weekday -> Int2,
        opens_minute -> Int2,
        closes_minute -> Int2,
    }
}

diesel::table! {
    organizations (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        timezone -> Text,
        region -> Text,
        locale -> Text,
        slot_minutes -> Int2,
        min_notice_minutes -> Int4,
        horizon_days -> Int2,
        texts_enabled -> Bool,
        created_at -> Timestamptz,
        rules_revision -> Int8,
        phone -> Nullable<Text>,
        on_unknown -> Text,
        decline_cancels -> Bool,
        reminder_minutes -> Array<Nullable<Int4>>,
        texts_per_number_per_day -> Int4,
        numbers_per_day -> Int4,
        text_countries -> Array<Nullable<Text>>,
    }
}

diesel::table! {
    patients (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        name -> Text,
        folded_name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        created_at -> Timestamptz,
        timezone -> Nullable<Text>,
    }
}

diesel::table! {
    provider_days (org_id, provider_id, day) {
        org_id -> Uuid,
        provider_id -> Uuid,
        day -> Date,
        revision -> Int8,
    }
}

diesel::table! {
    provider_services (org_id, provider_id, service_id) {
        org_id -> Uuid,
        provider_id -> Uuid,
        service_id -> Uuid,
    }
}

diesel::table! {
    providers (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        number -> Int2,
        name -> Text,
        active -> Bool,
    }
}

diesel::table! {
    reminders (org_id, appointment_id, lead_minutes) {
        org_id -> Uuid,
        appointment_id -> Uuid,
        lead_minutes -> Int4,
        due_at -> Timestamptz,
        settled_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    services (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        number -> Int2,
        name -> Text,
        duration_minutes -> Int2,
        buffer_before_minutes -> Int2,
        buffer_after_minutes -> Int2,
        is_default -> Bool,
        active -> Bool,
    }
}

diesel::table! {
    sms_alerts (org_id, twilio_code) {
        org_id -> Uuid,
        twilio_code -> Int4,
        message_id -> Uuid,
        raised_at -> Timestamptz,
    }
}

diesel::table! {
    sms_attempts (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        message_id -> Uuid,
        number -> Int2,
        body_digest -> Bytea,
        started_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        http_status -> Nullable<Int2>,
        twilio_code -> Nullable<Int4>,
        looks -> Int2,
        twilio_message_sid -> Nullable<Text>,
        delivery_status -> Nullable<Text>,
        delivery_error_code -> Nullable<Int4>,
    }
}

diesel::table! {
    sms_breakers (org_id) {
        org_id -> Uuid,
        account_failures -> Int4,
        timeouts -> Int4,
        paused_until -> Nullable<Timestamptz>,
        probe_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sms_consents (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        phone -> Text,
        given -> Bool,
        basis -> Text,
        call_key -> Text,
        appointment_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    sms_delivery_events (org_id, attempt_id, twilio_message_sid, status, error_code) {
        org_id -> Uuid,
        attempt_id -> Uuid,
        twilio_message_sid -> Text,
        status -> Text,
        error_code -> Int4,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    sms_messages (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        appointment_id -> Uuid,
        kind -> Text,
        to_phone -> Nullable<Text>,
        sms_status -> Text,
        sms_reason -> Nullable<Text>,
        twilio_message_sid -> Nullable<Text>,
        delivery_status -> Nullable<Text>,
        tries -> Int2,
        resent -> Bool,
        due_at -> Timestamptz,
        lease_token -> Nullable<Uuid>,
        leased_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        lead_minutes -> Int4,
        sender -> Nullable<Text>,
        account_digest -> Nullable<Bytea>,
    }
}

diesel::table! {
    sms_numbers_of_day (org_id, day, phone) {
        org_id -> Uuid,
        day -> Date,
        phone -> Text,
        texts -> Int4,
    }
}

diesel::table! {
    sms_opt_outs (org_id, phone, sender) {
        org_id -> Uuid,
        phone -> Text,
        sender -> Text,
        source -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    text_templates (org_id, kind) {
        org_id -> Uuid,
        kind -> Text,
        body -> Text,
    }
}

diesel::table! {
    tool_calls (org_id, call_key, tool, tool_call_id, arguments_digest) {
        org_id -> Uuid,
        call_key -> Text,
        tool -> Text,
        tool_call_id -> Text,
        arguments_digest -> Bytea,
        claimed_at -> Timestamptz,
        outcome -> Nullable<Text>,
        appointment_id -> Nullable<Uuid>,
        sms_message_id -> Nullable<Uuid>,
        words -> Nullable<Text>,
        metadata -> Nullable<Jsonb>,
        answered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    vapi_credentials (org_id, id) {
        org_id -> Uuid,
        id -> Uuid,
        kind -> Text,
        digest -> Nullable<Bytea>,
        sealed_key -> Nullable<Bytea>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::joinable!(closures -> organizations (org_id));
diesel::joinable!(customer_twilio_keys -> organizations (org_id));
diesel::joinable!(inbound_messages -> organizations (org_id));
diesel::joinable!(patients -> organizations (org_id));
diesel::joinable!(providers -> organizations (org_id));
diesel::joinable!(services -> organizations (org_id));
diesel::joinable!(sms_breakers -> organizations (org_id));
diesel::joinable!(sms_numbers_of_day -> organizations (org_id));
diesel::joinable!(sms_opt_outs -> organizations (org_id));
diesel::joinable!(text_templates -> organizations (org_id));
diesel::joinable!(vapi_credentials -> organizations (org_id));

diesel::allow_tables_to_appear_in_same_query!(
    appointments,
    audit_log,
    closures,
    confirmation_links,
    customer_twilio_keys,
    inbound_messages,
    opening_hours,
    organizations,
    patients,
    provider_days,
    provider_services,
    providers,
    reminders,
    services,
    sms_alerts,
    sms_attempts,
    sms_breakers,
    sms_consents,
    sms_delivery_events,
    sms_messages,
    sms_numbers_of_day,
    sms_opt_outs,
    text_templates,
    tool_calls,
    vapi_credentials,
);
