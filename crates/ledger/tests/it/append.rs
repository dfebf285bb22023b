use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use governance::audit::AuditSink;
use ledger::Filter;

use crate::bench::{Bench, fill, record};

#[test]
fn every_record_gets_its_own_place_and_is_found_there() {
    let b = Bench::new();
    let log = b.open();
    let places: BTreeSet<u64> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..4)
            .map(|lane| {
                let log = &log;
                scope.spawn(move || (0..150).map(|n| log.append(&record(n * 4 + lane)).unwrap()).collect::<Vec<_>>())
            })
            .collect();
        lanes.into_iter().flat_map(|l| l.join().unwrap()).collect()
    });
    assert_eq!(places, (0..600).collect());
    let seen: BTreeSet<u64> = (0..600).map(|i| log.entry(i).unwrap().record.what["n"].as_u64().unwrap()).collect();
    assert_eq!(seen, (0..600).collect());
    assert_eq!(log.verify().unwrap().records, 600);
    assert!(matches!(log.entry(600), Err(ledger::LedgerError::NoEntry { index: 600, size: 600 })));
}

#[test]
fn several_programs_may_write_one_log() {
    let b = Bench::new();
    let (one, two) = (b.open(), b.open());
    std::thread::scope(|scope| {
        scope.spawn(|| fill(&one, 0, 150));
        scope.spawn(|| fill(&two, 150, 300));
    });
    // Each sees what the other wrote, and a third that comes later sees all.
    assert_eq!(one.verify().unwrap().records, 300);
    assert_eq!(two.publish().unwrap().checkpoint, one.publish().unwrap().checkpoint);
    drop((one, two));
    let log = b.open();
    let seen: BTreeSet<u64> = (0..300).map(|i| log.entry(i).unwrap().record.what["n"].as_u64().unwrap()).collect();
    assert_eq!(seen, (0..300).collect());
}

#[test]
fn the_log_goes_on_where_it_ended() {
    let b = Bench::new();
    let mut size = 0;
    // Sizes around the edges of bundles and of the tile above them.
    for to in [1, 255, 256, 257, 512, 513, 1000] {
        b.fill(size, to);
        size = to;
        assert_eq!(b.open().verify().unwrap().records, to);
    }
}

#[test]
fn a_head_is_signed_without_being_asked_for() {
    let b = Bench::new();
    let log = b.open();
    log.append(&record(1)).unwrap();
    let checkpoint = b.log().join("checkpoint");
    let signed = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        std::fs::read_to_string(&checkpoint).unwrap().lines().nth(1) == Some("1")
    });
    assert!(signed);
}

#[test]
fn secrets_are_for_their_owner_alone() {
    let b = Bench::new();
    drop(b.open());
    for name in ["signing.key", "subject.key"] {
        assert_eq!(std::fs::metadata(b.log().join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn records_are_found_by_who_what_and_whom() {
    let b = Bench::new();
    let log = b.open();
    fill(&log, 0, 600);
    let mut looked = record(1000);
    looked.who = "asha".into();
    looked.what = serde_json::json!({ "marks": [log.mark("7000000001")] });
    log.append(&looked).unwrap();

    let find = |filter: Filter, limit| log.find(&filter, None, limit).unwrap();
    let asha = Filter { who: Some("asha".into()), ..Filter::default() };
    assert_eq!(find(asha.clone(), 1000).entries.len(), 201);
    let page = find(asha.clone(), 10);
    assert_eq!(page.entries.len(), 10);
    assert_eq!(page.entries[0].index, 600);
    let next = log.find(&asha, page.before, 1000).unwrap();
    assert_eq!(next.entries.len(), 191);
    assert_eq!(next.before, None);

    let whom = find(Filter { marks: log.marks(" 7000000001 "), ..Filter::default() }, 10).entries;
    assert_eq!(whom.iter().map(|e| e.index).collect::<Vec<_>>(), [600]);
    assert!(find(Filter { marks: log.marks("7000000002"), ..Filter::default() }, 10).entries.is_empty());
    assert_eq!(find(Filter { allowed: Some(false), ..Filter::default() }, 1000).entries.len(), 121);
    assert_eq!(find(Filter { table: Some("clean.cctns_fir".into()), ..Filter::default() }, 1000).entries.len(), 600);
    assert!(find(Filter { table: Some("clean.other".into()), ..Filter::default() }, 10).entries.is_empty());
    // The mark of another lake is another.
    assert_ne!(Bench::new().open().mark("7000000001"), log.mark("7000000001"));
    let kept = std::fs::read(b.log().join("pending.2")).unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("7000000001"));
}
