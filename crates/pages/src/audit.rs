//! The access log for auditors: what was done, by whom and why, and the proof of each record.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// A record as a line of the list.
#[derive(Clone, Debug)]
pub struct AuditLine {
    pub index: u64,
    pub at: DateTime<Utc>,
    pub who: String,
    /// Code of the action.
    pub action: String,
    /// The action in words.
    pub action_text: String,
    pub allowed: bool,
    /// Purpose, in words, and case.
    pub why: String,
    /// Tables touched.
    pub tables: Vec<String>,
    /// Rows handed out, where the record says it.
    pub rows: Option<u64>,
}

impl AuditLine {
    /// Its own page.
    pub fn href(&self) -> String {
        format!("/audit/{}", self.index)
    }

    /// Rows handed out; 0 where the record does not say it.
    pub fn count(&self) -> u64 {
        self.rows.unwrap_or_default()
    }
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct AuditAsk {
    pub who: String,
    pub action: String,
    pub table: String,
    pub key: String,
    pub denied: bool,
}

/// The list of records.
#[derive(Clone, Debug, Template)]
#[template(path = "audit.html")]
pub struct Audit {
    pub shell: Shell,
    pub ask: AuditAsk,
    /// Code and words of the actions there are.
    pub actions: Vec<(String, String)>,
    pub lines: Vec<AuditLine>,
    /// Link to older records.
    pub older: Option<String>,
    /// Records in the log.
    pub size: u64,
    /// Root of the tree over them, base64.
    pub root: String,
    /// Public keys of the log.
    pub keys: Vec<String>,
}

impl Audit {
    /// Whether anything is asked for.
    pub fn narrowed(&self) -> bool {
        let ask = &self.ask;
        ask.denied || [&ask.who, &ask.action, &ask.table, &ask.key].iter().any(|field| !field.is_empty())
    }
}

/// Looks of one officer, or at one thing.
#[derive(Clone, Debug)]
pub struct TrailLine {
    /// The officer, or what was looked at.
    pub name: String,
    pub href: Option<String>,
    pub looks: u64,
    pub refused: u64,
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
    /// Purposes and cases stated.
    pub why: String,
}

/// Who looked at a person, number or case; or what an officer looked at.
#[derive(Clone, Debug, Template)]
#[template(path = "trail.html")]
pub struct Trail {
    pub shell: Shell,
    /// Whether an officer is asked about.
    pub officer: bool,
    /// The officer, person, number or case as it was typed.
    pub asked: String,
    pub found: Vec<TrailLine>,
    /// How many looks there are, and the newest of them.
    pub looks: u64,
    pub lines: Vec<AuditLine>,
    /// Whether the log reaches further back than was looked.
    pub cut: bool,
    pub export: Option<String>,
}

/// One record with its proof.
#[derive(Clone, Debug, Template)]
#[template(path = "proof.html")]
pub struct Proof {
    pub shell: Shell,
    pub line: AuditLine,
    /// The record, indented.
    pub json: String,
    /// SHA-256 of the leaf, hex.
    pub leaf: String,
    /// Hashes from the leaf's sibling up, base64.
    pub steps: Vec<String>,
    /// Records the signed head covers, and its root in base64.
    pub size: u64,
    pub root: String,
    /// Whether the steps lead from the leaf to the root.
    pub holds: bool,
    /// Keys that signed the head.
    pub signed_by: Vec<String>,
}
