//! What left the lake as a file.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// Exports, the newest first: one's own, or all for an auditor.
#[derive(Clone, Debug, Template)]
#[template(path = "exports.html")]
pub struct Exports {
    pub shell: Shell,
    pub lines: Vec<ExportLine>,
}

/// One export.
#[derive(Clone, Debug)]
pub struct ExportLine {
    pub id: String,
    pub what: String,
    pub rows: u64,
    pub who: String,
    /// Purpose and case.
    pub why: String,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Whether the file was to be destroyed by now.
    pub over: bool,
    pub sha256: String,
}
