-- The desk, further: edits of what is out, messages to an account alone, times of a queue, sheets that are not saved yet.

-- A delivery that edits another one; it has no copy of its own.
ALTER TABLE social_delivery ADD COLUMN revises TEXT;
-- When the words of a copy were last changed at the network.
ALTER TABLE social_delivery ADD COLUMN edited_at BIGINT;
CREATE INDEX social_delivery_revises ON social_delivery (revises) WHERE revises IS NOT NULL;

-- Times at which a channel publishes what is put into its queue: day of the week (1 is Monday) and minute of the Indian day.
CREATE TABLE social_slot (
    account TEXT NOT NULL,
    day BIGINT NOT NULL,
    minute BIGINT NOT NULL,
    principal TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, day, minute)
);
-- The time of the queue a delivery took: of two that take it at once, one gets it.
ALTER TABLE social_delivery ADD COLUMN slot BIGINT;
CREATE UNIQUE INDEX social_delivery_slot ON social_delivery (account, slot) WHERE slot IS NOT NULL AND state NOT IN ('cancelled', 'failed', 'missed', 'removed');

-- Until when the network lets a program answer; none: always, as far as it does at all.
ALTER TABLE social_item ADD COLUMN answer_until BIGINT;
-- Words of messages that are still kept.
CREATE INDEX social_item_words ON social_item (changed_at) WHERE kind = 'message' AND body <> '';
-- Where reading of messages to the account alone goes on.
ALTER TABLE social_account ADD COLUMN message_cursor TEXT;

-- When an item is told to the unit above: with its own time from the beginning, so that what was told is not looked at before its turn.
UPDATE social_item SET escalate_at = due_at WHERE escalate_at IS NULL;
CREATE INDEX social_item_escalate ON social_item (state, escalate_at);

-- What somebody has on a sheet and has not saved: one for each person and message; of a new message the message is empty.
CREATE TABLE social_sheet (
    principal TEXT NOT NULL,
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    fields TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (principal, post)
);
CREATE INDEX social_sheet_post ON social_sheet (post, at);
