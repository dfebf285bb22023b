//! What a preview says is what an ingest does, and it leaves nothing behind.

use std::io::Write;
use std::sync::Arc;

use lake::preview::preview;
use lake::{Lake, Options, Progress, Request};
use sources::Contract;

const MAPPING: &str = "INSERT INTO pole.object (kind, key, label, _row) SELECT 'phone', phone, phone, min(_row) AS _row FROM source \
    WHERE phone IS NOT NULL GROUP BY phone;";

fn contract(mapping: &str) -> Arc<Contract> {
    let yaml = "apiVersion: v3.0.2\nkind: DataContract\nid: x\nname: test.tried\nversion: 1.0.0\nstatus: active\ndomain: test\n\
        customProperties:\n  - property: formats\n    value: [{kind: csv}]\n  - {property: version, value: version}\n\
        schema:\n  - name: test_tried\n    logicalType: object\n    properties:\n\
        \x20     - {name: id, logicalType: string, physicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1, classification: internal}\n\
        \x20     - {name: version, logicalType: integer, physicalType: int32, required: true, classification: internal}\n\
        \x20     - {name: phone, logicalType: string, physicalType: string, classification: personal, customProperties: [{property: clean, value: [phone_strict]}]}\n";
    Arc::new(Contract::parse(yaml, mapping).unwrap())
}

fn file(text: &str) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_and_an_ingest_agree() {
    let dir = tempfile::tempdir().unwrap();
    // A newer version, an older one, an equal row, a bad number, a missing key, a row that is too long.
    let text = "id,version,phone\n1,1,7000000101\n1,2,7000000102\n2,5,7000000101\n2,4,7000000103\n3,1,\n3,1,\n4,1,12\n,1,7000000104\n5,1,7000000105,more\n";
    let contract = contract(MAPPING);
    let seen = preview(dir.path(), &contract, "x.csv", &mut file(text)).await.unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
    let lake = Lake::open(Options { contracts: vec![contract.clone()], ..Options::at(&dir.path().join("lake")) }).await.unwrap();
    let request =
        Request { contract: Some(contract.clone()), name: "x.csv".into(), received_by: "test".into(), ..Request::default() };
    let path = dir.path().join("x.csv");
    std::fs::write(&path, text).unwrap();
    let report = lake.ingest_path(&path, request, &Arc::new(Progress::default())).await.unwrap().remove(0);
    assert_eq!(
        (seen.input, seen.accepted, seen.rejected, seen.duplicate, seen.corrected, &seen.reasons),
        (report.input, report.accepted, report.rejected, report.duplicate, report.corrected, &report.reasons)
    );
    assert_eq!(seen.input, seen.accepted + seen.rejected + seen.duplicate);
    let refused: Vec<(i64, &str)> = seen.refused.iter().map(|r| (r.row, r.code.as_str())).collect();
    assert!(refused.contains(&(8, "bad_format")) && refused.contains(&(9, "key_missing")), "{refused:?}");
    assert!(seen.refused.iter().any(|r| r.row == 10 && r.original.contains("more")), "{refused:?}");
    assert!(seen.repeated.contains(&7), "{:?}", seen.repeated);
    let phones: Vec<_> = seen.rows.iter().map(|(_, values)| values[2].clone()).collect();
    assert!(phones.contains(&Some("7000000102".into())) && phones.contains(&None), "{phones:?}");
    assert_eq!(seen.drawn.get("object"), Some(&2), "one object for each number that counts: {:?}", seen.rows);
    assert_eq!(seen.columns, ["id", "version", "phone"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = preview(
        dir.path(),
        &contract("INSERT INTO pole.object (kind, _row) SELECT nothing, _row FROM source;"),
        "x.csv",
        &mut file("id,version,phone\n1,1,\n"),
    )
    .await;
    let wrong = wrong.unwrap_err().to_string();
    assert!(wrong.contains("mapping of test.tried, statement 1"), "{wrong}");
    let none = preview(dir.path(), &contract(""), "x.csv", &mut file("a,b\n1,2\n")).await.unwrap_err().to_string();
    assert!(none.contains("test.tried"), "{none}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_large_file_whole_lines_are_tried() {
    let dir = tempfile::tempdir().unwrap();
    let line = format!("{:0>1000}", 7);
    let rows = (lake::preview::MOST_BYTES / 1008) as usize + 50;
    let text: String =
        std::iter::once("id,version,phone\n".to_owned()).chain((0..rows).map(|n| format!("{line}{n:05},1,\n"))).collect();
    let seen = preview(dir.path(), &contract(""), "x.csv", &mut file(&text)).await.unwrap();
    assert!(
        !seen.whole && seen.rejected == 0 && seen.accepted < rows as u64 && seen.accepted > rows as u64 - 300,
        "{}",
        seen.accepted
    );
}
