INSERT INTO pole.event (kind, key, title, started_at, location_key, case_key, status, event_time, known_time, _row)
SELECT 'prison_admission', 'prison:admission-' || admission_no, 'Admitted to ' || prison, admitted_at, 'prison:' || prison,
       CASE WHEN fir_no IS NULL OR fir_year IS NULL OR station_code IS NULL THEN NULL ELSE 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR) END, category, admitted_at, coalesce(updated_at, admitted_at), _row
FROM source;

INSERT INTO pole.person_mention (role, name, alias, relation, relative_name, sex, age, age_on, address, person_key, event_key, standing, sealed, event_time, known_time, _row)
SELECT 'other', name, alias, relation, relative_name, sex, age, CAST(admitted_at + INTERVAL '330 minutes' AS DATE), address, 'prison:' || prisoner_no, 'prison:admission-' || admission_no, category,
       coalesce(age, 18) < 18, admitted_at, coalesce(updated_at, admitted_at), _row
FROM source
WHERE name IS NOT NULL;

INSERT INTO pole.location (kind, key, label, state, known_time, _row)
SELECT 'prison', 'prison:' || prison, prison, 'Rajasthan', max(admitted_at), min(_row) AS _row
FROM source
GROUP BY prison;
