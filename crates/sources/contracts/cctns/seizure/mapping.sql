INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'seizure', 'seizure:' || seizure_no, 'Seizure in FIR ' || max(fir_no) || '/' || CAST(max(fir_year) AS VARCHAR), min(seized_at), 'station:' || max(station_code),
       'fir:' || max(station_code) || '/' || max(fir_no) || '/' || CAST(max(fir_year) AS VARCHAR), max(nature), min(seized_at), max(coalesce(updated_at, seized_at)), min(_row) AS _row
FROM source
GROUP BY seizure_no;

-- A vehicle and a handset are objects everybody asks for; other articles stay in the table.
INSERT INTO pole.object (kind, key, label, attributes, event_time, known_time, _row)
SELECT 'vehicle', plate, plate || coalesce(' ' || make, ''), '{"colour":"' || replace(coalesce(colour, ''), '"', '') || '"}', seized_at, coalesce(updated_at, seized_at), _row
FROM source
WHERE plate IS NOT NULL;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'imei', imei, imei, seized_at, coalesce(updated_at, seized_at), _row
FROM source
WHERE imei IS NOT NULL;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT CASE WHEN plate IS NOT NULL THEN 'vehicle' ELSE 'imei' END, coalesce(plate, imei), 'seized_in', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), nature, seized_at, coalesce(updated_at, seized_at), _row
FROM source
WHERE plate IS NOT NULL OR imei IS NOT NULL;

INSERT INTO pole.person_mention (role, name, relation, relative_name, sex, age, age_on, address, occupation, person_key, event_key, sealed, event_time, known_time, _row)
SELECT 'other', max(from_name), max(from_relation), max(from_relative_name), max(from_sex), max(from_age), CAST(min(seized_at) + INTERVAL '330 minutes' AS DATE), max(from_address),
       max(from_occupation), 'cctns:seizure-' || seizure_no, 'fir:' || max(station_code) || '/' || max(fir_no) || '/' || CAST(max(fir_year) AS VARCHAR), coalesce(max(from_age), 18) < 18, min(seized_at), max(coalesce(updated_at, seized_at)), min(_row) AS _row
FROM source
WHERE from_name IS NOT NULL
GROUP BY seizure_no;
