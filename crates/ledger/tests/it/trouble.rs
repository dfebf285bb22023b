//! Kills, full disks, and hands in the folder.

use std::io::Write;

use governance::audit::AuditSink;
use ledger::LedgerError;

use crate::bench::{Bench, record};

#[test]
fn a_record_torn_by_a_kill_goes_and_nothing_else() {
    // A length without its bytes; half a record; bytes that were allotted and never written.
    for torn in [&[0u8, 90][..], &[0, 90, b'{', b'"'], &[0; 40], &[1]] {
        let b = Bench::new();
        b.fill(0, 20);
        let pending = b.log().join("pending.0");
        let whole = std::fs::read(&pending).unwrap();
        std::fs::File::options().append(true).open(&pending).unwrap().write_all(torn).unwrap();
        let log = b.open();
        assert_eq!(log.publish().unwrap().checkpoint.size, 20, "{torn:?}");
        assert_eq!(std::fs::read(&pending).unwrap(), whole);
        assert_eq!(log.append(&record(20)).unwrap(), 20);
        assert_eq!(log.verify().unwrap().records, 21);
    }
}

#[test]
fn a_kill_between_the_two_keys_of_a_new_log_is_made_good() {
    let b = Bench::new();
    drop(b.open());
    let public = b.log().join("log.pub");
    let before = std::fs::read(&public).unwrap();
    // As it is when only the signing key was there yet.
    for name in ["checkpoint", "log.pub"] {
        let _ = std::fs::remove_file(b.log().join(name));
    }
    assert_eq!(b.open().append(&record(0)).unwrap(), 0);
    assert_eq!(std::fs::read(&public).unwrap(), before);
}

#[test]
fn a_kill_while_a_full_bundle_was_being_placed_is_made_good() {
    let b = Bench::new();
    b.fill(0, 256);
    let whole = b.log().join("tile/entries/000");
    // Before the renaming, with and without the tiles written.
    for without in [None, Some("tile/0/000")] {
        std::fs::rename(&whole, b.log().join("pending.0")).unwrap();
        if let Some(tile) = without {
            std::fs::remove_file(b.log().join(tile)).unwrap();
        }
        assert_eq!(b.open().verify().unwrap().records, 256);
        assert!(whole.exists() && !b.log().join("pending.0").exists());
    }
    // And another program notices while it runs.
    let (one, two) = (b.open(), b.open());
    for n in 0..300 {
        one.append(&record(n)).unwrap();
    }
    assert_eq!(two.append(&record(300)).unwrap(), 556);
}

#[test]
fn a_log_shorter_than_its_signed_head_is_not_opened() {
    let b = Bench::new();
    b.fill(0, 30);
    let pending = b.log().join("pending.0");
    let whole = std::fs::read(&pending).unwrap();
    std::fs::write(&pending, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(b.try_open(None), Err(LedgerError::Altered { .. } | LedgerError::Behind { .. })));
    let cut = whole.iter().rposition(|b| *b == b'{').unwrap();
    assert!(cut > 0);
    std::fs::remove_file(&pending).unwrap();
    assert!(matches!(b.try_open(None), Err(LedgerError::Behind { found: 0, signed: 30 })));
    // A changed record that was signed is not taken for a torn one.
    let mut changed = whole.clone();
    changed[10] = 0xff;
    std::fs::write(&pending, &changed).unwrap();
    assert!(matches!(b.try_open(None), Err(LedgerError::Altered { .. })));
    assert_eq!(std::fs::read(&pending).unwrap(), changed, "nothing is thrown away");
    // And one that still reads well is found by the root.
    let text = String::from_utf8_lossy(&whole).replacen("bina", "dina", 1);
    std::fs::write(&pending, text.as_bytes()).unwrap();
    assert!(matches!(b.try_open(None), Err(LedgerError::Altered { .. })));
    std::fs::write(&pending, whole).unwrap();
    assert_eq!(b.open().verify().unwrap().records, 30);
}

#[test]
fn changes_under_a_running_program_stop_it() {
    let b = Bench::new();
    let log = b.open();
    for n in 0..10 {
        log.append(&record(n)).unwrap();
    }
    let pending = b.log().join("pending.0");
    let whole = std::fs::read(&pending).unwrap();
    std::fs::write(&pending, &whole[..whole.len() - 9]).unwrap();
    let e = log.append(&record(10)).unwrap_err();
    assert!(e.contains("changed outside"), "{e}");
    std::fs::remove_file(&pending).unwrap();
    assert!(log.append(&record(10)).unwrap_err().contains("vanished"));
    std::fs::write(&pending, &whole).unwrap();
    assert_eq!(log.append(&record(10)).unwrap(), 10);
}

#[test]
fn a_full_disk_refuses_the_record_and_loses_none() {
    let b = Bench::new();
    drop(b.open());
    let pending = b.log().join("pending.0");
    std::os::unix::fs::symlink("/dev/full", &pending).unwrap();
    let log = b.open();
    let e = log.append(&record(0)).unwrap_err();
    assert!(e.contains("Free space"), "{e}");
    std::fs::remove_file(&pending).unwrap();
    assert_eq!(log.append(&record(0)).unwrap(), 0);
    assert_eq!(log.verify().unwrap().records, 1);
}

#[test]
fn a_changed_key_file_is_refused() {
    let b = Bench::new();
    drop(b.open());
    std::fs::write(b.log().join("signing.key"), "nothing").unwrap();
    let e = b.try_open(None).unwrap_err().to_string();
    assert!(e.contains("signing.key") && !e.contains("PRIVATE"), "{e}");
}
