-- The desk's duties to the end: copies that no programme can remove, answers that are sent only when they are, times of silence that
-- are corrected, channels that are given up, secrets that wait for the second person.

-- Why copies go: a court's order, or the department's own decision.
ALTER TABLE social_order ADD COLUMN ground TEXT NOT NULL DEFAULT 'court';
-- A copy that was not made here has no delivery: its account (where it is one of ours), network, id there and address.
ALTER TABLE social_removal ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE social_removal ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE social_removal ADD COLUMN remote TEXT NOT NULL DEFAULT '';
ALTER TABLE social_removal ADD COLUMN url TEXT NOT NULL DEFAULT '';
-- Who saw by hand that it is gone.
ALTER TABLE social_removal ADD COLUMN hand TEXT NOT NULL DEFAULT '';
CREATE INDEX social_delivery_url ON social_delivery (url) WHERE url IS NOT NULL;

-- The one message that may answer an item; and those on their way.
ALTER TABLE social_item ADD COLUMN draft TEXT;
CREATE INDEX social_item_sending ON social_item (answer) WHERE state = 'sending';

CREATE INDEX social_media_at ON social_media (at, sha256);

-- What a second person has not confirmed yet; the account works on with what it has.
CREATE TABLE social_proposal (
    account TEXT PRIMARY KEY,
    remote TEXT NOT NULL,
    address TEXT NOT NULL,
    app TEXT NOT NULL,
    secret TEXT NOT NULL,
    expires_at BIGINT,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- What is done once in a while by whichever program comes first: its name, and when it was done last.
CREATE TABLE social_chore (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Within how many minutes a unit and those below it answer.
ALTER TABLE social_unit ADD COLUMN answer_minutes BIGINT;
-- Which unit above an overdue item was told to last, and when the next one is told.
ALTER TABLE social_item ADD COLUMN escalated_to TEXT;
ALTER TABLE social_item ADD COLUMN escalate_at BIGINT;
