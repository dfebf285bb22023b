INSERT INTO pole.event (kind, key, title, started_at, case_key, status, event_time, known_time, _row)
SELECT 'crime', 'pole:' || CAST(id AS VARCHAR), type, CAST(date AS TIMESTAMP), 'pole:' || CAST(id AS VARCHAR), last_outcome, CAST(date AS TIMESTAMP), CAST(date AS TIMESTAMP), _row
FROM source;
