INSERT INTO pole.event (kind, key, title, started_at, location_key, status, event_time, known_time, _row)
SELECT 'prison_release', 'prison:release-' || release_no, 'Released from ' || prison || ' (' || reason || ')', released_at, 'prison:' || prison, reason, released_at, coalesce(updated_at, released_at), _row
FROM source;

INSERT INTO pole.link (from_kind, from_key, relation, to_kind, to_key, role, started_at, known_time, _row)
SELECT 'person', 'prison:' || prisoner_no, 'released_in', 'event', 'prison:release-' || release_no, reason, released_at, coalesce(updated_at, released_at), _row
FROM source;
