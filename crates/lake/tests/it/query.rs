//! What a session lets through, and what it leaves in the log.

use lake::{At, LakeError, TableName};
use ledger::Filter;
use sources::Contract;

use crate::bench::{Bench, CONTRACT, MAPPING, access};

const TWO: &str = "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,secret-a\nb,Bina,7000000002,Y,2026-01-02 10:00:00,1,,secret-b\n";

#[tokio::test(flavor = "multi_thread")]
async fn sealed_columns_are_empty_whatever_is_asked() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    for sql in [
        "SELECT secret FROM clean.test_register ORDER BY id",
        "SELECT max(secret) FROM clean.test_register GROUP BY id ORDER BY id",
        "SELECT (SELECT max(secret) FROM clean.test_register t WHERE t.id = r.id) FROM clean.test_register r ORDER BY id",
    ] {
        assert_eq!(b.rows(sql).await, ["", ""], "{sql}");
    }
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register WHERE secret LIKE 'secret%'").await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_select_is_possible() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    let session = b.lake.session(&access(At::Now)).unwrap();
    for sql in [
        "DROP TABLE clean.test_register",
        "DELETE FROM clean.test_register",
        "INSERT INTO clean.test_register SELECT * FROM clean.test_register",
        "CREATE TABLE x AS SELECT 1",
        "COPY clean.test_register TO '/tmp/stolen.csv'",
        "CREATE EXTERNAL TABLE p STORED AS CSV LOCATION '/etc/passwd'",
        "SET datafusion.execution.batch_size = 1",
    ] {
        let e = session.sql(sql).await.err().unwrap_or_else(|| panic!("{sql} was allowed"));
        assert!(matches!(e, LakeError::Denied(_)), "{sql}: {e}");
    }
    assert!(session.sql("SELECT * FROM '/etc/passwd'").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_can_be_read() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    let version = b.lake.table_info(&TableName::clean("test.register")).await.unwrap().version;
    b.ingest("two.csv", "a,Changed,7000000001,X,2026-01-01 10:00:00,2,,\n").await;
    let sql = "SELECT name FROM clean.test_register WHERE id = 'a'";
    assert_eq!(b.rows(sql).await, ["Changed"]);
    assert_eq!(b.rows_at(sql, At::Version(version)).await, ["Asha"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_is_in_the_log_without_its_values() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    b.rows("SELECT name FROM clean.test_register WHERE number = '7000000001'").await;
    let log = b.lake.audit();
    let found = log.find(&Filter { action: Some("query".into()), ..Filter::default() }, None, 1).unwrap().entries.remove(0);
    let touched = found.record.what["tables"].to_string();
    assert!(touched.contains("clean.test_register") && touched.contains("number") && touched.contains("name"), "{touched}");
    assert!(!found.record.what.to_string().contains("7000000001"));
    // Who knows the number finds who asked for it; another number finds nothing.
    let by = |number: &str| log.find(&Filter { marks: log.marks(number), ..Filter::default() }, None, 9).unwrap().entries;
    assert_eq!(by("7000000001"), std::slice::from_ref(&found));
    assert!(by("7000000002").is_empty());
    // And what came of it, counted on the way out.
    let answers = log.find(&Filter { action: Some("answer".into()), ..Filter::default() }, None, 1).unwrap().entries;
    assert_eq!(answers[0].record.what, serde_json::json!({ "query": found.index, "rows": 1, "whole": true }));
    assert!(log.verify().unwrap().records >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_there_is_no_answer() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    // Whatever bundle is being filled next, it cannot be written.
    let size = b.lake.audit().publish().unwrap().checkpoint.size;
    let pending = b.lake.home().audit().join(format!("pending.{}", size / 256));
    let kept = std::fs::read(&pending).unwrap_or_default();
    let _ = std::fs::remove_file(&pending);
    std::fs::create_dir(&pending).unwrap();
    let ask = async || b.lake.session(&access(At::Now)).unwrap().rows("SELECT 1 FROM clean.test_register").await;
    let e = ask().await.unwrap_err();
    assert!(matches!(e, LakeError::Audit(_)), "{e}");
    std::fs::remove_dir(&pending).unwrap();
    std::fs::write(&pending, kept).unwrap();
    assert_eq!(ask().await.unwrap().iter().map(|b| b.num_rows()).sum::<usize>(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn lineage_runs_from_source_field_to_pole_column() {
    let b = Bench::new().await;
    let flows = b.lake.flows(&b.contract).await.unwrap();
    let has = |ft: &str, fc: &str, tt: &str, tc: &str| {
        flows.iter().any(|f| {
            (f.from_table.as_str(), f.from_column.as_str(), f.to_table.as_str(), f.to_column.as_str()) == (ft, fc, tt, tc)
        })
    };
    assert!(has("source:test.register", "number", "clean.test_register", "number"), "{flows:?}");
    assert!(has("clean.test_register", "id", "pole.person_mention", "person_key"));
    assert!(has("clean.test_register", "number", "pole.object", "key"));
    assert!(!has("clean.test_register", "name", "pole.object", "key"));
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_keeps_every_row_and_leaves_one_file() {
    let b = Bench::new().await;
    for i in 0..4 {
        b.ingest(&format!("{i}.csv"), &format!("k{i},N{i},700000000{i},X,2026-01-0{} 10:00:00,1,,\n", 9 - i)).await;
    }
    let sql = "SELECT id, name, number, place, seen_at, _object, _row FROM clean.test_register ORDER BY id";
    let before = b.rows(sql).await;
    let done = b.lake.compact(None).await.unwrap();
    assert!(done.iter().all(|d| d.files_after <= 1), "{done:?}");
    assert_eq!(b.rows(sql).await, before);
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register WHERE place = 'X'").await, ["4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_puts_rows_into_the_order_that_holds_now() {
    let b = Bench::new().await;
    for i in 0..4 {
        b.ingest(&format!("{i}.csv"), &format!("k{i},N{i},700000000{i},X,2026-01-0{} 10:00:00,1,,\n", 9 - i)).await;
    }
    // Nobody orders them: rows come as they lie in the file.
    let lying = "SELECT id FROM clean.test_register";
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.rows(lying).await, ["k0", "k1", "k2", "k3"], "by number");
    let yaml = CONTRACT.replace("[[number, seen_at]", "[[seen_at, number]").replace("1.0.0", "1.0.1");
    let contract = std::sync::Arc::new(Contract::parse(&yaml, MAPPING).unwrap());
    let lake = crate::bench::open(b.lake.home().root(), &contract).await;
    let b = Bench { lake, contract, ..b };
    // One file, and a file that was written in the new order beside one of the old.
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.rows(lying).await, ["k3", "k2", "k1", "k0"], "by day");
    let again = b.lake.compact(None).await.unwrap();
    assert!(again.iter().all(|d| d.bytes_before == d.bytes_after), "{again:?}");
    b.ingest("5.csv", "k5,N5,7000000009,X,2026-01-07 12:00:00,1,,\n").await;
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.rows(lying).await, ["k3", "k2", "k5", "k1", "k0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_commits_is_seen_at_once() {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    let sql = "SELECT count(*) FROM clean.test_register";
    let log = b.lake.home().table(&lake::TableName::clean("test.register")).join("_delta_log");
    // Only a folder that has been at rest for a while is trusted without being listed.
    let rest = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::open(&log).unwrap().set_modified(rest).unwrap();
    assert_eq!(b.rows(sql).await, ["2"]);
    assert_eq!(b.rows(sql).await, ["2"]);
    let other = crate::bench::open(b.lake.home().root(), &b.contract).await;
    let request = lake::Request { contract: Some(b.contract.clone()), ..lake::Request::default() };
    let path = b.file("two.csv", "z,Zoya,7000000009,Z,2026-01-09 10:00:00,1,,\n");
    other.ingest_path(&path, request, &Default::default()).await.unwrap();
    assert_eq!(b.rows(sql).await, ["3"]);
}
