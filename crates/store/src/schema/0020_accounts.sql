-- People who use the lake: who they are, where they serve, how they prove it. Nothing here opens anything by itself: passwords,
-- sessions, tokens and recovery codes are kept as hashes, secrets of authenticators sealed with a key outside the database.
-- Times are UTC microseconds; lists are words parted and framed by blanks.

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name_en TEXT NOT NULL,
    name_hi TEXT NOT NULL,
    rank TEXT NOT NULL,
    roles TEXT NOT NULL,
    clearances TEXT NOT NULL,
    password TEXT,
    password_until BIGINT,
    second TEXT,
    second_step BIGINT NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TABLE account_unit (
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT,
    principal TEXT NOT NULL,
    PRIMARY KEY (account, from_at)
);

CREATE TABLE account_recovery (
    account TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (account, hash)
);

CREATE TABLE account_session (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    account TEXT NOT NULL,
    state TEXT NOT NULL,
    way TEXT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    enrol TEXT,
    provider TEXT,
    refresh TEXT,
    refresh_at BIGINT
);
CREATE UNIQUE INDEX account_session_hash ON account_session (hash);
CREATE INDEX account_session_account ON account_session (account);

CREATE TABLE account_token (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX account_token_hash ON account_token (hash);
CREATE INDEX account_token_account ON account_token (account);

CREATE TABLE account_attempt (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    open_at BIGINT NOT NULL
);

CREATE TABLE account_identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE UNIQUE INDEX account_identity_account ON account_identity (issuer, account);

CREATE TABLE account_flow (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE TABLE account_spent (
    mark TEXT PRIMARY KEY,
    until_at BIGINT NOT NULL
);
