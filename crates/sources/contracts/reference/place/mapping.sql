INSERT INTO pole.location (kind, key, label, state, pincode, lat, lon, event_time, known_time, _row)
SELECT level, 'lgd:' || level || '/' || code, name, coalesce(initcap(state), 'Rajasthan'), pincode, lat, lon, CAST(valid_from AS TIMESTAMP), CAST(valid_from AS TIMESTAMP), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, started_at, ended_at, known_time, _row)
SELECT level, 'lgd:' || level || '/' || code, 'belongs_to', parent_level, 'lgd:' || parent_level || '/' || parent_code, CAST(valid_from AS TIMESTAMP), CAST(valid_to AS TIMESTAMP), CAST(valid_from AS TIMESTAMP), _row
FROM source
WHERE parent_level IS NOT NULL AND parent_code IS NOT NULL;
