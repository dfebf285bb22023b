INSERT INTO pole.object (kind, key, label, _row) SELECT 'email', email_address, email_address, _row FROM source;
-- Relationships name nodes by number: the node is the same address.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, _row) SELECT 'node', 'pole:' || CAST(id AS VARCHAR), 'same_as', 'email', email_address, _row FROM source;
