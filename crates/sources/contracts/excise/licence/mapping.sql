INSERT INTO pole.location (kind, key, label, address, district, state, pincode, lat, lon, event_time, known_time, _row)
SELECT 'licensed_premises', 'excise:' || licence_no, max(licence_type) || coalesce(', ' || max(premises), ''), max(premises), max(district), 'Rajasthan', max(pincode), max(lat), max(lon), CAST(min(valid_from) AS TIMESTAMP),
       max(coalesce(updated_at, CAST(valid_from AS TIMESTAMP))), min(_row) AS _row
FROM source
GROUP BY licence_no;

INSERT INTO pole.person_mention (role, name, relative_name, phone, district, person_key, standing, sealed, event_time, known_time, _row)
SELECT 'owner', holder, holder_relative, phone, district, 'excise:' || licence_no, status, false, CAST(valid_from AS TIMESTAMP), coalesce(updated_at, CAST(valid_from AS TIMESTAMP)), _row
FROM source;
