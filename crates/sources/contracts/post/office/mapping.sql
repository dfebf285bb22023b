INSERT INTO pole.location (kind, key, label, district, state, pincode, _row)
SELECT 'pin', 'pin:' || pincode, pincode || ' ' || min(taluk), min(district), min(state), pincode, min(_row) AS _row
FROM source
GROUP BY pincode;
