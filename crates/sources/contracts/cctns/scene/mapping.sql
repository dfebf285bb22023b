INSERT INTO pole.location (kind, key, label, address, thana, state, lat, lon, event_time, known_time, _row)
SELECT 'place', 'place:scene:' || scene_id, coalesce(place_description, place_type), place_description, station, 'Rajasthan', lat, lon, visited_at,
       coalesce(updated_at, visited_at), _row
FROM source;

INSERT INTO pole.event (kind, key, title, started_at, station, location_key, case_key, status, event_time, known_time, _row)
SELECT 'scene_visit', 'scene:' || scene_id, 'Scene of FIR ' || fir_no || '/' || CAST(fir_year AS VARCHAR) || coalesce(': ' || minor_head, ''),
       visited_at, 'station:' || station_code, 'place:scene:' || scene_id, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), record_status, visited_at, coalesce(updated_at, visited_at), _row
FROM source;
