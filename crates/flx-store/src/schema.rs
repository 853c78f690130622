//! The tables as diesel sees them: BigInt, Text and Binary only, so that the same queries serve
//! SQLite and PostgreSQL. The migrations are the authority; a test compares the two.

diesel::table! {
    accounts (id) {
        id -> Text,
        email -> Text,
        tier -> Text,
        created_at_ms -> BigInt,
        disabled_at_ms -> Nullable<BigInt>,
        anchor_ms -> BigInt,
        first_paid_at_ms -> Nullable<BigInt>,
        anchor_index -> BigInt,
        period_index -> BigInt,
        ai_topup -> BigInt,
        operator_since_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Text,
        account_id -> Text,
        lookup -> Text,
        hash -> Text,
        masked -> Text,
        state -> Text,
        generation -> BigInt,
        created_at_ms -> BigInt,
        created_by -> Text,
        last_used_at_ms -> Nullable<BigInt>,
        ended_at_ms -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    usage_periods (account_id, period_index) {
        account_id -> Text,
        period_index -> BigInt,
        starts_at_ms -> BigInt,
        ends_at_ms -> BigInt,
        compressions -> BigInt,
        ai -> BigInt,
    }
}

diesel::table! {
    reservations (id) {
        id -> Text,
        account_id -> Text,
        key_id -> Nullable<Text>,
        kind -> Text,
        period_index -> BigInt,
        amount -> BigInt,
        from_topup -> BigInt,
        state -> Text,
        charged -> BigInt,
        created_at_ms -> BigInt,
        lease_ends_ms -> BigInt,
        closed_at_ms -> Nullable<BigInt>,
    }
}

diesel::table! {
    ledger (id) {
        id -> Text,
        account_id -> Text,
        period_index -> BigInt,
        kind -> Text,
        entry -> Text,
        amount -> BigInt,
        from_topup -> BigInt,
        reservation_id -> Nullable<Text>,
        at_ms -> BigInt,
    }
}

diesel::table! {
    results (id) {
        id -> Text,
        account_id -> Text,
        session_id -> Text,
        name -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        object_key -> Text,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
    }
}

diesel::table! {
    idempotent_requests (account_id, key_digest) {
        account_id -> Text,
        key_digest -> Binary,
        fingerprint -> Binary,
        reservation_id -> Text,
        status -> Nullable<BigInt>,
        head -> Nullable<Text>,
        body -> Nullable<Text>,
        result_id -> Nullable<Text>,
        expires_at_ms -> BigInt,
    }
}

diesel::table! {
    passwords (account_id) {
        account_id -> Text,
        hash -> Text,
        changed_at_ms -> BigInt,
    }
}

diesel::table! {
    web_sessions (id) {
        id -> Text,
        account_id -> Text,
        digest -> Binary,
        digest_before -> Nullable<Binary>,
        replaced_at_ms -> BigInt,
        created_at_ms -> BigInt,
        last_seen_at_ms -> BigInt,
        expires_at_ms -> BigInt,
        browser -> Text,
        address -> Text,
    }
}

diesel::table! {
    one_time_links (digest) {
        digest -> Binary,
        purpose -> Text,
        account_id -> Nullable<Text>,
        created_at_ms -> BigInt,
        expires_at_ms -> BigInt,
    }
}

diesel::table! {
    requests (id) {
        id -> Text,
        account_id -> Text,
        origin -> Text,
        compressed -> BigInt,
        failed -> BigInt,
        bytes_before -> BigInt,
        bytes_after -> BigInt,
        at_ms -> BigInt,
    }
}

diesel::table! {
    audit_log (id) {
        id -> Text,
        at_ms -> BigInt,
        actor -> Text,
        action -> Text,
        subject -> Text,
        detail -> Text,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::joinable!(api_keys -> accounts (account_id));
diesel::joinable!(usage_periods -> accounts (account_id));
diesel::joinable!(web_sessions -> accounts (account_id));
diesel::joinable!(passwords -> accounts (account_id));
diesel::joinable!(one_time_links -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    api_keys,
    usage_periods,
    reservations,
    web_sessions,
    passwords,
    one_time_links,
);
