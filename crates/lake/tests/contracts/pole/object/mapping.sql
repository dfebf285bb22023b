INSERT INTO pole.object (kind, key, label, _row) SELECT 'property', 'pole:' || CAST(id AS VARCHAR), description, _row FROM source;
