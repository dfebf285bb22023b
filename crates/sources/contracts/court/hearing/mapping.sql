INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'hearing', 'hearing:' || hearing_id, 'Hearing, ' || court || coalesce(': ' || purpose, ''), CAST(heard_on AS TIMESTAMP), CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END,
       CASE WHEN fir_no IS NULL OR fir_year IS NULL OR station_code IS NULL THEN NULL ELSE 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR) END, stage, CAST(heard_on AS TIMESTAMP), coalesce(updated_at, CAST(heard_on AS TIMESTAMP)), _row
FROM source;
