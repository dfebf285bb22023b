-- Numbers and handsets once per object; the sessions stay in the table, under its authority.
CREATE TEMPORARY VIEW used AS
SELECT number, imei, min(started_at) AS since, max(started_at) AS until, count(*) AS records, min(_row) AS _row
FROM source
GROUP BY number, imei;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'phone', number, number, min(since), max(until), min(_row) AS _row
FROM used
WHERE length(number) = 10
GROUP BY number;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'imei', imei, imei, min(since), max(until), min(_row) AS _row
FROM used
WHERE imei IS NOT NULL
GROUP BY imei;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, ended_at, attributes, known_time, _row)
SELECT 'phone', number, 'used_in', 'imei', imei, 'subscriber', since, until, '{"records":' || CAST(records AS VARCHAR) || '}', until, _row
FROM used
WHERE imei IS NOT NULL AND length(number) = 10;
