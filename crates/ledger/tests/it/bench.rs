//! A log in a scratch folder.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use governance::audit::{AuditRecord, AuditSink};
use ledger::{Ledger, Options};

pub struct Bench {
    pub dir: tempfile::TempDir,
}

pub fn clock() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a time")
}

pub fn record(n: u64) -> AuditRecord {
    AuditRecord {
        at: clock().to_rfc3339(),
        who: if n.is_multiple_of(3) { "asha" } else { "bina" }.into(),
        action: if n.is_multiple_of(2) { "query" } else { "export" }.into(),
        allowed: !n.is_multiple_of(5),
        purpose: Some("case".into()),
        case: Some("0123/2026".into()),
        authority: None,
        what: serde_json::json!({ "n": n, "tables": { "clean.cctns_fir": ["fir_no"] } }),
    }
}

impl Bench {
    pub fn new() -> Self {
        Bench { dir: tempfile::tempdir().expect("a folder") }
    }

    pub fn log(&self) -> PathBuf {
        self.dir.path().join("audit")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn open(&self) -> Ledger {
        self.try_open(None).expect("the log opens")
    }

    pub fn try_open(&self, witness: Option<&Path>) -> ledger::Result<Ledger> {
        Ledger::open(Options { dir: self.log(), witness: witness.map(Into::into), clock })
    }

    /// Opens, appends records `from..to`, and closes.
    pub fn fill(&self, from: u64, to: u64) {
        let log = self.open();
        fill(&log, from, to);
    }
}

/// Appends from four threads at once, so that a batch holds several records.
pub fn fill(log: &Ledger, from: u64, to: u64) {
    std::thread::scope(|scope| {
        for lane in 0..4 {
            scope.spawn(move || {
                for n in (from..to).filter(|n| n % 4 == lane) {
                    log.append(&record(n)).expect("appended");
                }
            });
        }
    });
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a listing").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
