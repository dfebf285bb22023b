INSERT INTO pole.object (kind, key, label, owner_name, event_time, known_time, _row)
SELECT 'phone', number, number, max(name), CAST(min(activated_on) AS TIMESTAMP), CAST(max(activated_on) AS TIMESTAMP), min(_row) AS _row
FROM source
GROUP BY number;

INSERT INTO pole.person_mention (role, name, relative_name, sex, birth_date, address, phone, id_type, id_value, person_key, sealed, event_time, known_time, _row)
SELECT 'subscriber', name || coalesce(' ' || last_name, ''), relative_name, sex, birth_date, coalesce(address, permanent_address), number, id_type, id_no,
       'sdr:' || number || '/' || CAST(activated_on AS VARCHAR), false, CAST(activated_on AS TIMESTAMP), coalesce(updated_at, CAST(activated_on AS TIMESTAMP)), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, ended_at, known_time, _row)
SELECT 'person', 'sdr:' || number || '/' || CAST(activated_on AS VARCHAR), 'has_phone', 'phone', number, 'subscriber', CAST(activated_on AS TIMESTAMP), CAST(deactivated_on AS TIMESTAMP),
       coalesce(updated_at, CAST(activated_on AS TIMESTAMP)), _row
FROM source;
