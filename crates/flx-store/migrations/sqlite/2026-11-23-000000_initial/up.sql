-- Times are Unix milliseconds, ids are UUIDv7 text made by the program, amounts are whole credits.

CREATE TABLE accounts (
    id               TEXT   NOT NULL PRIMARY KEY,
    email            TEXT   NOT NULL UNIQUE,
    tier             TEXT   NOT NULL,
    created_at_ms    BIGINT NOT NULL,
    disabled_at_ms   BIGINT,
    -- Creation until the first paid plan, then the moment of that plan: decides the day of renewal.
    anchor_ms        BIGINT NOT NULL,
    first_paid_at_ms BIGINT,
    -- The index of the period that begins at the anchor: moving the anchor never reuses an index.
    anchor_index      BIGINT NOT NULL,
    -- The highest period ever entered. Only grows; names the row of usage_periods that counts now.
    period_index     BIGINT NOT NULL,
    ai_topup         BIGINT NOT NULL CHECK (ai_topup >= 0)
);

CREATE TABLE api_keys (
    id              TEXT   NOT NULL PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    lookup          TEXT   NOT NULL UNIQUE,
    hash            TEXT   NOT NULL,
    masked          TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    -- Which key of its account it is, from 1 on.
    generation      BIGINT NOT NULL,
    created_at_ms   BIGINT NOT NULL,
    created_by      TEXT   NOT NULL,
    last_used_at_ms BIGINT,
    ended_at_ms     BIGINT,
    ended_by        TEXT,
    UNIQUE (account_id, generation)
);
CREATE UNIQUE INDEX api_keys_one_active ON api_keys (account_id) WHERE ended_at_ms IS NULL;

CREATE TABLE usage_periods (
    account_id       TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    period_index     BIGINT NOT NULL,
    starts_at_ms     BIGINT NOT NULL,
    ends_at_ms       BIGINT NOT NULL,
    -- Charged and still reserved together: used = committed + open.
    compressions     BIGINT NOT NULL CHECK (compressions >= 0),
    -- The month's own AI credits only; what top-ups paid is taken from accounts.ai_topup.
    ai               BIGINT NOT NULL CHECK (ai >= 0),
    PRIMARY KEY (account_id, period_index)
) WITHOUT ROWID;

CREATE TABLE reservations (
    id            TEXT   NOT NULL PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    key_id        TEXT,
    kind          TEXT   NOT NULL,
    period_index  BIGINT NOT NULL,
    amount        BIGINT NOT NULL CHECK (amount > 0),
    -- How much of the amount was taken from the AI top-up balance.
    from_topup    BIGINT NOT NULL CHECK (from_topup >= 0 AND from_topup <= amount),
    state         TEXT   NOT NULL,
    charged       BIGINT NOT NULL CHECK (charged >= 0 AND charged <= amount),
    created_at_ms BIGINT NOT NULL,
    lease_ends_ms BIGINT NOT NULL,
    closed_at_ms  BIGINT
);
CREATE INDEX reservations_of_account ON reservations (account_id, period_index);
CREATE INDEX reservations_open ON reservations (lease_ends_ms) WHERE closed_at_ms IS NULL;
CREATE INDEX reservations_closed ON reservations (closed_at_ms) WHERE closed_at_ms IS NOT NULL;

CREATE TABLE ledger (
    id             TEXT   NOT NULL PRIMARY KEY,
    account_id     TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    period_index   BIGINT NOT NULL,
    kind           TEXT   NOT NULL,
    entry          TEXT   NOT NULL,
    -- Credits charged (settle), 0 (release, expire) or granted (topup).
    amount         BIGINT NOT NULL CHECK (amount >= 0),
    from_topup     BIGINT NOT NULL CHECK (from_topup >= 0 AND from_topup <= amount),
    -- One entry a reservation, whatever happens to it.
    reservation_id TEXT   UNIQUE,
    at_ms          BIGINT NOT NULL
);
CREATE INDEX ledger_of_account ON ledger (account_id, period_index);

-- No foreign key: the rows of a deleted account stay until the sweep has removed their files.
CREATE TABLE results (
    id            TEXT   NOT NULL PRIMARY KEY,
    account_id    TEXT   NOT NULL,
    session_id    TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    media_type    TEXT   NOT NULL,
    size_bytes    BIGINT NOT NULL,
    object_key    TEXT   NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
CREATE INDEX results_by_expiry ON results (expires_at_ms);
CREATE INDEX results_of_session ON results (account_id, session_id);

-- No foreign key: the log outlives what it tells about.
CREATE TABLE audit_log (
    id      TEXT   NOT NULL PRIMARY KEY,
    at_ms   BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT   NOT NULL,
    detail  TEXT   NOT NULL
);
CREATE INDEX audit_log_by_time ON audit_log (at_ms);

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);
