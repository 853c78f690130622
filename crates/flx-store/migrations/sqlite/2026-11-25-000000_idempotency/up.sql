-- What became of requests that carried an Idempotency-Key.
CREATE TABLE idempotent_requests (
    account_id     TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- A digest of what the client sent, which is not ours to keep.
    key_digest     BLOB   NOT NULL,
    -- Of the parts of the request: another one under the same key is refused.
    fingerprint    BLOB   NOT NULL,
    -- While it is open the request runs; closed without an answer, the request may be made again.
    reservation_id TEXT   NOT NULL UNIQUE,
    -- The answer, once there is one.
    status         BIGINT,
    head           TEXT,
    body           TEXT,
    -- The picture that is the answer's body, where it is not `body`.
    result_id      TEXT,
    expires_at_ms  BIGINT NOT NULL,
    PRIMARY KEY (account_id, key_digest)
) WITHOUT ROWID;
CREATE INDEX idempotent_requests_by_expiry ON idempotent_requests (expires_at_ms);
