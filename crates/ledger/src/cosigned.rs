//! Heads that a witness signed, kept beside the log: whoever checks the folder elsewhere checks the witness's signature with it.

use std::path::Path;

use governance::audit::cosign::{CosignError, Cosigner};
use governance::audit::note::{Checkpoint, Verifier};
use governance::audit::verify::trusted;
use serde::Serialize;

use crate::error::{LedgerError, Result};
use crate::folder::Folder;
use crate::seal::digest;
use crate::{Ledger, witness};

/// Folder of the newest head each witness signed.
pub const COSIGNED: &str = "cosigned";

/// A head that a witness vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witnessed {
    /// Name and id of the witness's key.
    pub witness: String,
    pub records: u64,
    /// RFC 3339, as the witness states it.
    pub at: String,
}

impl Ledger {
    /// Keeps the newest head that a witness signed; it goes along with an export.
    pub fn keep_cosigned(&self, witness: &str, note: &str) -> Result<()> {
        Folder::at(self.dir()).write(&name(witness), note.as_bytes())
    }
}

/// A file of its own for each witness; an address has characters that a file's name has not.
fn name(witness: &str) -> String {
    format!("{COSIGNED}/{}.checkpoint", &digest(witness.as_bytes())[..16])
}

/// The names of the files of a log's cosigned heads, for an export of its first `size` records: one that was signed meanwhile is not of it.
pub(crate) fn files(folder: &Folder, size: u64) -> Vec<String> {
    let listing = std::fs::read_dir(folder.path(COSIGNED)).into_iter().flatten().flatten();
    let mut names: Vec<String> = listing.filter_map(|e| Some(format!("{COSIGNED}/{}", e.file_name().to_str()?))).collect();
    let covered = |name: &String| {
        let note = std::fs::read_to_string(folder.path(name)).unwrap_or_default();
        note.lines().nth(1).and_then(|line| line.parse::<u64>().ok()).is_some_and(|of| of <= size)
    };
    names.retain(|name| name.ends_with(".checkpoint") && covered(name));
    names.sort();
    names
}

/// The newest head of the log in `dir` that each of these witnesses signed. That the log continues it is for [`crate::check`] to find, which
/// takes the same folder among the heads that were kept.
///
/// # Errors
/// Where one of them signed none of the heads there, or a signature does not fit.
pub fn witnessed(dir: &Path, keys: &[Verifier], witnesses: &[Cosigner]) -> Result<Vec<Witnessed>> {
    let all = trusted(&Folder::at(dir), keys)?;
    let folder = dir.join(COSIGNED);
    let notes = if folder.exists() { witness::heads(&folder)? } else { Vec::new() };
    let mut out = Vec::new();
    for cosigner in witnesses {
        let mut newest: Option<(u64, u64)> = None;
        let mut found = Vec::new();
        for note in &notes {
            match cosigner.signed(note) {
                Ok(at) => {
                    let (head, _) = Checkpoint::open(note, &all).map_err(LedgerError::Note)?;
                    newest = newest.max(Some((head.size, at)));
                }
                Err(CosignError::Absent { found: others, .. }) => found.push(others),
                Err(error) => return Err(LedgerError::Witness(error)),
            }
        }
        let absent = || {
            let found = if found.is_empty() { "no head of a witness lies there".into() } else { found.join(", ") };
            LedgerError::Witness(CosignError::Absent { wanted: cosigner.short(), found })
        };
        let (records, at) = newest.ok_or_else(absent)?;
        let at = i64::try_from(at).ok().and_then(|at| chrono::DateTime::from_timestamp(at, 0)).map(|at| at.to_rfc3339());
        out.push(Witnessed { witness: cosigner.short(), records, at: at.unwrap_or_default() });
    }
    Ok(out)
}
