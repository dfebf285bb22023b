-- The desk's networks and pages: applications, consents, calls already seen, media, campaigns, notes, saved replies, numbers.

CREATE TABLE social_client (
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret TEXT NOT NULL,
    redirect TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (network, address)
);

CREATE TABLE social_consent (
    state TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    network TEXT NOT NULL,
    address TEXT NOT NULL,
    verifier TEXT NOT NULL,
    principal TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A body that was taken once changes nothing when it comes again.
CREATE TABLE social_hook (
    digest TEXT PRIMARY KEY,
    network TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX social_hook_at ON social_hook (at);

CREATE TABLE social_media (
    sha256 TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    alt TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX social_media_unit ON social_media (unit, at);

CREATE TABLE social_campaign (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    name_hi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    about_hi TEXT NOT NULL,
    about_en TEXT NOT NULL,
    audience TEXT NOT NULL,
    hashtag TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    goal BIGINT NOT NULL,
    public BIGINT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE social_campaign_post (
    campaign TEXT NOT NULL,
    post TEXT NOT NULL,
    PRIMARY KEY (campaign, post)
);

CREATE TABLE social_note (
    id TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    body TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX social_note_post ON social_note (post, at);

CREATE TABLE social_saved_reply (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    hindi TEXT NOT NULL,
    english TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE social_metric (
    delivery TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (delivery, name, at)
);

CREATE INDEX social_delivery_when ON social_delivery (due_at, id);
CREATE INDEX social_delivery_unit ON social_delivery (unit, due_at);
CREATE INDEX social_delivery_settled ON social_delivery (state, settled_at);
CREATE INDEX social_item_due ON social_item (state, due_at);
CREATE INDEX social_post_state ON social_post (state, changed_at);
