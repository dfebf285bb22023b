INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'disposal', 'disposal:' || disposal_id, result || coalesce(' ' || accused_code, '') || ', ' || court, CAST(judged_on AS TIMESTAMP), 'station:' || station_code, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), result,
       CAST(judged_on AS TIMESTAMP), coalesce(updated_at, CAST(judged_on AS TIMESTAMP)), _row
FROM source;

-- The person as the court names them, with the standing the judgment gives.
INSERT INTO pole.person_mention (role, name, relation, relative_name, person_key, event_key, standing, sealed, event_time, known_time, _row)
SELECT 'accused', name, relation, relative_name, 'cctns:' || coalesce(person_id, 'disposal-' || disposal_id), 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), result, false, CAST(judged_on AS TIMESTAMP),
       coalesce(updated_at, CAST(judged_on AS TIMESTAMP)), _row
FROM source
WHERE name IS NOT NULL OR person_id IS NOT NULL;
