INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'hearing', 'hearing:' || hearing_id, 'Hearing, ' || court || coalesce(': ' || purpose, ''), CAST(heard_on AS TIMESTAMP), CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END,
       CASE WHEN fir_no IS NULL OR fir_year IS NULL OR station_code IS NULL THEN NULL ELSE 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR) END, stage, CAST(heard_on AS TIMESTAMP), coalesce(updated_at, CAST(heard_on AS TIMESTAMP)), _row
FROM source;

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- A hearing names nobody: it counts only where it ends the whole case.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'event', 'hearing:' || hearing_id, 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       'quashed', CAST(heard_on AS TIMESTAMP), '{}', coalesce(updated_at, CAST(heard_on AS TIMESTAMP)), _row
FROM source
WHERE stage IN ('quashed', 'fir quashed', 'proceedings quashed', 'अभिखंडित') AND fir_no IS NOT NULL AND fir_year IS NOT NULL AND station_code IS NOT NULL;
