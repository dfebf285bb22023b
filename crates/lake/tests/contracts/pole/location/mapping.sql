INSERT INTO pole.location (kind, key, label, address, pincode, lat, lon, _row)
SELECT 'place', 'pole:' || CAST(id AS VARCHAR), address, address, postcode, lat, lon, _row FROM source;
