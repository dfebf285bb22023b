INSERT INTO pole.person_mention (role, name, standing, id_type, id_value, person_key, sealed, _row)
SELECT 'officer', name || ' ' || surname, rank, 'BADGE', badge_no, 'pole:' || CAST(id AS VARCHAR), false, _row FROM source;
