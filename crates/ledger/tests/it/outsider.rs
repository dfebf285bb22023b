//! What somebody with the exported folder and the public key can tell.

use std::path::{Path, PathBuf};

use governance::audit::note::{Checkpoint, Verifier};
use governance::audit::verify::Flaw;
use ledger::{LedgerError, check};

use crate::bench::{Bench, copy, record};

fn keys(b: &Bench) -> Vec<Verifier> {
    ledger::public(&b.log()).expect("keys")
}

fn verify(dir: &Path, keys: &[Verifier], earlier: &[&Path]) -> Result<u64, LedgerError> {
    check(dir, keys, earlier, &mut |_| {}).map(|c| c.records)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir)
        .expect("a folder")
        .flatten()
        .flat_map(|e| if e.path().is_dir() { files(&e.path()) } else { vec![e.path()] })
        .collect()
}

#[test]
fn the_export_is_enough_and_every_file_of_it_counts() {
    let b = Bench::new();
    b.fill(0, 300);
    let out = b.path("export");
    let done = b.open().export(&out).unwrap();
    assert_eq!((done.records, done.files), (300, files(&out).len() as u64));
    assert!(b.open().export(&out).unwrap_err().to_string().contains("not empty"));
    let keys = keys(&b);
    std::fs::remove_dir_all(b.log()).unwrap();
    assert_eq!(verify(&out, &keys, &[]).unwrap(), 300);
    for path in files(&out) {
        let whole = std::fs::read(&path).unwrap();
        for at in [0, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 4;
            std::fs::write(&path, &changed).unwrap();
            assert!(verify(&out, &keys, &[]).is_err(), "{} byte {at}", path.display());
        }
        std::fs::remove_file(&path).unwrap();
        assert!(verify(&out, &keys, &[]).is_err(), "{} removed", path.display());
        std::fs::write(&path, &whole).unwrap();
    }
    assert_eq!(verify(&out, &keys, &[]).unwrap(), 300);
}

#[test]
fn a_proof_stands_by_itself() {
    let b = Bench::new();
    b.fill(0, 700);
    let (proof, bytes) = b.open().prove(123).unwrap();
    let (head, _) = Checkpoint::open(&proof.checkpoint, &keys(&b)).unwrap();
    assert!(proof.holds(&bytes, head.size, &head.root));
    let mut other = bytes.clone();
    other[5] ^= 1;
    assert!(!proof.holds(&other, head.size, &head.root));
    let asked = b.open().since(256).unwrap();
    assert!(asked.starts_with("old 256\n") && asked.ends_with(&proof.checkpoint), "{asked}");
    assert!(b.open().since(701).is_err());
}

#[test]
fn a_backup_put_back_shows_the_gap() {
    let b = Bench::new();
    let witness = b.path("witness");
    let fill = |n: std::ops::Range<u64>| {
        let log = b.try_open(Some(&witness)).unwrap();
        for n in n {
            governance::audit::AuditSink::append(&log, &record(n)).unwrap();
        }
    };
    fill(0..40);
    copy(&b.log(), &b.path("backup"));
    fill(40..90);
    let keys = keys(&b);
    assert_eq!(verify(&b.log(), &keys, &[&witness]).unwrap(), 90);

    std::fs::remove_dir_all(b.log()).unwrap();
    copy(&b.path("backup"), &b.log());
    // The outsider sees it from the heads alone …
    assert!(matches!(verify(&b.log(), &keys, &[&witness]), Err(LedgerError::Flaw(Flaw::Shortened { found: 40, signed: 90 }))));
    // … and the log says it of itself, once, as soon as it is opened again.
    fill(200..201);
    fill(201..202);
    let log = b.open();
    let gaps: Vec<_> = (0..43).map(|i| log.entry(i).unwrap()).filter(|e| e.record.action == "gap").collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].index, &gaps[0].record.what["records_not_here"]), (40, &serde_json::json!(50)));
    drop(log);
    // Grown past the lost part, it is still another log than the one that was witnessed.
    fill(300..400);
    assert!(matches!(verify(&b.log(), &keys, &[&witness]), Err(LedgerError::Flaw(Flaw::Forked { size: 90 }))));
}

#[test]
fn whoever_holds_the_first_key_follows_its_successors() {
    let b = Bench::new();
    b.fill(0, 10);
    let first = keys(&b);
    for _ in 0..2 {
        ledger::rotate(&b.log(), false).unwrap();
        b.fill(0, 10);
    }
    assert_eq!(keys(&b).len(), 3);
    let out = b.path("export");
    b.open().export(&out).unwrap();
    let found = check(&out, &first, &[], &mut |_| {}).unwrap();
    assert_eq!((found.records, found.rotated.len()), (30, 2));
    // Without the first successor's note there is no way from the first key to the third.
    std::fs::remove_file(out.join("rotation/001")).unwrap();
    assert!(verify(&out, &first, &[]).is_err());
}

#[test]
fn a_lost_key_stops_the_log_until_a_new_one_is_made() {
    let b = Bench::new();
    b.fill(0, 10);
    let first = keys(&b);
    std::fs::remove_file(b.log().join("signing.key")).unwrap();
    assert!(matches!(b.try_open(None), Err(LedgerError::KeyLost { .. })));
    assert!(ledger::rotate(&b.log(), false).is_err());
    let (old, new) = ledger::rotate(&b.log(), true).unwrap();
    assert_eq!(old, None);
    b.fill(10, 20);
    assert_eq!(verify(&b.log(), &[new], &[]).unwrap(), 20);
    assert!(verify(&b.log(), &first, &[]).is_err(), "nothing vouches for the new key");
}

#[test]
fn an_older_chain_is_sealed_into_the_log() {
    let b = Bench::new();
    std::fs::create_dir_all(b.log()).unwrap();
    // Two lines as the first version wrote them.
    let line = |index: u64, previous: &str| {
        format!(
            "{{\"index\":{index},\"previous\":\"{previous}\",\"at\":\"2026-11-23T00:00:00Z\",\"who\":\"operator\",\"action\":\"query\",\"allowed\":true,\"purpose\":null,\"case\":null,\"authority\":null,\"what\":{{}}}}"
        )
    };
    let first = line(0, &"0".repeat(64));
    let head = <sha2::Sha256 as sha2::Digest>::digest(first.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let old = format!("{first}\n{}\n", line(1, &head));
    std::fs::write(b.log().join("log.ndjson"), &old).unwrap();
    b.fill(0, 3);
    let seal = b.open().entry(0).unwrap().record;
    assert_eq!((seal.action.as_str(), &seal.what["chain"]["records"]), ("seal", &serde_json::json!(2)));
    assert!(!b.log().join("log.ndjson").exists());
    let out = b.path("export");
    b.open().export(&out).unwrap();
    assert!(check(&out, &keys(&b), &[], &mut |_| {}).unwrap().sealed_chain);
    std::fs::write(out.join("chain.ndjson"), old.replace("operator", "somebody")).unwrap();
    assert!(matches!(verify(&out, &keys(&b), &[]), Err(LedgerError::Altered { .. })));
}
