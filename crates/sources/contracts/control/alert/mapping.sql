INSERT INTO pole.event (kind, key, title, started_at, ended_at, location_key, status, event_time, known_time, _row)
SELECT 'alert', 'alert:' || alert_id, alert_type || ', ' || device_id, raised_at, closed_at, 'camera:' || device_id, outcome, raised_at, coalesce(updated_at, raised_at), _row
FROM source;

INSERT INTO pole.location (kind, key, label, lat, lon, known_time, _row)
SELECT 'camera', 'camera:' || device_id, device_id, max(lat), max(lon), max(raised_at), min(_row) AS _row
FROM source
GROUP BY device_id;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'vehicle', plate, plate, min(raised_at), max(raised_at), min(_row) AS _row
FROM source
WHERE plate IS NOT NULL
GROUP BY plate;
