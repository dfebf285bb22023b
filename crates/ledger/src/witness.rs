//! Signed heads kept where this machine's administrator cannot change them: another machine's folder, a medium that is written
//! once. Each head is a file of its own, so nothing kept is ever written over; any C2SP witness can cosign these files.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use governance::audit::AuditRecord;
use governance::audit::note::{Checkpoint, Verifier};

use crate::error::{LedgerError, Result};
use crate::folder::Folder;
use crate::key;
use crate::state::State;

/// Which of the witness's heads were found to be missing here, and were logged.
const KNOWN: &str = "gaps";

/// Hands a head to the witness.
pub(crate) fn tell(dir: &Path, note: &str, size: u64) -> Result<()> {
    let start: String = note.lines().nth(2).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    Folder::create(dir)?.write(&format!("{size:012}-{start}.checkpoint"), note.as_bytes())
}

/// The signed heads in a file or folder, oldest first.
pub(crate) fn heads(path: &Path) -> Result<Vec<String>> {
    let mut files: Vec<PathBuf> = if path.is_dir() {
        let listing = std::fs::read_dir(path).map_err(LedgerError::io("listing", path))?;
        listing.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "checkpoint")).collect()
    } else {
        vec![path.into()]
    };
    files.sort();
    files.iter().map(|p| std::fs::read_to_string(p).map_err(LedgerError::io("reading", p))).collect()
}

/// Holds the log against the newest head the witness has. A log that is shorter than that, or another, was put back from a
/// backup or tampered with; that goes into the log as its next record, once.
pub(crate) fn compare(state: &mut State, dir: &Path, now: DateTime<Utc>) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let keys = key::public(state.folder.root())?;
    let Some(kept) = newest(&heads(dir)?, &keys) else { return Ok(()) };
    let size = state.tree.size();
    let missing = if kept.size > size {
        kept.size - size
    } else {
        if state.root_at(kept.size)? == kept.root {
            return Ok(());
        }
        kept.size
    };
    let mark = format!("{} {}", kept.size, governance::audit::note::to_base64(&kept.root));
    let known = std::fs::read_to_string(state.folder.path(KNOWN)).unwrap_or_default();
    if known.lines().any(|line| line == mark) {
        return Ok(());
    }
    let record = AuditRecord {
        at: now.to_rfc3339(),
        who: "sarovar".into(),
        action: "gap".into(),
        allowed: true,
        purpose: None,
        case: None,
        authority: None,
        what: serde_json::json!({ "witness_has": kept.size, "log_had": size, "records_not_here": missing }),
    };
    let entry = record.bytes().map_err(LedgerError::Refused)?;
    state.locked(|state| {
        state.append(&[entry])?;
        if state.room() == 0 { state.place() } else { Ok(()) }
    })?;
    state.folder.write(KNOWN, format!("{known}{mark}\n").as_bytes())
}

fn newest(notes: &[String], keys: &[Verifier]) -> Option<Checkpoint> {
    notes.iter().filter_map(|note| Checkpoint::open(note, keys).ok()).map(|(head, _)| head).max_by_key(|head| head.size)
}
