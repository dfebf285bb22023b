INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, _row)
SELECT 'event', 'pole:' || CAST(from_id AS VARCHAR), 'caller', 'phone', 'pole:' || CAST(to_id AS VARCHAR), NULL, _row FROM source;
