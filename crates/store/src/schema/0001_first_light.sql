CREATE TABLE object (
    sha256 TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    original_name TEXT NOT NULL,
    received_at $TIME NOT NULL,
    received_by TEXT NOT NULL,
    authority TEXT,
    media_type TEXT NOT NULL,
    parent_sha256 TEXT,
    member_name TEXT,
    retention_until $TIME,
    note TEXT
);
CREATE INDEX object_received ON object (received_at);
CREATE INDEX object_parent ON object (parent_sha256);

CREATE TABLE run (
    id TEXT PRIMARY KEY,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    principal TEXT NOT NULL,
    contract TEXT NOT NULL,
    contract_version TEXT NOT NULL,
    variant INTEGER NOT NULL,
    state TEXT NOT NULL,
    input BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    corrected BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    started_at $TIME NOT NULL,
    finished_at $TIME,
    seconds $FLOAT,
    message TEXT,
    report $JSON,
    progress_bytes BIGINT NOT NULL,
    total_bytes BIGINT NOT NULL
);
CREATE INDEX run_object ON run (object);
CREATE INDEX run_contract ON run (contract, id);
CREATE INDEX run_state ON run (state);

CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    position BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT,
    run_id TEXT
);
CREATE INDEX upload_state ON upload (state, updated_at);

CREATE TABLE history (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    sql TEXT NOT NULL,
    purpose TEXT NOT NULL,
    started_at $TIME NOT NULL,
    seconds $FLOAT,
    rows BIGINT,
    state TEXT NOT NULL,
    message TEXT
);
CREATE INDEX history_principal ON history (principal, id);

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value $JSON NOT NULL
);
