INSERT INTO pole.event (kind, key, title, started_at, ended_at, station, case_key, status, event_time, known_time, _row)
SELECT 'appeal', 'appeal:' || appeal_id, 'Appeal ' || appeal_no || ', ' || appellate_court, CAST(filed_on AS TIMESTAMP), CAST(decided_on AS TIMESTAMP), 'station:' || station_code, 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       coalesce(result, 'pending'), CAST(coalesce(decided_on, filed_on) AS TIMESTAMP), coalesce(updated_at, CAST(coalesce(decided_on, filed_on) AS TIMESTAMP)), _row
FROM source;

-- The standing in law that this row gives, in the words of the lake (docs/standing.md).
-- An appeal says which judgment it turns, and that says whose it was. What upholds or only changes the sentence turns nothing.
INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, attributes, known_time, _row)
SELECT 'event', 'appeal:' || appeal_id, 'stands_as', 'event', 'fir:' || station_code || '/' || fir_no || '/' || CAST(fir_year AS VARCHAR),
       result, CAST(decided_on AS TIMESTAMP),
       '{' || '"of":"disposal:' || replace(replace(disposal_id, '\', '\\'), '"', '\"') || '"' || '}', coalesce(updated_at, CAST(decided_on AS TIMESTAMP)), _row
FROM source
WHERE disposal_id IS NOT NULL AND decided_on IS NOT NULL AND result IN ('reversed', 'remanded', 'convicted', 'acquitted', 'discharged', 'quashed');
