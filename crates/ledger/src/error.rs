//! What can go wrong with the log.

use std::path::PathBuf;

use governance::audit::cosign::CosignError;
use governance::audit::note::NoteError;
use governance::audit::verify::Flaw;

/// A failure of the log. While it lasts, nothing is answered.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("{action} {path}: {source}. Free space or mend the disk; nothing is answered meanwhile", path = path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}", path = path.display())]
    Key { path: PathBuf, source: NoteError },
    #[error(
        "the log's signing key {path} is missing. Put it back from a backup, or make a new one with `sarovar audit rotate --lost`",
        path = path.display()
    )]
    KeyLost { path: PathBuf },
    #[error("{0}")]
    Note(NoteError),
    #[error("{path} was changed outside the program: {why}. Put the folder back from a backup and compare it with a head kept elsewhere", path = path.display())]
    Altered { path: PathBuf, why: String },
    #[error(
        "the log has {found} records, its own signed head says {signed}: part of it is missing. Put the whole folder back from a backup"
    )]
    Behind { found: u64, signed: u64 },
    #[error("{0}")]
    Witness(CosignError),
    #[error(transparent)]
    Flaw(#[from] Flaw),
    #[error("the log is damaged: {0}. `sarovar audit verify` says where")]
    Broken(String),
    #[error("there is no record {index}; the log has {size}, counted from 0")]
    NoEntry { index: u64, size: u64 },
    #[error("{0}")]
    Refused(String),
}

impl LedgerError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| LedgerError::Io { action, path, source }
    }
}

pub type Result<T, E = LedgerError> = std::result::Result<T, E>;
