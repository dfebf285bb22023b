CREATE TABLE way_pull (
    name TEXT PRIMARY KEY,
    watermark TEXT,
    tried_at BIGINT,
    done_at BIGINT,
    failures BIGINT NOT NULL,
    message TEXT,
    input BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL
);

CREATE TABLE way_file (
    way TEXT NOT NULL,
    path TEXT NOT NULL,
    mark TEXT NOT NULL,
    object TEXT,
    message TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (way, path)
);

CREATE TABLE way_alert (
    contract TEXT NOT NULL,
    since BIGINT NOT NULL,
    until_at BIGINT,
    expected_seconds BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (contract, since)
);
