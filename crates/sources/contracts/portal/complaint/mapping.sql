INSERT INTO pole.event (kind, key, title, started_at, station, status, event_time, known_time, _row)
SELECT 'complaint', 'complaint:' || complaint_no, category, submitted_at, CASE WHEN station_code IS NULL THEN NULL ELSE 'station:' || station_code END, coalesce(status, 'pending'), submitted_at,
       coalesce(updated_at, submitted_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, phone, thana, person_key, event_key, sealed, event_time, known_time, _row)
SELECT 'complainant', applicant, applicant_phone, station, 'portal:complaint-' || complaint_no, 'complaint:' || complaint_no, false, submitted_at, coalesce(updated_at, submitted_at), _row
FROM source
WHERE applicant IS NOT NULL;
