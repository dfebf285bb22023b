INSERT INTO pole.event (kind, key, title, started_at, location_key, status, event_time, known_time, _row)
SELECT 'challan', 'challan:' || challan_no, 'Challan' || coalesce(' of ' || plate, ''), challan_at, CASE WHEN place IS NULL THEN NULL ELSE 'place:challan:' || challan_no END, status, challan_at, challan_at, _row
FROM source;

INSERT INTO pole.location (kind, key, label, address, district, state, event_time, known_time, _row)
SELECT 'place', 'place:challan:' || challan_no, place, place, rto, 'Rajasthan', challan_at, challan_at, _row
FROM source
WHERE place IS NOT NULL;

INSERT INTO pole.object (kind, key, label, event_time, known_time, _row)
SELECT 'vehicle', plate, plate, min(challan_at), max(challan_at), min(_row) AS _row
FROM source
WHERE plate IS NOT NULL
GROUP BY plate;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, started_at, known_time, _row)
SELECT 'vehicle', plate, 'challaned_in', 'event', 'challan:' || challan_no, challan_at, challan_at, _row
FROM source
WHERE plate IS NOT NULL;

INSERT INTO pole.person_mention (role, name, person_key, event_key, sealed, event_time, known_time, _row)
SELECT 'other', violator, 'challan:' || challan_no, 'challan:' || challan_no, false, challan_at, challan_at, _row
FROM source
WHERE violator IS NOT NULL;
