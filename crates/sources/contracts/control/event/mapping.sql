INSERT INTO pole.event (kind, key, title, started_at, ended_at, station, location_key, case_key, status, event_time, known_time, _row)
SELECT 'emergency', 'erss:' || event_no, event_type || coalesce(', ' || sub_type, ''), received_at, closed_at, CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END,
       CASE WHEN lat IS NULL AND location_text IS NULL THEN NULL ELSE 'place:erss:' || event_no END, NULL, CASE WHEN coalesce(false_call, false) THEN 'false' ELSE coalesce(closure, 'open') END, received_at,
       coalesce(updated_at, closed_at, received_at), _row
FROM source;

INSERT INTO pole.location (kind, key, label, address, thana, state, lat, lon, event_time, known_time, _row)
SELECT 'place', 'place:erss:' || event_no, location_text, location_text, station, 'Rajasthan', lat, lon, received_at, received_at, _row
FROM source
WHERE lat IS NOT NULL OR location_text IS NOT NULL;
