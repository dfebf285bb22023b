-- Numbers and handsets once per object; the sessions stay in the table, under its authority.
INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'phone', number, number, min(started_at), max(started_at), min(_row) AS _row
FROM source
WHERE length(number) = 10
GROUP BY number;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'imei', imei, imei, min(started_at), max(started_at), min(_row) AS _row
FROM source
WHERE imei IS NOT NULL
GROUP BY imei;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, ended_at, attributes, known_time, _row)
SELECT 'phone', number, 'used_in', 'imei', imei, 'subscriber', min(started_at), max(started_at), '{"records":' || CAST(count(*) AS VARCHAR) || '}', max(started_at), min(_row) AS _row
FROM source
WHERE imei IS NOT NULL AND length(number) = 10
GROUP BY number, imei;
