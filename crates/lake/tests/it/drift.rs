//! Columns that come, go, change their names and places; files that come late or out of order.

use std::sync::Arc;

use lake::{LakeError, Progress, Report, Request};
use sources::Contract;

use crate::bench::{Bench, CONTRACT, MAPPING};

async fn plain(b: &Bench, name: &str, text: &str) -> lake::Result<Report> {
    let path = b.dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    b.ingest_path(&path).await
}

const ROWS: &str = "SELECT id, name, number, place FROM clean.test_register ORDER BY id";

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_found_by_name_wherever_they_stand() {
    let b = Bench::new().await;
    let text = "seen_at,place,ID ,revision,number,Name\n2026-01-01 10:00:00,X,a,1,7000000001,Asha\n";
    let r = plain(&b, "moved.csv", text).await.unwrap();
    assert_eq!((r.accepted, r.rejected), (1, 0));
    assert_eq!(b.rows(ROWS).await, ["a|Asha|7000000001|X"]);
    assert_eq!(r.drift, ["missing column: state", "missing column: secret"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_column_is_named_and_left_out() {
    let b = Bench::new().await;
    let r =
        plain(&b, "new.csv", "id,seen_at,shoe_size,place,number,name,revision,state,secret\na,2026-01-01 10:00:00,9,X,,,,,\n")
            .await
            .unwrap();
    assert_eq!((r.accepted, r.drift), (1, vec!["new column: shoe_size".to_string()]));
    let strict = CONTRACT.replace("property: title", "property: unknownColumns\n    value: refuse\n  - property: title");
    let contract = Arc::new(Contract::parse(&strict, MAPPING).unwrap());
    let b = Bench { contract, ..b };
    let e = plain(&b, "new2.csv", "id,seen_at,shoe_size\nb,2026-01-01 10:00:00,9\n").await.unwrap_err().to_string();
    assert!(e.contains("shoe_size") && e.contains("extend the contract"), "{e}");
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_column_is_null_and_a_missing_required_one_refuses_the_file() {
    let b = Bench::new().await;
    let r = plain(&b, "less.csv", "id,seen_at\na,2026-01-01 10:00:00\n").await.unwrap();
    assert_eq!(r.accepted, 1);
    assert_eq!(b.rows("SELECT id, name FROM clean.test_register WHERE name IS NULL").await, ["a|"]);
    let e = plain(&b, "none.csv", "id,name\nb,Bina\n").await.unwrap_err().to_string();
    assert!(e.contains("seen_at") && e.contains("not found"), "{e}");
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_column_is_suspected_and_read_once_the_contract_says_so() {
    let b = Bench::new().await;
    let text = "id,names,seen_at\na,Asha,2026-01-01 10:00:00\n";
    let r = plain(&b, "renamed.csv", text).await.unwrap();
    assert!(r.drift.iter().any(|d| d.contains("column name may be names")), "{:?}", r.drift);
    let mended = CONTRACT.replace("name: name,", "name: name, customProperties: [{ property: from, value: [name, names] }],");
    let contract = Arc::new(Contract::parse(&mended.replace("1.0.0", "1.0.1"), MAPPING).unwrap());
    let b = Bench { contract, ..b };
    let r = plain(&b, "renamed2.csv", "id,names,seen_at\nb,Bina,2026-01-01 10:00:00\n").await.unwrap();
    assert!(!r.drift.iter().any(|d| d.contains("names")), "{:?}", r.drift);
    assert_eq!(b.rows("SELECT id, name FROM clean.test_register ORDER BY id").await, ["a|", "b|Bina"]);
}

/// The contract with one more column and a third order.
fn newer() -> Arc<Contract> {
    let more = "      - { name: shoe, logicalType: integer, physicalType: int32, classification: internal, description: Shoe }\n";
    let yaml = CONTRACT
        .replace("      - { name: secret,", &format!("{more}      - {{ name: secret,"))
        .replace("[place, seen_at]]", "[place, seen_at], [state, seen_at]]")
        .replace("1.0.0", "1.1.0");
    Arc::new(Contract::parse(&yaml, MAPPING).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_contract_adds_a_column_and_an_order_to_rows_that_are_there() {
    let b = Bench::new().await;
    b.ingest("one.csv", "a,Asha,,X,2026-01-01 10:00:00,1,on,\nb,Bina,,X,2026-01-02 10:00:00,1,on,\n").await;
    let lake = crate::bench::open(&b.dir.path().join("home"), &newer()).await;
    let b = Bench { lake, contract: newer(), dir: b.dir };
    // A correction of a row, and the repetition of one, whose data file knows nothing of the new column.
    let text =
        "id,name,seen_at,revision,state,place,shoe\na,Asha D,2026-01-01 10:00:00,2,on,X,41\nb,Bina,2026-01-02 10:00:00,1,on,X,\n";
    let r = plain(&b, "two.csv", text).await.unwrap();
    assert_eq!((r.accepted, r.corrected, r.duplicate), (1, 1, 1));
    let sql = "SELECT id, name, shoe FROM clean.test_register ORDER BY id";
    assert_eq!(b.rows(sql).await, ["a|Asha D|41", "b|Bina|"]);
    // The new order holds the old rows too.
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE state = 'on' ORDER BY id").await, ["a", "b"]);
    assert!(b.lake.examine().await.unwrap().iter().all(|f| f.well));
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.rows(sql).await, ["a|Asha D|41", "b|Bina|"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_cannot_change_its_type_in_place() {
    let b = Bench::new().await;
    b.ingest("one.csv", "a,Asha,,X,2026-01-01 10:00:00,1,,\n").await;
    let yaml = CONTRACT.replace("logicalType: integer, physicalType: int32", "logicalType: string, physicalType: string");
    let b = Bench { contract: Arc::new(Contract::parse(&yaml, MAPPING).unwrap()), ..b };
    let e = plain(&b, "two.csv", "id,seen_at\nb,2026-01-01 10:00:00\n").await.unwrap_err().to_string();
    assert!(e.contains("revision") && e.contains("give the column a new name"), "{e}");
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_comes_first_keeps_its_record_out() {
    let b = Bench::new().await;
    let r = b.ingest("gone.csv", "a,Asha,,X,2026-01-01 10:00:00,2,withdrawn,\n").await;
    assert_eq!((r.accepted, r.withdrawn), (1, 1));
    let r = b.ingest("late.csv", "a,Asha,,X,2026-01-01 10:00:00,1,,\n").await;
    assert_eq!((r.accepted, r.rejected), (0, 1));
    assert_eq!(b.rows("SELECT detail FROM quarantine.test_register").await, ["the source has withdrawn this record"]);
    // Sent again in another file the withdrawal is a repetition.
    let r = b.ingest("gone2.csv", "a,Asha,,X,2026-01-01 10:00:00,2,withdrawn,\nb,B,,X,2026-01-01 10:00:00,1,,\n").await;
    assert_eq!((r.accepted, r.withdrawn, r.duplicate), (1, 0, 1));
    let r = b.ingest("back.csv", "a,Asha,,X,2026-01-01 10:00:00,3,,\n").await;
    assert_eq!(r.accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_withdrawal_of_an_older_version_does_not_take_the_newer_one() {
    let b = Bench::new().await;
    b.ingest("new.csv", "a,Asha,,X,2026-01-01 10:00:00,3,,\n").await;
    let r = b.ingest("late.csv", "a,Asha,,X,2026-01-01 10:00:00,2,withdrawn,\n").await;
    assert_eq!((r.accepted, r.rejected, r.withdrawn), (0, 1, 0));
    assert_eq!(b.rows("SELECT revision FROM clean.test_register").await, ["3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_version_the_later_arrival_stands() {
    let yaml = CONTRACT.replace("  - property: version\n    value: revision\n", "");
    let b = Bench::new().await;
    let b = Bench { contract: Arc::new(Contract::parse(&yaml, MAPPING).unwrap()), ..b };
    b.ingest("one.csv", "a,First,,X,2026-01-01 10:00:00,9,,\n").await;
    let r = b.ingest("two.csv", "a,Second,,X,2026-01-01 10:00:00,1,,\n").await;
    assert_eq!((r.accepted, r.corrected), (1, 1));
    assert_eq!(b.rows("SELECT name FROM clean.test_register").await, ["Second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_in_any_order_end_in_the_same_rows() {
    let files = [
        ("1.csv", "a,One,,X,2026-01-01 10:00:00,1,,\nb,One,,X,2026-01-01 10:00:00,1,,\nc,One,,X,2026-01-01 10:00:00,1,,\n"),
        ("2.csv", "a,Two,,X,2026-01-01 10:00:00,2,,\nb,Two,,X,2026-01-01 10:00:00,2,withdrawn,\n"),
        ("3.csv", "a,Three,,X,2026-01-01 10:00:00,3,,\nc,Three,,X,2026-01-01 10:00:00,3,,\n"),
    ];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let b = Bench::new().await;
        for i in order {
            b.ingest(files[i].0, files[i].1).await;
        }
        assert_eq!(b.rows("SELECT id, name FROM clean.test_register ORDER BY id").await, ["a|Three", "c|Three"], "{order:?}");
        let people = b.rows("SELECT name, person_key FROM pole.person_mention ORDER BY person_key").await;
        assert_eq!(people, ["Three|test:a", "Three|test:c"], "{order:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_withdrawal_withdraws_once_it_can_be_read() {
    let b = Bench::new().await;
    b.ingest("one.csv", "a,Asha,,X,2026-01-01 10:00:00,1,,\n").await;
    let r = b.ingest("gone.csv", "a,Asha,,X,01/02/2026,2,withdrawn,\n").await;
    assert_eq!(r.rejected, 1);
    let yaml = CONTRACT.replace(r#"["%Y-%m-%d %H:%M:%S"]"#, r#"["%Y-%m-%d %H:%M:%S", "%d/%m/%Y"]"#);
    let mended = Arc::new(Contract::parse(&yaml, MAPPING).unwrap());
    let done = b.lake.replay(&mended, &Arc::new(Progress::default())).await.unwrap();
    assert_eq!((done.input, done.accepted, done.rejected), (1, 1, 0));
    assert!(b.rows("SELECT id FROM clean.test_register").await.is_empty());
    assert_eq!(b.rows("SELECT count(*) FROM quarantine.test_register").await, ["0"]);
    assert!(b.rows("SELECT name FROM pole.person_mention").await.is_empty());
    // It is remembered.
    let r = b.ingest("late.csv", "a,Other,,X,2026-01-01 10:00:00,2,,\n").await;
    assert_eq!(r.rejected, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_of_rows_says_survives_the_correction_of_one() {
    let b = Bench::new().await;
    b.ingest("one.csv", "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,\nb,Bina,7000000001,X,2026-01-01 10:00:00,1,,\n").await;
    assert_eq!(b.rows("SELECT key, _row FROM pole.object").await, ["7000000001|2"]);
    b.ingest("two.csv", "a,Asha,7000000009,X,2026-01-01 10:00:00,2,,\n").await;
    // Row 2 of the first file is gone; its phone is still in row 3.
    assert_eq!(b.rows("SELECT key FROM pole.object ORDER BY key").await, ["7000000001", "7000000009"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_that_fit_two_contracts_are_left_to_the_operator() {
    let b = Bench::new().await;
    let twin = Arc::new(Contract::parse(&CONTRACT.replace("test.register", "test.twin"), MAPPING).unwrap());
    b.lake.keep_contract(&twin).unwrap();
    let path = b.file("one.csv", "a,Asha,,X,2026-01-01 10:00:00,1,,\n");
    let request = Request { received_by: "operator".into(), ..Request::default() };
    let e = b.lake.ingest_path(&path, request, &Arc::new(Progress::default())).await.unwrap_err();
    assert!(matches!(&e, LakeError::Ambiguous { count: 2, .. }), "{e}");
    let text = e.to_string();
    assert!(text.contains("test.register") && text.contains("test.twin") && text.contains("Name the one"), "{text}");
    assert!(b.lake.home().list().unwrap().is_empty());
    assert_eq!(b.ingest_path(&path).await.unwrap().accepted, 1);
}
