INSERT INTO pole.event (kind, key, title, started_at, station, status, event_time, known_time, _row)
SELECT 'cca', 'cca:' || record_id, 'CCA ' || record_id || ' (' || kind || ')', recorded_at, CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END, status, recorded_at,
       coalesce(updated_at, recorded_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, relation, relative_name, sex, age, age_on, address, phone, thana, person_key, event_key, sealed, event_time, known_time, _row)
SELECT 'other', name, relation, relative_name, sex, age, CAST(recorded_at + INTERVAL '330 minutes' AS DATE), address, phone, station, 'cca:' || record_id, 'cca:' || record_id,
       coalesce(age, 18) < 18, recorded_at, coalesce(updated_at, recorded_at), _row
FROM source
WHERE name IS NOT NULL;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'vehicle', plate, plate, min(recorded_at), max(recorded_at), min(_row) AS _row
FROM source
WHERE plate IS NOT NULL
GROUP BY plate;
