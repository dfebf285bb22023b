//! The log of a lake from before the Merkle log: checked once more, put away as it is, and its hash made a record of the new log.

use std::io::ErrorKind;

use chrono::{DateTime, Utc};
use governance::audit::{AuditRecord, Tiles, chain};
use sha2::{Digest, Sha256};

use crate::error::{LedgerError, Result};
use crate::folder::Folder;
use crate::state::State;

pub(crate) const SEALED: &str = "chain.ndjson";

pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Seals `log.ndjson` when there is one. Killed between the record and the renaming, it is sealed again: two equal records.
pub(crate) fn seal(state: &mut State, now: DateTime<Utc>) -> Result<()> {
    let path = state.folder.path("log.ndjson");
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(LedgerError::io("reading", path)(e)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let outcome = match chain::verify(text.lines()) {
        Ok((records, head)) => serde_json::json!({ "records": records, "head": head, "whole": true }),
        Err(broken) => serde_json::json!({ "whole": false, "broken": broken.to_string() }),
    };
    let record = AuditRecord {
        at: now.to_rfc3339(),
        who: "sarovar".into(),
        action: "seal".into(),
        allowed: true,
        purpose: None,
        case: None,
        authority: None,
        what: serde_json::json!({ "file": SEALED, "sha256": digest(&bytes), "chain": outcome }),
    };
    let entry = record.bytes().map_err(LedgerError::Refused)?;
    state.locked(|state| {
        state.append(&[entry])?;
        if state.room() == 0 { state.place() } else { Ok(()) }
    })?;
    let to = state.folder.path(SEALED);
    std::fs::rename(&path, &to).map_err(LedgerError::io("sealing", to))
}

/// Whether a sealed chain that lies beside the tiles is the one the log speaks of. `Ok(false)`: there is none.
pub(crate) fn check(folder: &Folder, size: u64) -> Result<bool> {
    let Some(bytes) = folder.read(SEALED).map_err(LedgerError::Broken)? else { return Ok(false) };
    let hash = digest(&bytes);
    let first = crate::find::find(
        folder,
        size,
        &crate::Filter { action: Some("seal".into()), ..Default::default() },
        256.min(size),
        256,
    )?;
    if first.entries.iter().any(|e| e.record.what["sha256"] == hash.as_str()) {
        return Ok(true);
    }
    Err(LedgerError::Altered { path: folder.path(SEALED), why: "the log was sealed over another content".into() })
}
