//! Erased means gone: no byte of it anywhere below the lake's folder.

use std::path::Path;

use lake::LakeError;

use crate::bench::Bench;

/// Files below `dir` that contain `needle`, also inside Parquet pages, which the lake compresses: they are decoded.
fn holding(dir: &Path, needle: &str) -> Vec<String> {
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
