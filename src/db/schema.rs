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
    customer_twilio_keys (org_id) {
        org_id -> Uuid,
        account_sid -> Bytea,
        auth_token -> Bytea,
        api_key_sid -> Nullable<Bytea>,
        api_key_secret -> Nullable<Bytea>,
        phone_number -> Nullable<Text>,
        messaging_service_sid -> Nullable<Text>,
        updated_at -> Timestamptz,
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
diesel::joinable!(patients -> organizations (org_id));
diesel::joinable!(providers -> organizations (org_id));
diesel::joinable!(services -> organizations (org_id));
diesel::joinable!(vapi_credentials -> organizations (org_id));

diesel::allow_tables_to_appear_in_same_query!(
    appointments,
    audit_log,
    closures,
    customer_twilio_keys,
    opening_hours,
    organizations,
    patients,
    provider_days,
    provider_services,
    providers,
    services,
    sms_attempts,
    sms_messages,
    tool_calls,
    vapi_credentials,
);
