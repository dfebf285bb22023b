INSERT INTO pole.object (kind, key, label, attributes, _row)
SELECT 'vehicle', reg, make || ' ' || model || ' ' || reg, '{"year":' || coalesce(CAST(year AS VARCHAR), 'null') || '}', _row FROM source;
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, _row) SELECT 'node', 'pole:' || CAST(id AS VARCHAR), 'same_as', 'vehicle', reg, _row FROM source;
