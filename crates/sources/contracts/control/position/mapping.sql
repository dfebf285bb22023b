INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'patrol', 'patrol:' || vehicle_id, vehicle_id || coalesce(' (' || max(plate) || ')', ''), min(fixed_at), max(fixed_at), min(_row) AS _row
FROM source
GROUP BY vehicle_id;
