//! Every row is accounted for, and what happened twice happened once.

use std::sync::Arc;

use lake::ingest::State;
use lake::{LakeError, Progress, TableName};
use sources::Contract;

use crate::bench::{Bench, CONTRACT, HEADER, MAPPING, open};

const THREE: &str = "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,s1\n\
                     b,Bina,7000000002,Y,2026-01-02 10:00:00,1,,s2\n\
                     c,Chand,7000000003,X,2026-01-03 10:00:00,1,,s3\n";

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_accepted_refused_or_duplicates() {
    let b = Bench::new().await;
    let body = format!(
        "{THREE},NoKey,7000000004,X,2026-01-04 10:00:00,1,,\nd,Dev,7000000005,X,yesterday,1,,\na,Asha,7000000001,X,2026-01-01 10:00:00,1,,s1\n"
    );
    let r = b.ingest("one.csv", &body).await;
    assert_eq!((r.input, r.accepted, r.rejected, r.duplicate), (6, 3, 2, 1));
    assert_eq!(b.rows("SELECT id, name, _row FROM clean.test_register ORDER BY id").await, ["a|Asha|2", "b|Bina|3", "c|Chand|4"]);
    let refused = b.rows("SELECT _row, field FROM quarantine.test_register ORDER BY _row").await;
    assert_eq!(refused, ["5|id", "6|seen_at"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_changes_nothing() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    let version = b.lake.table_info(&TableName::clean("test.register")).await.unwrap().version;
    let again = b.ingest("renamed.csv", THREE).await;
    assert_eq!((again.state, again.input, again.accepted, again.duplicate), (State::Already, 3, 0, 3));
    assert_eq!(b.lake.table_info(&TableName::clean("test.register")).await.unwrap().version, version);
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_sent_again_in_another_file_are_duplicates() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    let r = b.ingest("two.csv", &format!("{THREE}d,Dev,7000000004,Y,2026-01-04 10:00:00,1,,\n")).await;
    assert_eq!((r.input, r.accepted, r.duplicate), (4, 1, 3));
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_replaces_its_row_everywhere() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    let r = b.ingest("two.csv", "b,Beena,7000000009,Z,2026-01-02 10:00:00,2,,\n").await;
    assert_eq!((r.accepted, r.corrected), (1, 1));
    assert_eq!(b.rows("SELECT id, name FROM clean.test_register ORDER BY id").await, ["a|Asha", "b|Beena", "c|Chand"]);
    assert_eq!(b.rows("SELECT name FROM pole.person_mention WHERE person_key = 'test:b'").await, ["Beena"]);
    // The second order answers the same.
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'Z'").await, ["b"]);
    assert!(b.rows("SELECT id FROM clean.test_register WHERE place = 'Y'").await.is_empty());
}

/// More rows to compare than are compared at a time: they are set apart in scratch files, and nothing else changes.
#[tokio::test(flavor = "multi_thread")]
async fn many_rows_sent_again_are_compared_in_portions() {
    const ROWS: usize = 25_000;
    let b = Bench::with(|options| options.with_memory(16 << 20)).await;
    let line = |i: usize, name: &str, version: u32| {
        format!("k{i:05},{name} {i},7{i:09},P{},2026-01-{:02} 10:00:00,{version},,\n", i % 7, i % 28 + 1)
    };
    let first = b.ingest("first.csv", &(0..ROWS).map(|i| line(i, "Asha", 2)).collect::<String>()).await;
    assert_eq!((first.input, first.accepted), (ROWS as u64, ROWS as u64));
    // Of every ten rows: one is corrected, one comes too late, one is new, seven are the same.
    let again = (0..ROWS).map(|i| match i % 10 {
        0 => line(i, "Usha", 3),
        1 => line(i, "Isha", 1),
        2 => line(i + ROWS, "Nisha", 2),
        _ => line(i, "Asha", 2),
    });
    let second = b.ingest("second.csv", &again.collect::<String>()).await;
    let tenth = ROWS as u64 / 10;
    assert_eq!((second.input, second.accepted, second.rejected, second.duplicate), (10 * tenth, 2 * tenth, tenth, 7 * tenth));
    assert_eq!(second.corrected, tenth);
    let names = "SELECT split_part(name, ' ', 1), count(*), count(DISTINCT id) FROM clean.test_register GROUP BY 1 ORDER BY 1";
    assert_eq!(b.rows(names).await, ["Asha|22500|22500", "Nisha|2500|2500", "Usha|2500|2500"]);
    assert_eq!(b.rows("SELECT reason, count(*) FROM quarantine.test_register GROUP BY 1").await, ["superseded|2500"]);
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["27500"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_that_comes_late_is_refused() {
    let b = Bench::new().await;
    b.ingest("two.csv", "b,Beena,7000000009,Z,2026-01-02 10:00:00,2,,\n").await;
    let r = b.ingest("one.csv", THREE).await;
    assert_eq!((r.accepted, r.rejected, r.reasons.get("superseded")), (2, 1, Some(&1)));
    assert_eq!(b.rows("SELECT name FROM clean.test_register WHERE id = 'b'").await, ["Beena"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_versions_in_one_file_the_last_stands() {
    let b = Bench::new().await;
    let r = b.ingest("one.csv", "a,Old,,X,2026-01-01 10:00:00,1,,\na,New,,X,2026-01-01 10:00:00,1,,\n").await;
    assert_eq!((r.accepted, r.rejected), (1, 1));
    assert_eq!(b.rows("SELECT name FROM clean.test_register").await, ["New"]);
    assert_eq!(b.rows("SELECT reason FROM quarantine.test_register").await, ["superseded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_deletes_and_is_remembered() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    let r = b.ingest("gone.csv", "b,Bina,7000000002,Y,2026-01-02 10:00:00,3,withdrawn,\n").await;
    assert_eq!((r.accepted, r.withdrawn), (1, 1));
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, ["a", "c"]);
    assert!(b.rows("SELECT name FROM pole.person_mention WHERE person_key = 'test:b'").await.is_empty());
    let late = b.ingest("late.csv", "b,Bina,7000000002,Y,2026-01-02 10:00:00,2,,\n").await;
    assert_eq!((late.accepted, late.rejected), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_rows_pass_after_the_contract_is_mended() {
    let b = Bench::new().await;
    b.ingest("one.csv", "a,Asha,,X,01/02/2026,1,,\nb,Bina,,X,2026-01-02 10:00:00,1,,\n").await;
    let yaml = CONTRACT
        .replace(r#"value: ["%Y-%m-%d %H:%M:%S"]"#, r#"value: ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y"]"#)
        .replace("1.0.0", "1.1.0");
    let mended = Arc::new(Contract::parse(&yaml, MAPPING).unwrap());
    let done = b.lake.replay(&mended, &Arc::new(Progress::default())).await.unwrap();
    assert_eq!((done.input, done.accepted, done.rejected), (1, 1, 0));
    assert_eq!(b.rows("SELECT id, _contract, _row FROM clean.test_register ORDER BY id").await, ["a|1.1.0|2", "b|1.0.0|3"]);
    assert_eq!(b.rows("SELECT count(*) FROM quarantine.test_register").await, ["0"]);
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["2"]);
    let nothing = b.lake.replay(&mended, &Arc::new(Progress::default())).await.unwrap();
    assert_eq!(nothing.input, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_that_does_not_plan_writes_nothing() {
    let b = Bench::new().await;
    let broken = MAPPING.replace("SELECT _row, name,", "SELECT _row, no_such_column,");
    let contract = Arc::new(Contract::parse(CONTRACT, &broken).unwrap());
    let b = Bench { contract, ..b };
    let e = b.ingest_path(&b.file("one.csv", THREE)).await.unwrap_err();
    assert!(matches!(&e, LakeError::Mapping { statement: 1, message, .. } if message.contains("no_such_column")), "{e}");
    assert!(b.lake.home().list().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_named_as_such() {
    let b = Bench::new().await;
    let path = b.dir.path().join("empty.csv");
    std::fs::write(&path, "").unwrap();
    let e = b.ingest_path(&path).await.unwrap_err();
    assert!(e.to_string().contains("empty"), "{e}");
    let only_header = b.file("header.csv", "");
    let r = b.ingest_path(&only_header).await.unwrap();
    assert_eq!(r.input, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_ingest_leaves_nothing() {
    let b = Bench::new().await;
    let path = b.file("one.csv", THREE);
    let progress = Arc::new(Progress::default());
    progress.cancel.store(true, std::sync::atomic::Ordering::Relaxed);
    let request = lake::Request { contract: Some(b.contract.clone()), ..lake::Request::default() };
    let e = b.lake.ingest_path(&path, request, &progress).await.unwrap_err();
    assert!(matches!(e, LakeError::Cancelled), "{e}");
    assert!(b.lake.home().list().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_data_file_is_named() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    let folder = b.lake.home().tables().join("clean/test_register");
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        if entry.file_name().to_string_lossy().ends_with(".parquet") {
            std::fs::write(entry.path(), b"not parquet").unwrap();
        }
    }
    let findings = b.lake.examine().await.unwrap();
    let sick: Vec<_> = findings.iter().filter(|f| !f.well).map(|f| f.what.as_str()).collect();
    assert_eq!(sick, ["clean.test_register"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_ingests_at_once_both_count() {
    let b = Bench::new().await;
    let other = open(&b.dir.path().join("home"), &b.contract).await;
    let second = Bench { lake: other, dir: tempfile::tempdir().unwrap(), contract: b.contract.clone() };
    let one = b.file("one.csv", THREE);
    let two = second.file("two.csv", "x,Xavi,7000000007,Y,2026-02-01 10:00:00,1,,\n");
    let (r1, r2) = tokio::join!(b.ingest_path(&one), second.ingest_path(&two));
    assert_eq!((r1.unwrap().accepted, r2.unwrap().accepted), (3, 1));
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["4"]);
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn zip_members_are_ingested_with_their_own_hash() {
    let b = Bench::new().await;
    let path = b.dir.path().join("many.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, id) in [("in/a.csv", "a"), ("in/b.csv", "b")] {
        use std::io::Write;
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writeln!(zip, "{HEADER}{id},N,,X,2026-01-01 10:00:00,1,,").unwrap();
    }
    zip.finish().unwrap();
    let request = lake::Request { contract: Some(b.contract.clone()), ..lake::Request::default() };
    let reports = b.lake.ingest_path(&path, request, &Arc::new(Progress::default())).await.unwrap();
    assert_eq!(reports.iter().map(|r| r.accepted).sum::<u64>(), 2);
    assert_eq!(b.rows("SELECT count(DISTINCT _object) FROM clean.test_register").await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_rows_are_derived_from_an_ingest() {
    let b = Bench::new().await;
    b.ingest("one.csv", THREE).await;
    b.ingest("two.csv", "d,Dev,7000000004,Y,2026-01-04 10:00:00,1,,\n").await;
    // Now rows of two objects share a file, whose range of object names may hold the third.
    b.lake.compact(None).await.unwrap();
    for (i, id) in ["e", "f", "g"].iter().enumerate() {
        b.ingest(&format!("{id}.csv"), &format!("{id},New,700000001{i},X,2026-02-0{} 10:00:00,1,,\n", i + 1)).await;
    }
    assert_eq!(b.rows("SELECT count(*), count(DISTINCT person_key) FROM pole.person_mention").await, ["7|7"]);
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'X' ORDER BY id").await, ["a", "c", "e", "f", "g"]);
    // And when a correction leaves old and new rows of one object side by side.
    b.ingest("late.csv", "a,Aasha,7000000001,X,2026-01-01 10:00:00,2,,\n").await;
    assert_eq!(b.rows("SELECT count(*), count(DISTINCT person_key) FROM pole.person_mention").await, ["7|7"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_kept_and_named() {
    let b = Bench::new().await;
    let path = b.dir.path().join("nothing.csv");
    std::fs::write(&path, "").unwrap();
    let e = b.ingest_path(&path).await.unwrap_err();
    assert!(e.to_string().contains("nothing.csv"), "{e}");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(b.lake.home().raw(empty).is_file(), "the received bytes have their name although no row could be read");
    let left = std::fs::read_dir(b.lake.home().scratch()).unwrap().flatten();
    let left: Vec<_> = left.map(|e| e.file_name().into_string().unwrap()).filter(|n| n.starts_with("incoming")).collect();
    assert!(left.is_empty(), "{left:?}");
}
