INSERT INTO pole.person_mention (role, name, relation, relative_name, sex, age, age_on, address, thana, phone, id_type, id_value, person_key, sealed, event_time, known_time, _row)
SELECT 'other', subject_name, subject_relation, subject_relative_name, subject_sex, subject_age, CAST(requested_at + INTERVAL '330 minutes' AS DATE), coalesce(subject_address, permanent_address), station,
       subject_phone, id_type, id_no, 'portal:verification-' || request_no, coalesce(subject_age, 18) < 18, requested_at, coalesce(updated_at, requested_at), _row
FROM source;
