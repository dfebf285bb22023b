INSERT INTO pole.object (kind, key, label, _row) SELECT 'phone', 'pole:' || CAST(id AS VARCHAR), phone_no, _row FROM source;
