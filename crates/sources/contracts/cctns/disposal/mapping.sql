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

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- Compounding has the effect of an acquittal (BNSS s.359(8)), withdrawal before the charge discharges and after it acquits (s.360), who has died
-- is tried no more. A transfer decides nothing.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'person', 'cctns:' || coalesce(person_id, 'disposal-' || disposal_id), 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       CASE result WHEN 'compounded' THEN 'acquitted' WHEN 'abated' THEN 'closed'
                   WHEN 'withdrawn' THEN CASE WHEN charged_on IS NULL THEN 'discharged' ELSE 'acquitted' END ELSE result END,
       CAST(judged_on AS TIMESTAMP),
       '{' || '"code":"' || replace(replace(coalesce(accused_code, ''), '\', '\\'), '"', '\"') || '"' || ',' || '"record":"disposal:' || replace(replace(disposal_id, '\', '\\'), '"', '\"') || '"' || '}',
       coalesce(updated_at, CAST(judged_on AS TIMESTAMP)), _row
FROM source
WHERE result <> 'transferred';
