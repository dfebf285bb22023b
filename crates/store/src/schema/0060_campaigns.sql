-- Campaigns with goals by unit, messages planned for a time, recurring messages, imports of many, templates, appreciation.

ALTER TABLE social_campaign ADD COLUMN theme TEXT NOT NULL DEFAULT 'awareness';
ALTER TABLE social_campaign ADD COLUMN part_hi TEXT NOT NULL DEFAULT '';
ALTER TABLE social_campaign ADD COLUMN part_en TEXT NOT NULL DEFAULT '';

CREATE TABLE social_goal (
    campaign TEXT NOT NULL,
    unit TEXT NOT NULL,
    goal BIGINT NOT NULL,
    PRIMARY KEY (campaign, unit)
);
CREATE INDEX social_campaign_post_post ON social_campaign_post (post);

-- A message that goes out at a time once it is approved, in the name of whoever planned it.
CREATE TABLE social_plan (
    post TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    channels TEXT NOT NULL,
    principal TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX social_plan_state ON social_plan (state, due_at);
CREATE INDEX social_plan_origin ON social_plan (origin);

CREATE TABLE social_recurrence (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    body TEXT NOT NULL,
    channels TEXT NOT NULL,
    campaign TEXT NOT NULL,
    rule TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    next_at BIGINT,
    state TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- One occurrence is made once, whatever number of workers looks.
CREATE TABLE social_occurrence (
    recurrence TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    post TEXT,
    reason TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (recurrence, due_at)
);

CREATE TABLE social_import (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    messages BIGINT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE social_template (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    hindi TEXT NOT NULL,
    english TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- What others say well of the department: a link, whose it is, and whether a named private person agreed.
CREATE TABLE social_praise (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    url TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    source TEXT NOT NULL,
    about_hi TEXT NOT NULL,
    about_en TEXT NOT NULL,
    consent TEXT,
    public BIGINT NOT NULL,
    thanked_at BIGINT,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX social_praise_url ON social_praise (url);
