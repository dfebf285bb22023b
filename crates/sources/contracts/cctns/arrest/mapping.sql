-- The arrest as an event of the case, and the arrested person's mention in it.
INSERT INTO pole.event (kind, key, title, started_at, station, location_key, case_key, status, event_time, known_time, _row)
SELECT kind, 'arrest:' || arrest_id,
       CASE kind WHEN 'surrender' THEN 'Surrender' ELSE 'Arrest' END || ' in FIR ' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       arrested_at, 'station:' || station_code, 'station:' || station_code, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), custody, arrested_at, coalesce(updated_at, arrested_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, name_local, alias, relation, relative_name, sex, age, age_on, address, phone, person_key, event_key,
    standing, sealed, event_time, known_time, _row)
SELECT 'arrested', name, name_local, alias, relation, relative_name, sex, age, CAST(arrested_at + INTERVAL '330 minutes' AS DATE), address, phone,
       'cctns:' || coalesce(person_id, 'arrest-' || arrest_id), 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), custody, coalesce(sealed, false), arrested_at,
       coalesce(updated_at, arrested_at), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT 'person', 'cctns:' || coalesce(person_id, 'arrest-' || arrest_id), 'arrested_in', 'event', 'arrest:' || arrest_id, 'arrested', arrested_at,
       coalesce(updated_at, arrested_at), _row
FROM source;

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'person', 'cctns:' || coalesce(person_id, 'arrest-' || arrest_id), 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       'arrested', arrested_at,
       '{' || '"code":"' || replace(replace(coalesce(accused_code, ''), '\', '\\'), '"', '\"') || '"' || '}', coalesce(updated_at, arrested_at), _row
FROM source;
