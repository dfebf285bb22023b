//! Files that are broken, hostile or full of what must not be believed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lake::export::{Format, Style, to_file};
use lake::{At, LakeError, Progress, Report, Request};
use sources::Contract;

use crate::bench::{Bench, CONTRACT, HEADER, MAPPING, access};

const GOOD: &str = "a,Asha,7000000001,X,2026-01-01 10:00:00,1,,\n";

impl Bench {
    fn raw(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn all(&self, path: &Path, password: Option<&str>) -> lake::Result<Vec<Report>> {
        let request =
            Request { contract: Some(self.contract.clone()), password: password.map(str::to_owned), ..Request::default() };
        self.lake.ingest_path(path, request, &Arc::new(Progress::default())).await
    }

    /// Nothing of a refused file is in a table, nothing is lying about, and the lake goes on.
    async fn untouched(&self) {
        for name in self.lake.home().list().unwrap() {
            assert_eq!(self.rows(&format!("SELECT count(*) FROM {}.{}", name.area, name.name)).await, ["0"], "{name}");
        }
        let findings = self.lake.examine().await.unwrap();
        assert!(findings.iter().all(|f| f.well && !f.message.contains("swept")), "{findings:?}");
        let scratch = std::fs::read_dir(self.lake.home().scratch()).unwrap().flatten();
        let left: Vec<_> = scratch.map(|e| e.file_name()).filter(|n| n != "lock").collect();
        // The query engine keeps an empty folder for what it spills.
        assert!(left.iter().all(|n| n.to_string_lossy().starts_with("datafusion-")), "{left:?}");
        assert_eq!(self.ingest("good.csv", GOOD).await.accepted, 1);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn many(n: usize) -> String {
    let mut text = HEADER.to_string();
    for i in 0..n {
        text += &format!("k{i},Name {},7{:09},X,2026-01-01 10:00:00,1,,\n", i * 7919 % 104_729, i * 104_729 % 1_000_000_000);
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_or_altered_gzip_changes_nothing() {
    let b = Bench::new().await;
    let packed = gzip(many(30_000).as_bytes());
    // Cut behind what detection looks at, cut within it, and a wrong checksum at the end.
    for (name, bytes) in [("cut.csv.gz", &packed[..packed.len() - 1000]), ("short.csv.gz", &packed[..200])] {
        let e = b.ingest_path(&b.raw(name, bytes)).await.unwrap_err().to_string();
        assert!(e.contains(name) && e.contains("is cut off") && e.contains("again"), "{e}");
    }
    let mut wrong = packed.clone();
    let n = wrong.len();
    wrong[n - 6] ^= 0xff;
    let e = b.ingest_path(&b.raw("wrong.csv.gz", &wrong)).await.unwrap_err().to_string();
    assert!(e.contains("wrong.csv.gz") && e.contains("not a readable"), "{e}");
    b.untouched().await;
}

fn zip(files: &[(&str, &[u8])], options: zip::write::SimpleFileOptions) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_that_are_locked_hostile_or_broken_change_nothing() {
    let b = Bench::new().await;
    let plain = zip::write::SimpleFileOptions::default();
    let text = format!("{HEADER}{GOOD}");
    let locked = zip(&[("a.csv", text.as_bytes())], plain.with_aes_encryption(zip::AesMode::Aes256, "right"));
    let path = b.raw("locked.zip", &locked);
    for (password, word) in [(None, "locked by a password"), (Some("wrong"), "does not open")] {
        let e = b.all(&path, password).await.unwrap_err().to_string();
        assert!(e.contains("locked.zip") && e.contains(word), "{e}");
    }
    let evil = zip(&[("ok.csv", text.as_bytes()), ("../../evil.csv", b"x")], plain);
    let e = b.all(&b.raw("evil.zip", &evil), None).await.unwrap_err().to_string();
    assert!(e.contains("evil.zip") && e.contains("../../evil.csv") && e.contains("nothing of the archive"), "{e}");
    let zeros = vec![b'0'; 80 << 20];
    let bomb = zip(&[("ok.csv", text.as_bytes()), ("bomb.csv", &zeros)], plain);
    drop(zeros);
    let e = b.all(&b.raw("bomb.zip", &bomb), None).await.unwrap_err().to_string();
    assert!(e.contains("bomb.zip") && e.contains("more than allowed"), "{e}");
    let half = &locked[..locked.len() / 2];
    let e = b.all(&b.raw("half.zip", half), Some("right")).await.unwrap_err().to_string();
    assert!(e.contains("half.zip"), "{e}");
    b.untouched().await;
    assert!(!b.dir.path().join("evil.csv").exists() && !b.lake.home().root().join("../evil.csv").exists());
    let reports = b.all(&path, Some("right")).await.unwrap();
    assert_eq!((reports[0].input, reports[0].duplicate), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_member_does_not_hold_back_the_others() {
    let b = Bench::new().await;
    let text = format!("{HEADER}{GOOD}");
    let plain = zip::write::SimpleFileOptions::default();
    let bytes = zip(&[("broken.csv", b"x,y\n1,2\n"), ("empty.csv", b""), ("good.csv", text.as_bytes())], plain);
    let reports = b.all(&b.raw("mixed.zip", &bytes), None).await.unwrap();
    let states: Vec<_> = reports.iter().map(|r| (r.name.as_str(), r.state, r.accepted)).collect();
    use lake::ingest::State::{Done, Failed};
    assert_eq!(states, [("broken.csv", Failed, 0), ("empty.csv", Failed, 0), ("good.csv", Done, 1)]);
    assert!(reports[1].message.as_ref().unwrap().contains("is empty"));
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_rows_are_refused_one_by_one() {
    let b = Bench::new().await;
    let text = [
        HEADER.as_bytes(),
        GOOD.as_bytes(),
        b"b,ragged\n",
        b"c,Nul\0,,X,2026-01-01 10:00:00,1,,\n",
        "d,आशा,,X,2026-01-01 10:00:00,1,,\n".as_bytes(),
        b"e,Caf\xe9,,X,2026-01-01 10:00:00,1,,\n",
        b"f,x,y,z,X,2026-01-01 10:00:00,1,,,,\n",
        b"g,Gita,9.18E+09,X,2026-01-01 10:00:00,1,,\n",
    ]
    .concat();
    let r = b.ingest_path(&b.raw("mixed.csv", &text)).await.unwrap();
    assert_eq!((r.input, r.accepted, r.rejected), (7, 2, 5));
    let refused = b.rows("SELECT _row, reason FROM quarantine.test_register ORDER BY _row").await;
    assert_eq!(refused, ["3|ragged", "4|nul_byte", "6|bad_encoding", "7|ragged", "8|scientific_notation"]);
    let kept = b.rows("SELECT original FROM quarantine.test_register WHERE _row IN (3, 8) ORDER BY _row").await;
    assert_eq!(kept, ["b,ragged", "g,Gita,9.18E+09,X,2026-01-01 10:00:00,1,,"]);
    assert_eq!(b.rows("SELECT name FROM clean.test_register ORDER BY id").await, ["Asha", "आशा"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn identifiers_in_scientific_notation_are_never_rounded() {
    let mut yaml = CONTRACT.to_string();
    let steps = ["phone", "phone_strict", "imei", "imsi", "digits", "id", "fir_no"];
    for step in steps {
        yaml += &format!(
            "      - {{ name: x_{step}, logicalType: string, physicalType: string, classification: internal, description: X, customProperties: [{{ property: clean, value: [{step}] }}] }}\n"
        );
    }
    let b = Bench::new().await;
    let b = Bench { contract: Arc::new(Contract::parse(&yaml, MAPPING).unwrap()), ..b };
    let names: Vec<String> = steps.iter().map(|s| format!("x_{s}")).collect();
    let mut text = format!("id,seen_at,{}\n", names.join(","));
    for (i, _) in steps.iter().enumerate() {
        for (j, value) in ["9.19829E+11", "9.19829e11", "3.5E14"].iter().enumerate() {
            let cells: Vec<&str> = (0..steps.len()).map(|c| if c == i { *value } else { "" }).collect();
            text += &format!("r{i}{j},2026-01-01 10:00:00,{}\n", cells.join(","));
        }
    }
    let r = b.ingest_path(&b.raw("sci.csv", text.as_bytes())).await.unwrap();
    assert_eq!((r.input, r.accepted, r.reasons.get("scientific_notation")), (21, 0, Some(&21)));
    assert_eq!(b.rows("SELECT count(*) FROM quarantine.test_register WHERE value LIKE '%.%'").await, ["21"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_like_aadhaar_are_masked_and_flagged() {
    let number = (0..10).map(|d| format!("23412341234{d}")).find(|n| model::aadhaar::verhoeff(n.as_bytes())).unwrap();
    let b = Bench::new().await;
    let body = format!(
        "a,uid {number},,X,2026-01-01 10:00:00,1,,\nb,{} {} {},,X,never,1,,\n",
        &number[..4],
        &number[4..8],
        &number[8..]
    );
    let r = b.ingest("uid.csv", &body).await;
    assert_eq!((r.accepted, r.rejected), (1, 1));
    let row = b.rows("SELECT name, _flags FROM clean.test_register").await;
    assert_eq!(row, [format!("uid XXXXXXXX{}|aadhaar_masked:name", &number[8..])]);
    let original = b.rows("SELECT original FROM quarantine.test_register").await.remove(0);
    assert!(!original.contains(&number[..4]) && original.contains(&number[8..]), "{original}");
    // Only the raw object, which is the evidence, still has it.
    let holding = crate::erase::holding(&b.lake.home().tables(), &number);
    assert_eq!(holding, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_are_text_and_leave_harmless() {
    let b = Bench::new().await;
    let body = "a,=HYPERLINK(1),,X,2026-01-01 10:00:00,1,,\nb,@SUM(1),,+cmd|calc,2026-01-01 10:00:00,1,,\nc,-5,,+919,2026-01-01 10:00:00,1,,\n";
    assert_eq!(b.ingest("f.csv", body).await.accepted, 3);
    assert_eq!(b.rows("SELECT name FROM clean.test_register WHERE id = 'a'").await, ["=HYPERLINK(1)"]);
    let session = b.lake.session(&access(At::Now)).unwrap();
    let answer = session.sql("SELECT id, name, place FROM clean.test_register ORDER BY id").await.unwrap();
    let to = b.dir.path().join("out.csv");
    to_file(answer, Format::Csv, Style { for_spreadsheet: true, mark: "" }, &to).await.unwrap();
    let text = std::fs::read_to_string(&to).unwrap();
    assert_eq!(text, "id,name,place\na,'=HYPERLINK(1),X\nb,'@SUM(1),'+cmd|calc\nc,-5,+919\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_parquet_file_is_refused_whole() {
    let b = Bench::new().await;
    let yaml = CONTRACT.replace("value: [{ kind: csv }]", "value: [{ kind: parquet }]");
    let b = Bench { contract: Arc::new(Contract::parse(&yaml, MAPPING).unwrap()), ..b };
    let ids: arrow::array::ArrayRef = Arc::new(arrow::array::StringArray::from_iter_values((0..50_000).map(|i| format!("k{i}"))));
    let days: arrow::array::ArrayRef =
        Arc::new(arrow::array::StringArray::from_iter_values((0..50_000).map(|i| format!("2026-01-01 10:00:{:02}", i % 60))));
    let batch = arrow::array::RecordBatch::try_from_iter([("id", ids), ("seen_at", days)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut inside = bytes.clone();
    for byte in &mut inside[bytes.len() / 3..bytes.len() / 3 + 400] {
        *byte ^= 0x5a;
    }
    for (name, bad) in [("cut.parquet", bytes[..bytes.len() - 300].to_vec()), ("inside.parquet", inside)] {
        let e = b.ingest_path(&b.raw(name, &bad)).await.unwrap_err().to_string();
        assert!(e.contains(name) && e.contains("not a readable Parquet file"), "{e}");
    }
    assert_eq!(b.rows("SELECT count(*) FROM clean.test_register").await, ["0"]);
    let r = b.ingest_path(&b.raw("good.parquet", &bytes)).await.unwrap();
    assert_eq!(r.accepted, 50_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_end_costs_one_row() {
    let b = Bench::new().await;
    let path = b.dir.path().join("endless.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    write!(file, "{HEADER}{GOOD}b,").unwrap();
    let block = vec![b'x'; 1 << 20];
    for _ in 0..40 {
        file.write_all(&block).unwrap();
    }
    write!(file, ",,X,2026-01-01 10:00:00,1,,\nc,Chand,,X,2026-01-01 10:00:00,1,,\n").unwrap();
    file.into_inner().unwrap();
    let r = b.ingest_path(&path).await.unwrap();
    assert_eq!((r.input, r.accepted, r.rejected, r.reasons.get("too_long")), (3, 2, 1, Some(&1)));
    assert_eq!(b.rows("SELECT id, _row FROM clean.test_register ORDER BY id").await, ["a|2", "c|4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_is_asked_for_before_anything_is_read() {
    let b = Bench::new().await;
    let yaml = CONTRACT.replace("  - property: title", "  - property: authorityRequired\n    value: true\n  - property: title");
    let b = Bench { contract: Arc::new(Contract::parse(&yaml, MAPPING).unwrap()), ..b };
    let e = b.ingest_path(&b.file("one.csv", GOOD)).await.unwrap_err();
    assert!(matches!(&e, LakeError::AuthorityNeeded { .. }) && e.to_string().contains("--authority"), "{e}");
    assert!(b.lake.home().list().unwrap().is_empty());
}
