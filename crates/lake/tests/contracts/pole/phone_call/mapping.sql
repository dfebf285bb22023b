INSERT INTO pole.event (kind, key, title, started_at, event_time, known_time, _row)
SELECT 'call', 'pole:' || CAST(id AS VARCHAR), call_type, called_at, called_at, called_at, _row FROM source;
