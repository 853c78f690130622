-- Who signs in, from which browsers, and by which one-time links; what requests brought.

-- Since when the account sees the operator's pages.
ALTER TABLE accounts ADD COLUMN operator_since_ms BIGINT;

CREATE TABLE passwords (
    account_id    TEXT   NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    hash          TEXT   NOT NULL,
    changed_at_ms BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE web_sessions (
    id              TEXT   NOT NULL PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Of the token in the browser's cookie, which is not kept.
    digest          BLOB   NOT NULL UNIQUE,
    -- Of the token before: requests that were on their way when it was replaced carry it.
    digest_before   BLOB   UNIQUE,
    replaced_at_ms  BIGINT NOT NULL,
    created_at_ms   BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    expires_at_ms   BIGINT NOT NULL,
    browser         TEXT   NOT NULL,
    address         TEXT   NOT NULL
) WITHOUT ROWID;
CREATE INDEX web_sessions_of_account ON web_sessions (account_id);
CREATE INDEX web_sessions_by_expiry ON web_sessions (expires_at_ms);

CREATE TABLE one_time_links (
    -- Of the link's token, which is not kept.
    digest        BLOB   NOT NULL PRIMARY KEY,
    purpose       TEXT   NOT NULL,
    -- None for the set-up of an installation that has no account yet.
    account_id    TEXT   UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
) WITHOUT ROWID;

-- What requests brought, for their owners to see. The ledger tells what they cost.
CREATE TABLE requests (
    id           TEXT   NOT NULL PRIMARY KEY,
    account_id   TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    origin       TEXT   NOT NULL,
    compressed   BIGINT NOT NULL CHECK (compressed >= 0),
    failed       BIGINT NOT NULL CHECK (failed >= 0),
    -- Of the pictures that were compressed.
    bytes_before BIGINT NOT NULL CHECK (bytes_before >= 0),
    bytes_after  BIGINT NOT NULL CHECK (bytes_after >= 0),
    at_ms        BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX requests_of_account ON requests (account_id, at_ms);
CREATE INDEX requests_by_time ON requests (at_ms);
