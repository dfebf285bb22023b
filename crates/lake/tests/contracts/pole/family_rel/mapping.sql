INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, _row)
SELECT 'person', 'pole:' || CAST(from_id AS VARCHAR), 'family', 'person', 'pole:' || CAST(to_id AS VARCHAR), rel_type, _row FROM source;
