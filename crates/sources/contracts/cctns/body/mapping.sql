INSERT INTO pole.event (kind, key, title, started_at, station, location_key, status, event_time, known_time, _row)
SELECT CASE WHEN coalesce(alive, false) THEN 'found_person' ELSE 'unidentified_body' END, 'inquest:' || station_code || '/' || body_id, 'Inquest ' || body_id, found_at, 'station:' || station_code,
       'place:inquest:' || station_code || '/' || body_id, CASE WHEN coalesce(identified, false) THEN 'identified' ELSE 'unidentified' END, found_at, coalesce(updated_at, found_at), _row
FROM source;

INSERT INTO pole.location (kind, key, label, address, thana, state, lat, lon, event_time, known_time, _row)
SELECT 'place', 'place:inquest:' || station_code || '/' || body_id, place, place, station, 'Rajasthan', lat, lon, found_at, coalesce(updated_at, found_at), _row
FROM source;
