INSERT INTO pole.object (kind, key, label, attributes, event_time, known_time, _row)
SELECT 'vehicle', plate, plate || coalesce(' ' || make, '') || coalesce(' ' || model, ''), '{"status":"' || status || '","colour":"' || replace(coalesce(colour, ''), '"', '') || '"}', CAST(happened_on AS TIMESTAMP),
       coalesce(updated_at, CAST(happened_on AS TIMESTAMP)), _row
FROM source
WHERE plate IS NOT NULL;

INSERT INTO pole.object (kind, key, label, known_time, _row)
SELECT 'chassis', chassis, chassis, CAST(min(happened_on) AS TIMESTAMP), min(_row) AS _row
FROM source
WHERE chassis IS NOT NULL
GROUP BY chassis;

INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'vehicle_' || status, 'vehicle-entry:' || entry_id, status || ' vehicle' || coalesce(' ' || plate, ''), CAST(happened_on AS TIMESTAMP), CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END,
       CASE WHEN fir_no IS NULL OR fir_year IS NULL OR station_code IS NULL THEN NULL ELSE 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR) END, status, CAST(happened_on AS TIMESTAMP), coalesce(updated_at, CAST(happened_on AS TIMESTAMP)), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT CASE WHEN plate IS NULL THEN 'chassis' ELSE 'vehicle' END, coalesce(plate, chassis), 'reported_in', 'event', 'vehicle-entry:' || entry_id, status, CAST(happened_on AS TIMESTAMP), CAST(happened_on AS TIMESTAMP), _row
FROM source
WHERE plate IS NOT NULL OR chassis IS NOT NULL;
