INSERT INTO pole.person_mention (role, name, age, id_type, id_value, person_key, sealed, _row)
SELECT 'other', name || ' ' || surname, age, 'NHS', nhs_no, 'pole:' || CAST(id AS VARCHAR), false, _row FROM source;
