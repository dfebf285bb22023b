-- The desk: units, channels, messages, and the outbox through which each post leaves once.
-- Times are UTC microseconds, so that patience is arithmetic both databases do alike; texts of JSON are checked by their readers.

CREATE TABLE social_unit (
    code TEXT PRIMARY KEY,
    parent TEXT,
    name_en TEXT NOT NULL,
    name_hi TEXT NOT NULL,
    kind TEXT NOT NULL,
    constituencies TEXT NOT NULL,
    numbers TEXT NOT NULL,
    paused_at BIGINT,
    paused_by TEXT,
    pause_reason TEXT
);
CREATE INDEX social_unit_parent ON social_unit (parent);

CREATE TABLE social_officer (
    principal TEXT NOT NULL,
    unit TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (principal, unit, role)
);

CREATE TABLE social_chain (
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (unit, kind)
);

CREATE TABLE social_silence (
    id TEXT PRIMARY KEY,
    constituency TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    reference TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE social_account (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    remote TEXT NOT NULL,
    address TEXT NOT NULL,
    app TEXT NOT NULL,
    state TEXT NOT NULL,
    secret TEXT NOT NULL,
    secret_version BIGINT NOT NULL,
    refreshing_at BIGINT,
    expires_at BIGINT,
    blocked_until BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    cursor TEXT,
    probed_at BIGINT,
    note TEXT,
    connected_by TEXT NOT NULL,
    confirmed_by TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX social_account_handle ON social_account (network, handle);

CREATE TABLE social_app (
    id TEXT PRIMARY KEY,
    blocked_until BIGINT NOT NULL,
    failures BIGINT NOT NULL
);

CREATE TABLE social_post (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    author TEXT NOT NULL,
    corrects TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX social_post_unit ON social_post (unit, created_at);

CREATE TABLE social_version (
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (post, version)
);

CREATE TABLE social_finding (
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    rule TEXT NOT NULL,
    level TEXT NOT NULL,
    overridden_by TEXT,
    reason TEXT,
    overridden_at BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (post, version, seq)
);

CREATE TABLE social_approval (
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    step BIGINT NOT NULL,
    role TEXT NOT NULL,
    principal TEXT NOT NULL,
    note TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (post, version, step)
);

CREATE TABLE social_delivery (
    id TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    app TEXT NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    follows TEXT,
    reply_to TEXT,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    key TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    beat BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    intent_at BIGINT,
    prepared TEXT,
    remote TEXT,
    url TEXT,
    reason TEXT,
    settled_at BIGINT
);
CREATE INDEX social_delivery_due ON social_delivery (state, due_at);
CREATE INDEX social_delivery_post ON social_delivery (post);
CREATE INDEX social_delivery_account ON social_delivery (account, state);
CREATE INDEX social_delivery_follows ON social_delivery (follows);
-- At most one post of an account is on its way, whatever the workers do.
CREATE UNIQUE INDEX social_delivery_one ON social_delivery (account) WHERE state IN ('preparing', 'committing', 'unknown');
-- One remote post is the outcome of one delivery only.
CREATE UNIQUE INDEX social_delivery_remote ON social_delivery (account, remote) WHERE remote IS NOT NULL;

CREATE TABLE social_attempt (
    delivery TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    account TEXT NOT NULL,
    app TEXT NOT NULL,
    owner TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT,
    detail TEXT,
    settled_at BIGINT,
    PRIMARY KEY (delivery, attempt)
);
CREATE INDEX social_attempt_account ON social_attempt (account, at);
CREATE INDEX social_attempt_app ON social_attempt (app, at);

CREATE TABLE social_event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    principal TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX social_event_subject ON social_event (subject, at);

CREATE TABLE social_order (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL,
    court TEXT NOT NULL,
    post TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT,
    principal TEXT NOT NULL
);

CREATE TABLE social_removal (
    order_id TEXT NOT NULL,
    delivery TEXT NOT NULL,
    state TEXT NOT NULL,
    proof TEXT,
    at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (order_id, delivery)
);

CREATE TABLE social_item (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    remote TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    handle TEXT NOT NULL,
    body TEXT NOT NULL,
    url TEXT,
    written_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    answerable BIGINT NOT NULL,
    state TEXT NOT NULL,
    assigned_to TEXT,
    answering TEXT,
    answering_until BIGINT,
    answer TEXT,
    reason TEXT,
    changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX social_item_remote ON social_item (account, remote);
CREATE INDEX social_item_open ON social_item (unit, state, due_at);
