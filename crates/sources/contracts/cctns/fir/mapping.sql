-- The case itself; its place of occurrence; the officer who investigates.
INSERT INTO pole.event (kind, key, title, started_at, ended_at, station, district, location_key, case_key, status, attributes, event_time, known_time, _row)
SELECT 'fir',
       'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       'FIR ' || fir_no || '/' || CAST(fir_year AS VARCHAR) || coalesce(' ' || station, '') || coalesce(': ' || crime_head, ''),
       coalesce(occurred_from, registered_at),
       occurred_to,
       'station:' || station_code,
       district,
       CASE WHEN place_address IS NULL THEN 'station:' || station_code
            ELSE 'place:fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR) END,
       'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       status,
       '{"acts":"' || replace(replace(coalesce(acts_sections, ''), '\', '\\'), '"', '\"') || '"}',
       registered_at,
       coalesce(updated_at, registered_at),
       _row
FROM source;

INSERT INTO pole.location (kind, key, label, address, thana, district, state, lat, lon, event_time, known_time, _row)
SELECT 'place',
       'place:fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       place_address, place_address, station, district, 'Rajasthan', lat, lon, registered_at, registered_at, _row
FROM source
WHERE place_address IS NOT NULL;

INSERT INTO pole.location (kind, key, label, thana, district, state, _row)
SELECT 'station', 'station:' || station_code, max(station), max(station), max(district), 'Rajasthan', min(_row) AS _row
FROM source
GROUP BY station_code;

INSERT INTO pole.person_mention (role, name, standing, event_key, thana, district, sealed, event_time, known_time, _row)
SELECT 'officer', officer, officer_rank, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), station, district, false, registered_at, registered_at, _row
FROM source
WHERE officer IS NOT NULL;

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- The whole case, where the register says that it was quashed.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR), 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       'quashed', coalesce(updated_at, registered_at), '{}', coalesce(updated_at, registered_at), _row
FROM source
WHERE lower(status) IN ('quashed', 'fir quashed', 'अभिखंडित', 'निरस्त (उच्च न्यायालय)');
