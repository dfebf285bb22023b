//! Everything that can go wrong in the lake, each with what happened, where, and what to do.

use std::path::PathBuf;

/// A failure of the lake. The message is meant for the person who ran the command.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    #[error("{action} {path}: {source}. {advice}", path = path.display(), advice = io_advice(source))]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error(
        "table {table}: the Delta log or a data file cannot be read: {source}. Run `sarovar doctor`, or restore the table's folder from a backup"
    )]
    Delta { table: String, source: deltalake::DeltaTableError },
    #[error(
        "table {table}: its data files are there, but its Delta log {path} is empty or gone. Restore that folder from a backup, or rebuild the table from its raw objects", path = path.display()
    )]
    LogLost { table: String, path: PathBuf },
    #[error(
        "table {table}: data file {file} cannot be read: {message}. Restore the file from a backup, or rebuild the table from its raw objects"
    )]
    DataFile { table: String, file: String, message: String },
    #[error(
        "table {table}: {rows} rows were put there by another program and tell no origin. They are shown, and cannot be checked, corrected or purged. Take them out with that program, and take their file in with `sarovar ingest`"
    )]
    ForeignRows { table: String, rows: u64 },
    #[error("there is no table {name}. `sarovar catalog list` shows the tables")]
    NoTable { name: String },
    #[error("there is no contract {name}. `sarovar catalog list --contracts` shows them; pass your own with --contract FILE")]
    NoContract { name: String },
    #[error("{name}: {message}")]
    Contract { name: String, message: String },
    #[error("the name {name} is taken: {why}")]
    Taken { name: String, why: String },
    #[error("{name}: {source}")]
    Read { name: String, source: sources::ReadError },
    #[error("{name}: no contract fits this file. Closest: {closest}. Name the contract, or write one (docs/contracts.md)")]
    NoFit { name: String, closest: String },
    #[error(
        "{name}: this is no file of {contract}: none of the columns it is known by are there ({signature}), or it is in none of its formats ({formats}). Check the file, or name another contract"
    )]
    NotOfContract { name: String, contract: String, signature: String, formats: String },
    #[error("{name}: {count} contracts fit equally: {candidates}. Name the one that is meant")]
    Ambiguous { name: String, count: usize, candidates: String },
    #[error(
        "{contract}: rows of this source may only be taken in under an authority. Pass --authority with the reference of the request"
    )]
    AuthorityNeeded { contract: String },
    #[error("mapping of {contract}, statement {statement}: {message}. Nothing was written; mend mapping.sql")]
    Mapping { contract: String, statement: usize, message: String },
    #[error("refused: {0}")]
    Denied(String),
    /// More rows than may leave at once; a release would name `query`.
    #[error(
        "refused: more than {above} rows leave only after a second person released this query: ask for it under My work (`sarovar authority release`), with the text {query}"
    )]
    Unreleased { above: u64, query: String },
    #[error("the audit log cannot be written, so nothing is answered: {0}")]
    Audit(String),
    #[error("access log: {0}")]
    Log(#[from] ledger::LedgerError),
    #[error("the query failed: {0}")]
    Query(String),
    #[error("cancelled; nothing was changed in the tables")]
    Cancelled,
    #[error("object {sha256} is not in the lake")]
    NoObject { sha256: String },
    #[error("raw object {sha256} does not match its own hash: it was altered outside the lake. Restore it from a backup")]
    Altered { sha256: String },
    #[error("operational state: {0}")]
    Store(String),
    #[error("table {table}: another writer kept changing it; tried {tries} times. Run the same command again")]
    Contended { table: String, tries: usize },
    /// A file of a kind that is read outside the tables; `code` is one word for what is wrong with it.
    #[error("{message}")]
    Unreadable { code: &'static str, message: String },
    #[error("{0}")]
    Invalid(String),
}

fn io_advice(e: &std::io::Error) -> &'static str {
    use std::io::ErrorKind::*;
    match e.kind() {
        StorageFull | QuotaExceeded => "The disk is full: free space and run the same command again; it goes on where it stopped",
        PermissionDenied | ReadOnlyFilesystem => {
            "The folder cannot be written: check its owner and mount, or choose another with --home"
        }
        NotFound => "Check the path",
        _ => "Check the disk and run the same command again",
    }
}

impl LakeError {
    /// Why a file could not be taken in, in one word; `other` where it is not the file's doing.
    pub fn code(&self) -> &'static str {
        match self {
            LakeError::Read { source, .. } => source.code(),
            LakeError::Unreadable { code, .. } => code,
            LakeError::NoFit { .. } => "no-fit",
            LakeError::NotOfContract { .. } => "not-of-contract",
            LakeError::Ambiguous { .. } => "ambiguous",
            LakeError::AuthorityNeeded { .. } => "authority-needed",
            LakeError::Cancelled => "cancelled",
            LakeError::Io { .. } => "io",
            _ => "other",
        }
    }

    /// What went wrong with a file or folder while doing something with it.
    pub fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| LakeError::Io { action, path, source }
    }

    pub(crate) fn delta(table: &str) -> impl FnOnce(deltalake::DeltaTableError) -> Self {
        let table = table.to_string();
        move |source| LakeError::Delta { table, source }
    }
}

/// What went wrong in a query, however deep. A condition that fails while a file is read comes wrapped in the reader's errors, one that is worked out
/// before in those of a rule of the optimizer; where the engine tries it is its own affair.
pub(crate) fn cause(e: &datafusion::error::DataFusionError) -> String {
    let text = e.strip_backtrace();
    let ruled = |text: &str| Some(text.strip_prefix("Optimizer rule '")?.split_once("' failed\ncaused by\n")?.1.to_owned());
    let text = ruled(&text).unwrap_or(text);
    let Some((_, inner)) = text.split_once("Error evaluating filter predicate: ArrowError(") else { return text };
    if inner.starts_with("DivideByZero") {
        return "Arrow error: Divide by zero error".into();
    }
    match inner.strip_prefix("CastError(\"").and_then(|rest| rest.rsplit_once("\"), ")) {
        Some((message, _)) => format!("Arrow error: Cast error: {}", unescaped(message)),
        None => text,
    }
}

/// A text out of its debugging form, in which vowel signs are numbers.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let coded = after.strip_prefix("u{").and_then(|code| code.split_once('}'));
        if let Some((code, tail)) = coded
            && let Some(letter) = u32::from_str_radix(code, 16).ok().and_then(char::from_u32)
        {
            out.push(letter);
            rest = tail;
        } else {
            let mut letters = after.chars();
            out.push(match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            });
            rest = letters.as_str();
        }
    }
    out + rest
}

impl From<datafusion::error::DataFusionError> for LakeError {
    /// A denial inside the engine comes out as the denial.
    fn from(e: datafusion::error::DataFusionError) -> Self {
        match e {
            datafusion::error::DataFusionError::External(inner) => match inner.downcast::<LakeError>() {
                Ok(own) => *own,
                Err(inner) => LakeError::Query(inner.to_string()),
            },
            e => LakeError::Query(cause(&e)),
        }
    }
}

pub type Result<T, E = LakeError> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_comes_out_of_its_debugging_form() {
        for text in ["देवी", "it's \"quoted\", \\ and\nso on", "", "\\"] {
            let debugged = format!("{text:?}");
            assert_eq!(super::unescaped(&debugged[1..debugged.len() - 1]), text);
        }
    }
}
