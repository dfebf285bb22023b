-- One mention per row. Instants are UTC; the day an age was stated is a day in India (330 minutes ahead).
INSERT INTO pole.person_mention (role, name, name_local, alias, relation, relative_name, relative_name_local, sex, birth_date, birth_year, age,
    age_on, address, village, thana, district, pincode, nationality, occupation, phone, id_type, id_value, person_key, event_key, standing,
    sealed, event_time, known_time, _row)
SELECT role, name, name_local, alias, relation, relative_name, relative_name_local, sex, birth_date, birth_year, age,
       CAST(age_on + INTERVAL '330 minutes' AS DATE), address, coalesce(village, village_local), thana, district, pincode, nationality, occupation, phone, id_type, id_value,
       'cctns:' || person_id, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), standing,
       coalesce(sealed, false), age_on, coalesce(updated_at, age_on), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT 'person', 'cctns:' || person_id, 'in_case', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), role, age_on, coalesce(updated_at, age_on), _row
FROM source;

-- A sealed person's number would identify the person: it is not made an object of its own.
INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'phone', phone, phone, min(age_on), min(age_on), min(_row) AS _row
FROM source
WHERE phone IS NOT NULL AND length(phone) = 10 AND NOT coalesce(sealed, false)
GROUP BY phone;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, known_time, _row)
SELECT 'person', 'cctns:' || person_id, 'has_phone', 'phone', phone, role, age_on, _row
FROM source
WHERE phone IS NOT NULL AND length(phone) = 10 AND NOT coalesce(sealed, false);

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- What the record says of an outcome it says on the day it was last changed.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'person', 'cctns:' || person_id, 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       CASE lower(standing)
           WHEN 'arrested' THEN 'arrested' WHEN 'गिरफ्तार' THEN 'arrested' WHEN 'bailed' THEN 'arrested' WHEN 'judicial custody' THEN 'arrested'
           WHEN 'charge sheeted' THEN 'charged' WHEN 'charge-sheeted' THEN 'charged' WHEN 'chargesheeted' THEN 'charged' WHEN 'charged' THEN 'charged' WHEN 'आरोपित' THEN 'charged'
           WHEN 'convicted' THEN 'convicted' WHEN 'दोषसिद्ध' THEN 'convicted'
           WHEN 'acquitted' THEN 'acquitted' WHEN 'दोषमुक्त' THEN 'acquitted' WHEN 'compounded' THEN 'acquitted'
           WHEN 'discharged' THEN 'discharged' WHEN 'उन्मोचित' THEN 'discharged'
           WHEN 'quashed' THEN 'quashed' WHEN 'अभिखंडित' THEN 'quashed'
           WHEN 'not charge sheeted' THEN 'closed' WHEN 'not charged' THEN 'closed'
           ELSE 'accused' END,
       CASE WHEN lower(standing) IN ('convicted', 'दोषसिद्ध', 'acquitted', 'दोषमुक्त', 'compounded', 'discharged', 'उन्मोचित', 'quashed', 'अभिखंडित')
            THEN coalesce(updated_at, age_on) ELSE age_on END,
       '{' || '"code":"' || replace(replace(coalesce(accused_code, ''), '\', '\\'), '"', '\"') || '"' || '}', coalesce(updated_at, age_on), _row
FROM source
WHERE role = 'accused';
