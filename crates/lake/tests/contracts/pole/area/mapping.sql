INSERT INTO pole.location (kind, key, label, _row) SELECT 'area', 'pole:' || CAST(id AS VARCHAR), area_code, _row FROM source;
