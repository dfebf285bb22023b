-- In which category the police hold somebody's data, as somebody decided; and history sheets with what happened to them. A person stands by
-- the public ids of the sources' keys, never by a name. Times are UTC microseconds.

CREATE TABLE subject_category (
    subject TEXT NOT NULL,
    category TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (subject, decided_at)
);

CREATE TABLE history_sheet (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    unit TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    order_no TEXT,
    opened_at BIGINT,
    due_at BIGINT,
    closed_at BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX history_sheet_state ON history_sheet (state);

CREATE TABLE history_sheet_subject (
    subject TEXT NOT NULL,
    sheet TEXT NOT NULL,
    PRIMARY KEY (subject, sheet)
);

CREATE TABLE history_sheet_step (
    id TEXT PRIMARY KEY,
    sheet TEXT NOT NULL,
    step TEXT NOT NULL,
    by_account TEXT NOT NULL,
    by_rank TEXT NOT NULL,
    order_no TEXT,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX history_sheet_step_sheet ON history_sheet_step (sheet);
