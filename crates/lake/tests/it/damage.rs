//! Damage and other hands: what `doctor` finds, and what the lake does with a table it no longer understands.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use lake::{Lake, LakeError, Options, TableName};

use crate::bench::{Bench, open};

const TWO: &str = "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,\nb,Bina,7000000002,Y,2026-01-02 10:00:00,1,,\n";
const ONE: &str = "c,Chand,7000000003,X,2026-01-03 10:00:00,1,,\n";

impl Bench {
    fn table(&self, name: &str) -> PathBuf {
        self.lake.home().tables().join(name)
    }

    fn data_file(&self, name: &str) -> PathBuf {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.table(name)).unwrap().flatten().map(|e| e.path()).collect();
        files.retain(|p| p.extension().is_some_and(|e| e == "parquet"));
        files.pop().unwrap()
    }

    /// What is ill, and why.
    async fn ill(&self) -> Vec<(String, String)> {
        let findings = self.lake.examine().await.unwrap();
        findings.into_iter().filter(|f| !f.well).map(|f| (f.what, f.message)).collect()
    }

    async fn ill_alone(&self, what: &str, words: &[&str]) {
        let ill = self.ill().await;
        assert_eq!(ill.len(), 1, "{ill:?}");
        assert_eq!(ill[0].0, what, "{ill:?}");
        for word in words {
            assert!(ill[0].1.contains(word), "no `{word}` in {ill:?}");
        }
    }

    /// The same lake in a new program.
    async fn reopened(self) -> Bench {
        let lake = open(&self.dir.path().join("home"), &self.contract).await;
        Bench { lake, ..self }
    }
}

async fn filled() -> Bench {
    let b = Bench::new().await;
    b.ingest("one.csv", TWO).await;
    assert_eq!(b.ill().await, []);
    b
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_file_that_is_gone_cut_or_altered_is_found() {
    let b = filled().await;
    let path = b.data_file("clean/test_register");
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let whole = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    b.ill_alone("clean.test_register", &[&name, "Restore the file from a backup"]).await;
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    b.ill_alone("clean.test_register", &[&name, "bytes and was written with"]).await;
    // Inside a page, where only reading the values shows it.
    let mut altered = whole.clone();
    altered[4..60].fill(0xff);
    std::fs::write(&path, &altered).unwrap();
    b.ill_alone("clean.test_register", &[&name, "cannot be read"]).await;
    // A query says so too, and other tables answer.
    let session = b.lake.session(&crate::bench::access(lake::At::Now)).unwrap();
    assert!(session.rows("SELECT * FROM clean.test_register").await.is_err());
    assert_eq!(b.rows("SELECT count(*) FROM pole.person_mention").await, ["2"]);
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(b.ill().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_log_is_named_and_costs_only_its_table() {
    let b = filled().await;
    let log = b.table("clean/test_register/_delta_log");
    let newest = std::fs::read_dir(&log).unwrap().flatten().map(|e| e.path()).filter(|p| p.extension().unwrap() == "json").max();
    let newest = newest.unwrap();
    let whole = std::fs::read(&newest).unwrap();
    for bad in [b"{\"add\": garbage".as_slice(), &whole[..whole.len() / 2], b"\0\0\0\0\0\0"] {
        std::fs::write(&newest, bad).unwrap();
        let b2 = open(&b.dir.path().join("home"), &b.contract).await;
        let ill: Vec<_> = b2.examine().await.unwrap().into_iter().filter(|f| !f.well).collect();
        assert!(ill.iter().any(|f| f.what == "clean.test_register"), "{:?}: {ill:?}", String::from_utf8_lossy(bad));
        let message = &ill.iter().find(|f| f.what == "clean.test_register").unwrap().message;
        assert!(message.contains("Delta log") && message.contains("backup"), "{message}");
        let b2 = Bench { lake: b2, dir: tempfile::tempdir().unwrap(), contract: b.contract.clone() };
        let e = b2.ingest_path(&b2.file("two.csv", ONE)).await.unwrap_err();
        assert!(matches!(e, LakeError::Delta { .. }), "{e}");
        assert_eq!(b2.rows("SELECT count(*) FROM pole.person_mention").await, ["2"]);
    }
    std::fs::write(&newest, &whole).unwrap();
    let b = b.reopened().await;
    assert_eq!(b.ill().await, []);
    assert_eq!(b.ingest("two.csv", ONE).await.accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_log_is_never_taken_for_an_empty_table() {
    let b = filled().await;
    let log = b.table("clean/test_register/_delta_log");
    std::fs::rename(&log, b.dir.path().join("log")).unwrap();
    let data = b.data_file("clean/test_register");
    let b = b.reopened().await;
    b.ill_alone("clean.test_register", &["_delta_log", "empty or gone", "backup"]).await;
    let e = b.ingest_path(&b.file("two.csv", ONE)).await.unwrap_err();
    assert!(matches!(e, LakeError::LogLost { .. }), "{e}");
    assert!(data.exists());
    std::fs::rename(b.dir.path().join("log"), &log).unwrap();
    let b = b.reopened().await;
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_cannot_be_saved_is_made_again_from_raw() {
    let b = filled().await;
    b.ingest("two.csv", "b,Beena,7000000002,Z,2026-01-02 10:00:00,2,,\n").await;
    let sql = "SELECT id, name, place, _object, _row FROM clean.test_register ORDER BY id";
    let (before, people) = (b.rows(sql).await, b.rows("SELECT name, _object FROM pole.person_mention ORDER BY name").await);
    std::fs::remove_dir_all(b.table("clean/test_register")).unwrap();
    let b = b.reopened().await;
    // The same files in the order in which they came.
    b.ingest("one.csv", TWO).await;
    b.ingest("two.csv", "b,Beena,7000000002,Z,2026-01-02 10:00:00,2,,\n").await;
    assert_eq!(b.rows(sql).await, before);
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'Z'").await, ["b"]);
    assert_eq!(b.rows("SELECT name, _object FROM pole.person_mention ORDER BY name").await, people);
    assert_eq!(b.ill().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_objects_that_are_altered_lost_or_unknown_are_found() {
    let b = Bench::new().await;
    let r = b.ingest("one.csv", TWO).await;
    let path = b.lake.home().raw(&r.object);
    let kept = b.dir.path().join("kept");
    std::fs::rename(&path, &kept).unwrap();
    b.ill_alone(&format!("raw {}", r.object), &["one.csv", "ask the sender"]).await;
    std::fs::write(&path, "other bytes").unwrap();
    b.ill_alone(&format!("raw {}", r.object), &["altered outside the lake", "backup"]).await;
    // The same file again puts it right.
    b.ingest("one.csv", TWO).await;
    assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(&kept).unwrap());
    // SHA-256 of `abc`, from FIPS 180-2.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    std::fs::create_dir_all(b.lake.home().raw(abc).parent().unwrap()).unwrap();
    std::fs::write(b.lake.home().raw(abc), "abc").unwrap();
    b.ill_alone(&format!("raw {abc}"), &["nobody recorded it"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_order_that_was_lost_or_changed_is_found_and_made_again() {
    let b = filled().await;
    let second = b.table("clean/test_register@place");
    std::fs::remove_dir_all(&second).unwrap();
    let b = b.reopened().await;
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'Y'").await, ["b"], "the first order answers");
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.ill().await, []);
    assert!(second.join("_delta_log").is_dir());
    // An ingest makes it whole too.
    std::fs::remove_dir_all(&second).unwrap();
    let b = b.reopened().await;
    b.ingest("two.csv", ONE).await;
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place IN ('X', 'Y') ORDER BY id").await, ["a", "b", "c"]);
    assert_eq!(b.ill().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_access_log_is_found() {
    let b = filled().await;
    b.rows("SELECT name FROM clean.test_register").await;
    b.rows("SELECT id FROM clean.test_register").await;
    let before = b.lake.audit().verify().unwrap().records;
    let log = b.lake.home().audit().join("pending.0");
    let bytes = std::fs::read(&log).unwrap();
    // A record that a kill cut off was never answered for: no damage.
    std::fs::write(&log, [bytes.as_slice(), b"\0\x99{\"at\": \"2026"].concat()).unwrap();
    assert_eq!(b.ill().await, []);
    b.rows("SELECT place FROM clean.test_register").await;
    assert!(b.lake.audit().verify().unwrap().records > before);
    let bundle = b.lake.audit().dir().join(format!("tile/entries/000.p/{}", b.lake.audit().verify().unwrap().records));
    let text = std::fs::read(&bundle).unwrap();
    let at = text.windows(4).position(|w| w == b"name").unwrap();
    std::fs::write(&bundle, [&text[..at], b"nane", &text[at + 4..]].concat()).unwrap();
    let ill = b.ill().await;
    assert_eq!(ill.iter().map(|i| i.0.as_str()).collect::<Vec<_>>(), ["audit log"], "{ill:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn leftovers_of_the_killed_are_swept_and_those_of_the_living_are_not() {
    let b = filled().await;
    let home = b.lake.home().clone();
    let table = b.table("clean/test_register");
    let orphans = ["in-0123456789abcdef-1.parquet", "kept-1.parquet", "sorted-1.parquet", "re-0123456789abcdef-1.parquet"];
    for name in orphans {
        std::fs::copy(b.data_file("clean/test_register"), table.join(name)).unwrap();
    }
    // Young and not named as ours: another program may be about to commit it.
    let foreign = table.join("part-00000-x.parquet");
    std::fs::copy(b.data_file("clean/test_register"), &foreign).unwrap();
    std::fs::write(table.join("_delta_log/00000000000000000099.json#1"), "{}").unwrap();
    std::fs::create_dir(home.work().join("run-dead")).unwrap();
    std::fs::write(home.work().join("run-dead/lock"), "").unwrap();
    std::fs::write(home.work().join("run-dead/incoming-1"), "half a file").unwrap();
    let other = open(home.root(), &b.contract).await;
    assert_eq!(home.sweep_scratch().unwrap(), lake::Swept { dead: 1, living: 1 });
    assert!(other.home().scratch().exists() && !home.work().join("run-dead").exists());
    let findings = b.lake.examine().await.unwrap();
    let said = findings.iter().find(|f| f.what == "clean.test_register").unwrap();
    assert!(said.well && said.message.contains("5 leftovers swept"), "{said:?}");
    assert!(orphans.iter().all(|o| !table.join(o).exists()) && foreign.exists());
    drop(other);
    assert_eq!(home.sweep_scratch().unwrap(), lake::Swept::default());
    // Old versions stay readable: the files they need are no leftovers.
    b.ingest("two.csv", "b,Beena,7000000002,Z,2026-01-02 10:00:00,2,,\n").await;
    let version = b.lake.table_info(&TableName::clean("test.register")).await.unwrap().version;
    b.lake.compact(None).await.unwrap();
    b.lake.examine().await.unwrap();
    let names = b.rows_at("SELECT name FROM clean.test_register ORDER BY id", lake::At::Version(version - 1)).await;
    assert_eq!(names, ["Asha", "Bina"]);
}

static NOW: AtomicI64 = AtomicI64::new(1_790_000_000);

fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW.load(Ordering::Relaxed), 0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_changes_no_row() {
    let b = Bench::new().await;
    let home = b.dir.path().join("other");
    let options = Options { contracts: vec![b.contract.clone()], clock, ..Options::at(&home) };
    let b = Bench { lake: Lake::open(options).await.unwrap(), ..b };
    b.ingest("one.csv", TWO).await;
    NOW.fetch_sub(400 * 86_400, Ordering::Relaxed);
    let r = b.ingest("two.csv", "b,Beena,7000000002,Z,2026-01-02 10:00:00,2,,\nx,,,X,never,1,,\n").await;
    assert_eq!((r.accepted, r.corrected, r.rejected), (1, 1, 1));
    assert_eq!(b.ingest("one.csv", TWO).await.state, lake::ingest::State::Already);
    assert_eq!(b.rows("SELECT id, name FROM clean.test_register ORDER BY id").await, ["a|Asha", "b|Beena"]);
    assert_eq!(b.rows("SELECT name FROM pole.person_mention ORDER BY name").await, ["Asha", "Beena"]);
    b.lake.recover().await.unwrap();
    b.lake.compact(None).await.unwrap();
    b.lake.enforce_retention().await.unwrap();
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["2"]);
    assert_eq!(b.ill().await, []);
    assert!(b.lake.audit().verify().is_ok());
}

/// The column names and types of the table, and one row with nothing in the lake's own columns, as another program would
/// write it.
fn foreign_row(schema: &arrow::datatypes::SchemaRef) -> arrow::array::RecordBatch {
    use arrow::array::{ArrayRef, StringArray, new_null_array};
    let columns = schema
        .fields()
        .iter()
        .map(|f| match f.name().as_str() {
            "id" => Arc::new(StringArray::from(vec!["foreign"])) as ArrayRef,
            "place" => Arc::new(StringArray::from(vec!["X"])) as ArrayRef,
            _ => new_null_array(f.data_type(), 1),
        })
        .collect();
    arrow::array::RecordBatch::try_new(schema.clone(), columns).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_writer_are_kept_and_reported() {
    let b = filled().await;
    let table = b.table("clean/test_register");
    // A Delta commit written by hand, as the protocol says: any writer's file looks like this.
    let ours = std::fs::File::open(b.data_file("clean/test_register")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(ours).unwrap();
    let batch = foreign_row(reader.schema());
    let file = std::fs::File::create(table.join("part-00000-foreign.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let size = std::fs::metadata(table.join("part-00000-foreign.parquet")).unwrap().len();
    let version = b.lake.table_info(&TableName::clean("test.register")).await.unwrap().version + 1;
    let add = serde_json::json!({ "add": { "path": "part-00000-foreign.parquet", "partitionValues": {}, "size": size,
        "modificationTime": 1_790_000_000_000u64, "dataChange": true, "stats": "{\"numRecords\":1}" } });
    std::fs::write(table.join(format!("_delta_log/{version:020}.json")), format!("{add}\n")).unwrap();
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, ["a", "b", "foreign"]);
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'X' ORDER BY id").await, ["a", "foreign"]);
    let ill = b.ill().await;
    assert!(ill[0].0 == "clean.test_register" && ill[0].1.contains("another program"), "{ill:?}");
    // Ours go on beside it: new rows, a correction, a repetition; and nothing is lost.
    let r = b
        .ingest("two.csv", &format!("{ONE}a,Asha,7000000001,X,2026-01-01 10:00:00,1,,\nb,Beena,,Y,2026-01-02 10:00:00,2,,\n"))
        .await;
    assert_eq!((r.accepted, r.corrected, r.duplicate), (2, 1, 1));
    let all = ["a", "b", "c", "foreign"];
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, all);
    b.lake.compact(None).await.unwrap();
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, all);
    assert_eq!(b.rows("SELECT id FROM clean.test_register WHERE place = 'X' ORDER BY id").await, ["a", "c", "foreign"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_writer_does_to_a_whole_table_is_refused_with_a_reason() {
    let b = filled().await;
    let log = b.table("clean/test_register/_delta_log");
    let first = log.join("00000000000000000000.json");
    let text = std::fs::read_to_string(&first).unwrap();
    let mapped = text.replacen("\"configuration\":{", "\"configuration\":{\"delta.columnMapping.mode\":\"name\",", 1);
    assert_ne!(mapped, text);
    std::fs::write(&first, mapped).unwrap();
    let b = b.reopened().await;
    let ill = b.ill().await;
    assert!(
        ill.iter().any(|(what, why)| what == "clean.test_register" && why.contains("Delta") | why.contains("column mapping")),
        "{ill:?}"
    );
    let e = b.ingest_path(&b.file("two.csv", ONE)).await;
    assert!(e.is_err());
}
