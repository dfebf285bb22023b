//! What the contracts make of the generated files is what the truth says.

use std::collections::BTreeMap;
use std::fs::File;

use sources::{Detection, Limits};

use super::{lines, run};

#[test]
fn every_file_is_recognised_and_read_as_the_truth_says() {
    let (folder, summary) = run(|o| (o.persons, o.cdr_rows, o.plate_rows) = (1_000, 3_000, 2_000));
    let mut expected: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    for line in &lines(folder.path(), "truth/remarks.csv")[1..] {
        let field = line.split(',').collect::<Vec<_>>();
        if field[2] == "rejected" {
            expected.entry(field[0].into()).or_default().insert(field[1].parse().expect("row"), field[3].into());
        }
    }
    let mut wrong = Vec::new();
    // A letter becomes a record when a lake takes it apart.
    for f in summary.files.iter().filter(|f| f.contract != "document.part") {
        let path = folder.path().join(&f.file);
        let mut input = File::open(&path).expect("file");
        let found = match sources::detect(&f.file, &mut input, sources::builtin()).expect("readable") {
            Detection::One(candidate) => candidate,
            other => {
                wrong.push(format!("{}: not recognised: {other:?}", f.file));
                continue;
            }
        };
        assert_eq!(found.contract.name, f.contract, "{}", f.file);
        let input = Box::new(File::open(&path).expect("file"));
        let mut reader = sources::open(&found.contract, found.variant, &f.file, input, &Limits::default()).expect("opened");
        let (mut rows, mut refused) = (0, BTreeMap::new());
        while let Some(chunk) = reader.next().expect("chunk") {
            let parsed = chunk.parse();
            rows += parsed.rows_in;
            refused
                .extend(parsed.rejects.iter().map(|r| (r.row, r.reasons.iter().map(|r| r.code).collect::<Vec<_>>().join(" "))));
        }
        reader.finish();
        let want = expected.remove(&f.file).unwrap_or_default();
        if refused != want || rows != f.rows {
            wrong.push(format!("{}: {rows} rows, refused {refused:?}; the truth says {} and {want:?}", f.file, f.rows));
        }
    }
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), summary.files.len(), wrong[..wrong.len().min(12)].join("\n"));
}
