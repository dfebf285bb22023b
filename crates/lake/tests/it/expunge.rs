//! A person is erased from files that others are in too, down to the bytes, and the others stay.

use lake::LakeError;
use lake::expunge::Target;

use crate::bench::{Bench, HEADER};
use crate::erase::holding;

const ROWS: &str = "k-100001,Zyxwvut,7000000077,Qqplace,2026-01-01 10:00:00,1,,\n\
    k-100002,Bina,7000000077,Y,2026-01-02 10:00:00,1,,\nk-100003,Chand,7000000003,Z,2026-01-03 10:00:00,1,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_person_stays_and_what_others_share_does() {
    let b = Bench::new().await;
    let shared = b.ingest("shared.csv", ROWS).await;
    // An older version that a correction replaced, in a file that holds nobody else; and a refused row.
    let alone = b.ingest("alone.csv", "k-100001,Zyxwvut,7000000077,Oldplace,2026-01-01 10:00:00,0,,\n").await;
    b.ingest("refused.csv", "k-100001,Zyxwvut,,X,Refused-zyx,1,,\nk-100009,Dev,7000000009,X,2026-01-09 10:00:00,1,,\n").await;
    b.lake.compact(None).await.unwrap();
    let home = b.lake.home().root().to_path_buf();
    assert!(!holding(&home, "Zyxwvut").is_empty());
    let receipt = b.lake.expunge("e1", &Target::Person("test:k-100001".into())).await.unwrap();
    for needle in ["Zyxwvut", "k-100001", "Qqplace", "Oldplace", "Refused-zyx"] {
        assert_eq!(holding(&home, needle), Vec::<String>::new(), "{needle}");
    }
    assert_eq!(receipt.sealed, Vec::<String>::new());
    assert!(receipt.rewritten.iter().any(|r| r.object == shared.object && r.records == 1), "{receipt:?}");
    assert!(receipt.objects.contains(&alone.object) || receipt.rewritten.iter().any(|r| r.object == alone.object), "{receipt:?}");
    // The phone both had is still the other's.
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, ["k-100002", "k-100003", "k-100009"]);
    assert_eq!(b.rows("SELECT key FROM pole.object ORDER BY key").await, ["7000000003", "7000000009", "7000000077"]);
    assert_eq!(b.rows("SELECT \"_row\" FROM clean.test_register WHERE id = 'k-100002'").await, ["3"], "rows keep their places");
    assert!(b.lake.examine().await.unwrap().iter().all(|f| f.well), "{:?}", b.lake.examine().await.unwrap());
    // The same file again brings nothing back.
    let again = b.dir.path().join("shared.csv");
    std::fs::write(&again, format!("{HEADER}{ROWS}")).unwrap();
    b.ingest_path(&again).await.unwrap();
    assert_eq!(holding(&home, "Zyxwvut"), Vec::<String>::new());
    assert_eq!(b.lake.expunge("e1", &Target::Person("test:k-100001".into())).await.unwrap().at, receipt.at);
    let none = b.lake.expunge("e2", &Target::Person("test:k-100001".into())).await.unwrap_err();
    assert!(none.to_string().contains("no row"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_rewritten_is_sealed_and_read_by_nobody() {
    use std::io::Write;
    let b = Bench::new().await;
    let path = b.dir.path().join("packed.csv.gz");
    let mut packed = flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::fast());
    packed.write_all(format!("{HEADER}{ROWS}").as_bytes()).unwrap();
    packed.finish().unwrap();
    let report = b.ingest_path(&path).await.unwrap();
    let receipt = b.lake.expunge("e1", &Target::Person("test:k-100001".into())).await.unwrap();
    assert!(receipt.sealed.contains(&report.object), "{receipt:?} {report:?}");
    let sealed = lake::raw::open(b.lake.home(), &report.object).unwrap_err();
    assert!(matches!(&sealed, LakeError::Denied(why) if why.contains("e1")), "{sealed}");
    assert_eq!(b.rows("SELECT id FROM clean.test_register ORDER BY id").await, ["k-100002", "k-100003"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_goes_by_order_as_it_does_by_purge() {
    let b = Bench::new().await;
    let one = b.ingest("needle-name.csv", ROWS).await;
    let receipt = b.lake.expunge("e1", &Target::Object(one.object.clone())).await.unwrap();
    assert_eq!(receipt.objects, std::slice::from_ref(&one.object));
    assert_eq!(holding(b.lake.home().root(), "Zyxwvut"), Vec::<String>::new());
    assert_eq!(holding(b.lake.home().root(), "needle-name"), Vec::<String>::new());
}
