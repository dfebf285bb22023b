INSERT INTO pole.event (kind, key, title, started_at, status, event_time, known_time, _row)
SELECT 'third_party', 'thirdparty:' || source_name || '/' || record_id, source_name || coalesce(': ' || kind, ''), recorded_at, kind, recorded_at, coalesce(updated_at, recorded_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, relation, relative_name, sex, age, age_on, address, phone, id_type, id_value, person_key, event_key, sealed, event_time, known_time, _row)
SELECT 'other', name, relation, relative_name, sex, age, CAST(recorded_at + INTERVAL '330 minutes' AS DATE), address, phone, id_type, id_no, 'thirdparty:' || source_name || '/' || record_id,
       'thirdparty:' || source_name || '/' || record_id, coalesce(age, 18) < 18, recorded_at, coalesce(updated_at, recorded_at), _row
FROM source
WHERE name IS NOT NULL;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'vehicle', plate, plate, min(recorded_at), max(recorded_at), min(_row) AS _row
FROM source
WHERE plate IS NOT NULL
GROUP BY plate;
