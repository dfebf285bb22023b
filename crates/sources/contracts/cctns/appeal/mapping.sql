INSERT INTO pole.event (kind, key, title, started_at, ended_at, station, case_key, status, event_time, known_time, _row)
SELECT 'appeal', 'appeal:' || appeal_id, 'Appeal ' || appeal_no || ', ' || appellate_court, CAST(filed_on AS TIMESTAMP), CAST(decided_on AS TIMESTAMP), 'station:' || station_code, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       coalesce(result, 'pending'), CAST(coalesce(decided_on, filed_on) AS TIMESTAMP), coalesce(updated_at, CAST(coalesce(decided_on, filed_on) AS TIMESTAMP)), _row
FROM source;
