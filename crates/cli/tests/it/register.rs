//! A small register with a key, versions, withdrawals, two orders and a mapping, and files that use all of it.

use std::path::{Path, PathBuf};

const CONTRACT: &str = r#"
apiVersion: v3.0.2
kind: DataContract
id: urn:test:register
name: test.register
version: 1.0.0
status: active
domain: test
description: { purpose: "A register for tests" }
customProperties:
  - { property: title, value: { en: Register, hi: पंजी } }
  - { property: formats, value: [{ kind: csv }] }
  - { property: order, value: [[number, seen_at], [place, seen_at]] }
  - { property: version, value: revision }
  - { property: withdrawal, value: { column: state, values: [withdrawn] } }
schema:
  - name: register
    logicalType: object
    properties:
      - { name: id, logicalType: string, physicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1, classification: internal }
      - { name: name, logicalType: string, physicalType: string, classification: personal }
      - { name: number, logicalType: string, physicalType: string, classification: personal, customProperties: [{ property: clean, value: [phone] }] }
      - { name: place, logicalType: string, physicalType: string, classification: internal }
      - { name: seen_at, logicalType: date, physicalType: timestamp, required: true, classification: internal, customProperties: [{ property: format, value: ["%Y-%m-%d %H:%M:%S"] }] }
      - { name: revision, logicalType: integer, physicalType: int32, classification: internal }
      - { name: state, logicalType: string, physicalType: string, classification: internal }
"#;

const MAPPING: &str = "
INSERT INTO pole.person_mention (_row, name, phone, person_key, event_time)
SELECT _row, name, number, 'test:' || id, seen_at FROM source WHERE name IS NOT NULL;
INSERT INTO pole.object (_row, kind, key) SELECT MIN(_row), 'phone', number FROM source WHERE number IS NOT NULL GROUP BY number;
";

/// Writes the contract below `dir` and gives its path; the mended one also reads `02/01/2026`.
pub fn contract(dir: &Path, mended: bool) -> PathBuf {
    let folder = dir.join(if mended { "mended" } else { "contract" });
    std::fs::create_dir_all(&folder).unwrap();
    let yaml = if mended {
        CONTRACT.replace("%H:%M:%S\"]", "%H:%M:%S\", \"%d/%m/%Y\"]").replace("1.0.0", "1.1.0")
    } else {
        CONTRACT.into()
    };
    std::fs::write(folder.join("contract.yaml"), yaml).unwrap();
    std::fs::write(folder.join("mapping.sql"), MAPPING).unwrap();
    folder.join("contract.yaml")
}

pub const HEADER: &str = "id,name,number,place,seen_at,revision,state\n";

fn row(id: usize, revision: usize, state: &str) -> String {
    let (phone, place, day) = (7_000_000_000u64 + (id % 37) as u64, ["X", "Y", "Z"][(id + revision) % 3], id % 28 + 1);
    format!("k{id},Name{id}r{revision},{phone},{place},2026-01-{day:02} 10:00:00,{revision},{state}\n")
}

/// Four files: rows with repetitions and refusals; corrections, withdrawals and rows withdrawn in the same file; older
/// versions that come late; corrections of corrections.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let refused = |n: usize| -> String {
        let one = |i: usize| format!("q{i},Late{i},,X,{:02}/01/2026,1,\n,NoKey{i},,X,2026-01-01 10:00:00,1,\n", i % 28 + 1);
        (n..n + 6).map(one).collect()
    };
    let mut first: String = (0..200).map(|i| row(i, 1, "")).collect();
    first.extend((0..20).map(|i| row(i * 3, 1, "")));
    first += &refused(0);
    let mut second: String = (0..40).map(|i| row(i * 2, 2, "")).collect();
    second.extend((0..20).map(|i| row(101 + i, 3, "withdrawn")));
    second.extend((300..310).map(|i| row(i, 1, "") + &row(i, 2, "withdrawn")));
    second.extend((220..250).map(|i| row(i, 1, "")));
    second.extend((150..160).map(|i| row(i, 1, "")));
    second += &refused(10);
    let mut third: String = (0..20).map(|i| row(i * 2, 1, "")).collect();
    third.extend((0..10).map(|i| row(101 + i, 2, "")));
    third.extend((300..305).map(|i| row(i, 1, "")));
    third.extend((400..420).map(|i| row(i, 1, "")));
    third += &refused(20);
    let mut fourth: String = (0..15).map(|i| row(i * 4, 5, "")).collect();
    fourth.extend((101..104).map(|i| row(i, 6, "")));
    fourth.extend((500..520).map(|i| row(i, 1, "")));
    [("1.csv", first), ("2.csv", second), ("3.csv", third), ("4.csv", fourth)]
        .map(|(name, body)| {
            let path = dir.join(name);
            std::fs::write(&path, format!("{HEADER}{body}")).unwrap();
            path
        })
        .to_vec()
}

/// Every row of every table, in one query; the second part is answered from the second order.
pub const EVERYTHING: &str = "
SELECT concat_ws('|', 'clean', id, coalesce(name, '-'), coalesce(number, '-'), coalesce(place, '-'), CAST(seen_at AS VARCHAR),
  CAST(revision AS VARCHAR), coalesce(state, '-'), _object, CAST(_row AS VARCHAR), _contract) AS line FROM clean.test_register
UNION ALL SELECT concat_ws('|', 'order', place, id, CAST(seen_at AS VARCHAR), coalesce(name, '-'), _object, CAST(_row AS VARCHAR))
  FROM clean.test_register WHERE place IN ('X', 'Y', 'Z')
UNION ALL SELECT concat_ws('|', 'refused', reason, coalesce(field, '-'), coalesce(original, '-'), _object, CAST(_row AS VARCHAR))
  FROM quarantine.test_register
UNION ALL SELECT concat_ws('|', 'person', name, coalesce(phone, '-'), person_key, CAST(event_time AS VARCHAR), _object,
  CAST(_row AS VARCHAR)) FROM pole.person_mention
UNION ALL SELECT concat_ws('|', 'object', kind, key, _object, CAST(_row AS VARCHAR)) FROM pole.object
ORDER BY line";
