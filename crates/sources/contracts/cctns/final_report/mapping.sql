INSERT INTO pole.event (kind, key, title, started_at, station, case_key, status, event_time, known_time, _row)
SELECT 'final_report', 'report:' || max(station_code) || '/' || report_no, max(report_type) || ' ' || report_no, CAST(min(reported_on) AS TIMESTAMP), 'station:' || max(station_code),
       'fir:' || max(station_code) || '/' || max(fir_no) || '/' || CAST(max(fir_year) AS VARCHAR), max(report_type), CAST(min(reported_on) AS TIMESTAMP), max(coalesce(updated_at, CAST(reported_on AS TIMESTAMP))), min(_row) AS _row
FROM source
GROUP BY fir_reg_num, report_no;

INSERT INTO pole.person_mention (role, name, alias, relation, relative_name, sex, birth_date, age, age_on, address, nationality, occupation, phone, person_key, event_key, standing, sealed, event_time, known_time, _row)
SELECT CASE WHEN coalesce(charge_sheeted, true) THEN 'accused' ELSE 'other' END, name, alias, relation, relative_name, sex, birth_date, age, reported_on, address, nationality, occupation, phone,
       'cctns:' || coalesce(person_id, 'report-' || report_id), 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), standing, coalesce(age, 18) < 18, CAST(reported_on AS TIMESTAMP), coalesce(updated_at, CAST(reported_on AS TIMESTAMP)), _row
FROM source
WHERE name IS NOT NULL;

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- Named in a report and not charged: closed, as far as this person goes.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'person', 'cctns:' || coalesce(person_id, 'report-' || report_id), 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       CASE WHEN report_type = 'charge_sheet' AND coalesce(charge_sheeted, true) THEN 'charged' ELSE 'closed' END, CAST(reported_on AS TIMESTAMP),
       '{}', coalesce(updated_at, CAST(reported_on AS TIMESTAMP)), _row
FROM source
WHERE report_type <> 'transferred' AND (name IS NOT NULL OR person_id IS NOT NULL);

-- A final report without charge closes the case for everybody in it whom nobody charged since.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'event', 'report:' || max(station_code) || '/' || report_no, 'stands_as', 'event', 'fir:' || max(station_code) || '/' || max(fir_no) || '/' || CAST(max(fir_year) AS VARCHAR),
       'closed', CAST(min(reported_on) AS TIMESTAMP), '{}', max(coalesce(updated_at, CAST(reported_on AS TIMESTAMP))), min(_row) AS _row
FROM source
WHERE report_type IN ('no_evidence', 'undetected', 'untraced', 'abated', 'unoccurred')
GROUP BY fir_reg_num, report_no;
