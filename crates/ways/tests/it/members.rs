//! Archives through the lake: everything that lies in them, or nothing, and never more files open than a few.

use std::io::Write;

use lake::ingest::State;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::basin::Basin;
use crate::document::{docx, packed};
use crate::feed::event;

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_lies_in_an_archive_as_it_is() {
    let basin = Basin::new().await;
    let reports = basin.take("evidence.zip", &packed(&[("note.docx", &docx("Stored words"))], stored())).await.unwrap();
    assert_eq!((reports.len(), reports[0].accepted), (1, 1), "{reports:?}");
    let rows = basin.rows("SELECT file, text FROM clean.document_part").await;
    assert!(rows[0].starts_with("note.docx|") && rows[0].ends_with("Stored words"), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_broken_file_of_an_archive_does_not_hold_back_the_others() {
    let basin = Basin::new().await;
    let inner = packed(&[("reads.ndjson", event(9, 1).as_bytes())], stored());
    let mut outer = packed(
        &[
            ("first.ndjson", event(1, 1).as_bytes()),
            ("cut.zip", &inner[..inner.len() / 2]),
            ("bad.ndjson", event(2, 1).as_bytes()),
            ("last.ndjson", event(3, 1).as_bytes()),
        ],
        stored(),
    );
    let second = event(2, 1);
    let at = outer.windows(second.len()).position(|w| w == second.as_bytes()).unwrap();
    outer[at + 2] ^= 1;
    let reports = basin.take("evidence.zip", &outer).await.unwrap();
    let seen: Vec<(&str, bool)> = reports.iter().map(|r| (r.name.as_str(), r.state == State::Failed)).collect();
    assert_eq!(seen, [("first.ndjson", false), ("cut.zip", true), ("bad.ndjson", true), ("last.ndjson", false)]);
    assert!(reports[1].message.as_ref().unwrap().contains("not a readable ZIP"), "{:?}", reports[1].message);
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_hostile_archive_is_taken() {
    let basin = Basin::new().await;
    let (good, zeros) = (event(1, 1), vec![0u8; 100 << 20]);
    let bomb = packed(&[("good.ndjson", good.as_bytes()), ("zeros", &zeros)], SimpleFileOptions::default());
    let nested = packed(&[("good.ndjson", good.as_bytes()), ("inner.zip", &bomb)], stored());
    let mut deep = packed(&[("good.ndjson", good.as_bytes())], stored());
    for _ in 0..5 {
        deep = packed(&[("good.ndjson", good.as_bytes()), ("in.zip", &deep)], stored());
    }
    let escape = packed(&[("good.ndjson", good.as_bytes()), ("../../evil.ndjson", good.as_bytes())], stored());
    for (bytes, says) in [
        (bomb, "unpacks to more than allowed"),
        (nested, "unpacks to more"),
        (deep, "archives in archives"),
        (escape, "points outside its archive"),
    ] {
        let error = basin.take("evidence.zip", &bytes).await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert!(basin.lake.home().list().unwrap().is_empty(), "no table was made");
    assert!(!basin.dir.path().join("evil.ndjson").exists());
}

/// 1,500 files, more than a program may have open: one open at a time. What most of them hold fits no contract, which is soon said.
#[tokio::test(flavor = "multi_thread")]
async fn many_files_in_an_archive() {
    let basin = Basin::new().await;
    let names: Vec<String> = (0..1500).map(|i| format!("{i:04}.txt")).collect();
    let last = event(1, 1);
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), n.as_bytes())).collect();
    files.push(("reads.ndjson", last.as_bytes()));
    let received = basin.file("many.zip", &packed(&files, stored()));
    let mut file = std::fs::File::open(received).unwrap();
    let size = file.metadata().unwrap().len();
    let request = lake::Request { name: "many.zip".into(), ..lake::Request::default() };
    let object = basin.lake.receive(&mut file, size, &request, &Default::default()).await.unwrap();
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    let (mut seen, mut most) = (0, 0);
    for member in basin.lake.unpack(&object.sha256, "many.zip", None).unwrap() {
        let _held = member.unwrap();
        seen += 1;
        most = most.max(open());
    }
    assert_eq!(seen, 1501);
    assert!(most <= before + 5, "{most} files open, {before} before");
}

#[tokio::test(flavor = "multi_thread")]
async fn tar_archives_are_taken_and_others_are_named() {
    let basin = Basin::new().await;
    std::fs::write(basin.dir.path().join("reads.ndjson"), event(1, 1) + &event(2, 1)).unwrap();
    std::fs::write(basin.dir.path().join("note.docx"), docx("In a tar")).unwrap();
    let made = std::process::Command::new("tar")
        .arg("-C")
        .arg(basin.dir.path())
        .args(["-cf", "-", "reads.ndjson", "note.docx"])
        .output()
        .unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&made.stdout).unwrap();
    let reports = basin.take("state.tar.gz", &gzip.finish().unwrap()).await.unwrap();
    let seen: Vec<(&str, u64)> = reports.iter().map(|r| (r.contract.as_str(), r.accepted)).collect();
    assert_eq!(seen, [("anpr.read", 2), ("document.part", 1)], "{reports:?}");
    // The same as it is, not packed: nothing new.
    let again = basin.take("state.tar", &made.stdout).await.unwrap();
    assert_eq!(again.iter().map(|r| r.duplicate).sum::<u64>(), 3);
    for (name, bytes, says) in [
        ("a.rar", &b"Rar!\x1a\x07\x01\0"[..], "is a RAR archive, which is not read here; unpack it"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\x04", "is a 7-Zip archive"),
        ("a.zst", b"(\xb5/\xfd\x04", "is a file packed with Zstandard"),
    ] {
        let error = basin.take(name, bytes).await.unwrap_err().to_string();
        assert!(error.starts_with(name) && error.contains(says), "{error}");
    }
}

/// Locked by other programs (see the tests of `document`).
#[tokio::test(flavor = "multi_thread")]
async fn locked_documents_open_with_their_password() {
    let basin = Basin::new().await;
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../document/tests/data");
    let take = async |name: &str, password: Option<&str>, contract: Option<&str>| {
        let request = lake::Request {
            password: password.map(str::to_owned),
            contract: contract.map(|c| basin.lake.contract(c).unwrap()),
            ..lake::Request::default()
        };
        ways::document::take_in(&basin.lake, &data.join(name), request, &Default::default()).await
    };
    for name in ["locked-aes-256.pdf", "locked.docx", "locked.xlsx"] {
        for (password, says) in [(None, "with a password; give it with the file"), (Some("another"), "and not this one")] {
            let error = take(name, password, None).await.unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains(says), "{error}");
        }
    }
    assert!(basin.lake.home().list().unwrap().is_empty(), "no table was made");
    for name in ["locked-aes-256.pdf", "locked.docx", "locked.xlsx"] {
        let reports = take(name, Some("user-word"), None).await.unwrap();
        assert_eq!(reports.len(), 1, "{name}: {reports:?}");
    }
    // Also where the source is named.
    let again = take("locked.xlsx", Some("user-word"), Some("reference.rto")).await.unwrap();
    assert_eq!((again[0].accepted, again[0].duplicate), (0, 2));
    let rows = basin.rows("SELECT file, text FROM clean.document_part ORDER BY file").await;
    assert_eq!(rows, ["locked-aes-256.pdf|Locked words", "locked.docx|Locked words, बंद"]);
    assert_eq!(basin.rows("SELECT code FROM clean.reference_rto ORDER BY code").await, ["RJ90", "RJ91"]);
    // What was in it leads to the locked one, which stays as it came.
    let object = basin.lake.store().object(&again[0].object).await.unwrap().unwrap();
    let outer = object.parent_sha256.unwrap();
    assert_eq!(std::fs::read(basin.lake.home().raw(&outer)).unwrap(), std::fs::read(data.join("locked.xlsx")).unwrap());
    assert!(!basin.holds("user-word"));
}
