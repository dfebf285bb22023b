-- Vehicles and cameras once per object; the reads themselves stay in the table, in both orders.
INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'vehicle', plate, plate, min(captured_at), max(captured_at), min(_row) AS _row
FROM source
GROUP BY plate;

INSERT INTO pole.location (kind, key, label, lat, lon, known_time, _row)
SELECT 'camera', 'camera:' || camera_id, camera_id, max(lat), max(lon), max(captured_at), min(_row) AS _row
FROM source
GROUP BY camera_id;
