INSERT INTO pole.event (kind, key, title, started_at, ended_at, station, status, event_time, known_time, _row)
SELECT 'missing_person', 'missing:' || station_code || '/' || missing_id, 'Missing person ' || missing_id, coalesce(missing_since, reported_at), CAST(found_on AS TIMESTAMP),
       'station:' || station_code, coalesce(status, 'missing'), reported_at, coalesce(updated_at, reported_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, relation, relative_name, sex, age, age_on, address, village, thana, person_key, event_key, standing, sealed, event_time, known_time, _row)
SELECT 'victim', name, relation, relative_name, sex, age, CAST(reported_at + INTERVAL '330 minutes' AS DATE), address, village, station, 'missing:' || station_code || '/' || missing_id,
       'missing:' || station_code || '/' || missing_id, status, coalesce(sealed, false), reported_at, coalesce(updated_at, reported_at), _row
FROM source
WHERE name IS NOT NULL;
