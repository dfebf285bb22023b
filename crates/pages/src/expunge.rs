//! Requests to erase, their decision, and the receipt.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// All requests the reader may see, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "expungements.html")]
pub struct Expungements {
    pub shell: Shell,
    pub lines: Vec<ExpungementLine>,
    pub may_ask: bool,
    pub error: Option<String>,
}

/// A request as a line.
#[derive(Clone, Debug)]
pub struct ExpungementLine {
    pub id: String,
    /// `object`, `person` or `case`.
    pub kind: String,
    /// Empty once it is carried out.
    pub target: String,
    pub basis: String,
    pub reason: String,
    pub by: String,
    pub rank: String,
    pub at: DateTime<Utc>,
    /// `asked`, `granted`, `refused` or `done`.
    pub state: String,
    pub decided_by: String,
    pub note: String,
}

impl ExpungementLine {
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "done" => "ok",
            "refused" => "bad",
            _ => "warn",
        }
    }
}

/// One request with its receipt.
#[derive(Clone, Debug, Template)]
#[template(path = "expungement.html")]
pub struct Expungement {
    pub shell: Shell,
    pub line: ExpungementLine,
    pub may_decide: bool,
    pub may_run: bool,
    pub receipt: Option<ReceiptLines>,
    pub error: Option<String>,
}

/// What was erased where, readable.
#[derive(Clone, Debug, Default)]
pub struct ReceiptLines {
    pub at: String,
    pub run_by: String,
    pub objects: Vec<String>,
    pub rows: Vec<Gone>,
    pub rewritten: Vec<Gone>,
    pub sealed: Vec<String>,
    pub files: u64,
    pub members: u64,
    pub queries: u64,
    /// Decisions on the category, history sheets, and texts in which it was named.
    pub decisions: u64,
    pub sheets: u64,
    pub words: u64,
    pub copies: Vec<CopyLine>,
    /// Place in the access log, and the proof of it.
    pub record: u64,
    pub proof: String,
}

/// Rows of a table, or records of a file.
#[derive(Clone, Debug, Default)]
pub struct Gone {
    pub from: String,
    pub count: u64,
    /// SHA-256 of a file since; empty for a table.
    pub since: String,
}

/// An export that holds, or may hold, something of it.
#[derive(Clone, Debug, Default)]
pub struct CopyLine {
    pub export: String,
    pub who: String,
    pub at: String,
    pub sha256: String,
    pub certain: bool,
}
