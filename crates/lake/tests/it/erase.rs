//! Erased means gone: no byte of it anywhere below the lake's folder.

use std::path::Path;

use lake::LakeError;

use crate::bench::Bench;

/// Files below `dir` that contain `needle`, also inside Parquet pages, which the lake compresses: they are decoded.
pub fn holding(dir: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().flatten().map(|e| e.path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let mut hit = bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
        if path.extension().is_some_and(|e| e == "parquet") {
            let file = std::fs::File::open(&path).unwrap();
            let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
            for batch in reader {
                let batch = batch.unwrap();
                hit |= arrow::util::pretty::pretty_format_batches(&[batch]).unwrap().to_string().contains(needle);
            }
        }
        if hit {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_leaves_no_byte() {
    let b = Bench::new().await;
    let doomed = b
        .ingest("needle-in-the-name.csv", "a,Zyxwvut,7000000077,Qqplace,2026-01-01 10:00:00,1,,\nb,Zyxwvut,,X,Refused-zyx,1,,\n")
        .await;
    let kept = b.ingest("kept.csv", "c,Chand,7000000003,X,2026-01-03 10:00:00,1,,\n").await;
    b.lake.compact(None).await.unwrap();
    let home = b.lake.home().root().to_path_buf();
    assert!(!holding(&home, "Zyxwvut").is_empty());
    let receipt = b.lake.purge(std::slice::from_ref(&doomed.object)).await.unwrap();
    for needle in ["Zyxwvut", "7000000077", "Qqplace", "Refused-zyx", "needle-in-the-name"] {
        assert_eq!(holding(&home, needle), Vec::<String>::new(), "{needle}");
    }
    assert!(receipt.rows.iter().any(|(t, n)| t == "clean.test_register" && *n == 1), "{receipt:?}");
    assert_eq!(b.rows("SELECT id FROM clean.test_register").await, ["c"]);
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["1"]);
    assert!(lake::raw::verify(b.lake.home(), &kept.object).is_ok());
    assert!(matches!(lake::raw::open(b.lake.home(), &doomed.object), Err(LakeError::NoObject { .. })));
    // The lake goes on.
    let next = b.ingest("next.csv", "d,Dev,7000000004,X,2026-01-04 10:00:00,1,,\n").await;
    assert_eq!(next.accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_cannot_be_purged() {
    let b = Bench::new().await;
    let e = b.lake.purge(&["0".repeat(64)]).await.unwrap_err();
    assert!(matches!(e, LakeError::NoObject { .. }), "{e}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_corrections_left_in_old_files_goes_too() {
    let b = Bench::new().await;
    let doomed = b.ingest("one.csv", "a,Zyxwvut,7000000077,Qqplace,2026-01-01 10:00:00,1,,\n").await;
    b.ingest("two.csv", "b,Bina,7000000002,Y,2026-01-02 10:00:00,1,,\n").await;
    // Compacted, so that no name tells where the rows are; then replaced, so that no active file holds them.
    b.lake.compact(None).await.unwrap();
    b.ingest("three.csv", "a,Asha,7000000001,X,2026-01-01 10:00:00,2,,\n").await;
    let home = b.lake.home().root().to_path_buf();
    assert!(!holding(&home, "Zyxwvut").is_empty());
    b.lake.purge(std::slice::from_ref(&doomed.object)).await.unwrap();
    for needle in ["Zyxwvut", "7000000077", "Qqplace"] {
        assert_eq!(holding(&home, needle), Vec::<String>::new(), "{needle}");
    }
    assert_eq!(b.rows("SELECT name FROM clean.test_register ORDER BY id").await, ["Asha", "Bina"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purged_file_may_come_again() {
    let b = Bench::new().await;
    let body = "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,\nb,Bina,,X,never,1,,\n";
    let sql = "SELECT id FROM clean.test_register WHERE place = 'X'";
    for _ in 0..3 {
        let r = b.ingest("one.csv", body).await;
        assert_eq!((r.accepted, r.rejected, r.state), (1, 1, lake::ingest::State::Done));
        assert_eq!(b.rows(sql).await, ["a"]);
        assert_eq!(b.rows("SELECT name FROM pole.person_mention").await, ["Asha"]);
        assert_eq!(b.rows("SELECT count(*) FROM quarantine.test_register").await, ["1"]);
        let one = b.lake.purge(std::slice::from_ref(&r.object)).await.unwrap();
        assert!(b.rows(sql).await.is_empty());
        // Asked for again: the receipt of the erasure.
        let two = b.lake.purge(std::slice::from_ref(&r.object)).await.unwrap();
        assert_eq!((one.at, one.rows), (two.at, two.rows));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_waits_for_the_ingest_that_fills_the_quarantine() {
    let b = Bench::new().await;
    let r = b.ingest("one.csv", "a,Asha,,X,never,1,,\n").await;
    // An ingest writes its refused rows while it holds this lock, and commits them later.
    let lock = b.lake.home().lock("clean.test_register").await.unwrap();
    let purge = b.lake.purge(std::slice::from_ref(&r.object));
    tokio::pin!(purge);
    let early = tokio::time::timeout(std::time::Duration::from_millis(500), &mut purge).await;
    assert!(early.is_err(), "it would delete files that are about to be committed");
    drop(lock);
    purge.await.unwrap();
    assert_eq!(b.rows("SELECT count(*) FROM quarantine.test_register").await, ["0"]);
}
