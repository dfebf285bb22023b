INSERT INTO pole.location (kind, key, label, pincode, _row) SELECT 'postcode', 'pole:' || CAST(id AS VARCHAR), code, code, _row FROM source;
