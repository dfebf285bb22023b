-- Why people read: pieces of work and who is of their team; what was granted for them (authorities, court orders, releases); which
-- one each session has in hand. Times are UTC microseconds; lists are words parted and framed by blanks.

CREATE TABLE access_work (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    reference TEXT NOT NULL,
    sections TEXT NOT NULL,
    reason TEXT NOT NULL,
    unit TEXT,
    emergency BIGINT NOT NULL,
    numbers TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    reviewed_at BIGINT,
    reviewed_by TEXT,
    finding TEXT
);
CREATE INDEX access_work_opened ON access_work (opened_at);
CREATE INDEX access_work_reference ON access_work (reference);

CREATE TABLE access_member (
    work TEXT NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_by TEXT,
    PRIMARY KEY (work, account)
);
CREATE INDEX access_member_account ON access_member (account);

CREATE TABLE access_hand (
    holder TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    work TEXT NOT NULL,
    taken_at BIGINT NOT NULL
);
CREATE INDEX access_hand_account ON access_hand (account);

CREATE TABLE access_request (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    work TEXT NOT NULL,
    account TEXT NOT NULL,
    reference TEXT NOT NULL,
    items TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_at BIGINT,
    to_at BIGINT,
    until_at BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    requester_rank TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    decider_rank TEXT,
    note TEXT
);
CREATE INDEX access_request_work ON access_request (work, kind);
CREATE INDEX access_request_state ON access_request (kind, state);

CREATE TABLE access_declaration (
    month TEXT NOT NULL,
    district TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    requests BIGINT NOT NULL,
    PRIMARY KEY (month, district)
);
