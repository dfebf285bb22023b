INSERT INTO pole.event (kind, key, title, started_at, station, status, event_time, known_time, _row)
SELECT 'lost_article', 'lost:' || report_no, 'Lost ' || article_type, coalesce(lost_at, reported_at), CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END,
       CASE WHEN coalesce(found, false) THEN 'found' ELSE 'lost' END, reported_at, coalesce(updated_at, reported_at), _row
FROM source;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'imei', imei, imei, min(reported_at), max(reported_at), min(_row) AS _row
FROM source
WHERE imei IS NOT NULL
GROUP BY imei;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, started_at, known_time, _row)
SELECT 'imei', imei, 'reported_lost_in', 'event', 'lost:' || report_no, reported_at, reported_at, _row
FROM source
WHERE imei IS NOT NULL;
