-- A desk with a million posts and items: what workers and pages ask for is found without reading what they do not use. Each index
-- stands for one question; `store::social::plans` holds the questions against them.

-- When an account last published, and what stands in its way just now.
DROP INDEX social_delivery_account;
CREATE INDEX social_delivery_account ON social_delivery (account, state, settled_at);
-- What an account said lately, for the check of repetitions.
CREATE INDEX social_delivery_said ON social_delivery (account, due_at);
-- Copies of a message, and which of them are out.
DROP INDEX social_delivery_post;
CREATE INDEX social_delivery_post ON social_delivery (post, state, part);
-- The calendar of a unit and those below it.
DROP INDEX social_delivery_unit;
CREATE INDEX social_delivery_unit ON social_delivery (unit, due_at, id);
-- What the public sees of one unit or of one kind, the newest first.
CREATE INDEX social_delivery_out_unit ON social_delivery (unit, settled_at) WHERE state = 'live' AND part = 0 AND kind <> 'reply';
CREATE INDEX social_delivery_out_kind ON social_delivery (kind, settled_at) WHERE state = 'live' AND part = 0 AND kind <> 'reply';

-- Lists of messages, the newest first.
DROP INDEX social_post_unit;
CREATE INDEX social_post_unit ON social_post (unit, created_at, id);
DROP INDEX social_post_state;
CREATE INDEX social_post_state ON social_post (state, created_at, id);
CREATE INDEX social_post_made ON social_post (created_at, id);
CREATE INDEX social_post_corrects ON social_post (corrects) WHERE corrects IS NOT NULL;

-- The stream of all, of one unit and those below it; answers by when something was written.
DROP INDEX social_item_due;
CREATE INDEX social_item_due ON social_item (state, due_at, id);
DROP INDEX social_item_open;
CREATE INDEX social_item_open ON social_item (unit, state, due_at, id);
CREATE INDEX social_item_written ON social_item (written_at);

CREATE INDEX social_account_unit ON social_account (unit);

-- When an account was last read for what people wrote; whoever sets it reads.
ALTER TABLE social_account ADD COLUMN polled_at BIGINT;

-- Short links under the portal's own address. Openings are counted by day, and nothing about who opened.
CREATE TABLE social_link (
    code TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    unit TEXT NOT NULL,
    campaign TEXT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL,
    stopped_at BIGINT
);
CREATE UNIQUE INDEX social_link_url ON social_link (unit, campaign, url);
CREATE TABLE social_link_day (
    code TEXT NOT NULL,
    day BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    PRIMARY KEY (code, day)
);

-- Captions of a film: their file, its hash, their language.
ALTER TABLE social_media ADD COLUMN track TEXT NOT NULL DEFAULT '';
