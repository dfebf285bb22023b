-- What left the lake as a file, and what was asked to be erased from it. Times are UTC microseconds.

CREATE TABLE export (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    manifest TEXT NOT NULL
);
CREATE INDEX export_account ON export (account, at);
CREATE INDEX export_sha256 ON export (sha256);

CREATE TABLE expungement (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    basis TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requester_rank TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decider_rank TEXT,
    decided_at BIGINT,
    note TEXT,
    run_by TEXT,
    done_at BIGINT,
    receipt TEXT
);
CREATE INDEX expungement_state ON expungement (state, requested_at);
