-- What the public is told of edits, and sheets of which none writes over another.

-- The version whose words an edit took the place of.
ALTER TABLE social_delivery ADD COLUMN replaced BIGINT;
-- Why the public no longer reads an earlier wording; none: it does.
ALTER TABLE social_version ADD COLUMN withheld TEXT;

-- One row for each page somebody has open, in place of one for each person and message: two pages of one person are two sheets.
CREATE TABLE social_page (
    principal TEXT NOT NULL,
    -- Made with the page; `begun` is the sheet it goes on from, or empty.
    id TEXT NOT NULL,
    begun TEXT NOT NULL,
    -- Empty for a new message.
    post TEXT NOT NULL,
    version BIGINT NOT NULL,
    fields TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (principal, id)
);
INSERT INTO social_page (principal, id, begun, post, version, fields, at) SELECT principal, 'sheet ' || post, '', post, version, fields, at FROM social_sheet;
DROP TABLE social_sheet;
ALTER TABLE social_page RENAME TO social_sheet;
CREATE INDEX social_sheet_post ON social_sheet (post, at);
CREATE INDEX social_sheet_at ON social_sheet (at);

-- Whose token ends soon, among thousands of accounts.
CREATE INDEX social_account_ends ON social_account (expires_at) WHERE expires_at IS NOT NULL;
