INSERT INTO pole.event (kind, key, title, started_at, event_time, known_time, _row)
SELECT 'crime', 'chicago:' || id, primary_type, date, date, date, _row FROM source;
