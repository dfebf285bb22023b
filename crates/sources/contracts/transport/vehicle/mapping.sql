INSERT INTO pole.object (kind, key, label, owner_name, attributes, event_time, known_time, _row)
SELECT 'vehicle', plate,
       plate || coalesce(' ' || maker, '') || coalesce(' ' || model, ''),
       owner_name,
       '{"class":"' || replace(coalesce(class, ''), '"', '') || '","colour":"' || replace(coalesce(colour, ''), '"', '') || '","status":"'
           || replace(coalesce(status, ''), '"', '') || '"}',
       CAST(registered_on AS TIMESTAMP), CAST(coalesce(status_on, registered_on) AS TIMESTAMP), _row
FROM source;

INSERT INTO pole.object (kind, key, label, known_time, _row)
SELECT 'chassis', chassis, chassis, CAST(registered_on AS TIMESTAMP), _row
FROM source
WHERE chassis IS NOT NULL;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, known_time, _row)
SELECT 'vehicle', plate, 'has_chassis', 'chassis', chassis, CAST(registered_on AS TIMESTAMP), _row
FROM source
WHERE chassis IS NOT NULL;

-- The owner is a mention of this register: another register's person of the same name is another mention.
INSERT INTO pole.person_mention (role, name, relative_name, address, phone, person_key, event_time, known_time, sealed, _row)
SELECT 'owner', owner_name, owner_relative, coalesce(present_address, permanent_address), phone,
       'vahan:' || plate || '/' || CAST(coalesce(owner_serial, 1) AS VARCHAR),
       CAST(registered_on AS TIMESTAMP), CAST(coalesce(status_on, registered_on) AS TIMESTAMP), false, _row
FROM source
WHERE owner_name IS NOT NULL;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT 'person', 'vahan:' || plate || '/' || CAST(coalesce(owner_serial, 1) AS VARCHAR), 'owns', 'vehicle', plate, 'owner',
       CAST(registered_on AS TIMESTAMP), CAST(coalesce(status_on, registered_on) AS TIMESTAMP), _row
FROM source
WHERE owner_name IS NOT NULL;

INSERT INTO pole.object (kind, key, label, known_time, _row)
SELECT 'phone', phone, phone, CAST(min(registered_on) AS TIMESTAMP), min(_row) AS _row
FROM source
WHERE phone IS NOT NULL AND length(phone) = 10
GROUP BY phone;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, known_time, _row)
SELECT 'person', 'vahan:' || plate || '/' || CAST(coalesce(owner_serial, 1) AS VARCHAR), 'has_phone', 'phone', phone, 'owner',
       CAST(registered_on AS TIMESTAMP), _row
FROM source
WHERE owner_name IS NOT NULL AND phone IS NOT NULL AND length(phone) = 10;
