INSERT INTO pole.location (kind, key, label, thana, state, event_time, known_time, _row)
SELECT 'station', 'station:' || unit_code, max(name), max(name), 'Rajasthan', CAST(min(valid_from) AS TIMESTAMP), CAST(max(valid_from) AS TIMESTAMP),
       min(_row) AS _row
FROM source
WHERE kind = 'station'
GROUP BY unit_code;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, started_at, ended_at, known_time, _row)
SELECT 'unit', unit_code, 'belongs_to', 'unit', parent_code, CAST(valid_from AS TIMESTAMP), CAST(valid_to AS TIMESTAMP), CAST(valid_from AS TIMESTAMP), _row
FROM source
WHERE parent_code IS NOT NULL;
