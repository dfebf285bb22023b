//! Where a fact comes from: the received file, and one row of it.

use askama::Template;
use chrono::{DateTime, Utc};
use model::Classification;

use crate::Shell;
use crate::dossier::LinkLine;
use crate::intake::RunLine;
use crate::quarantine::Reason;
use crate::table::Grid;

/// A received file.
#[derive(Clone, Debug)]
pub struct ObjectFile {
    /// SHA-256, lower-case hex.
    pub sha: String,
    pub name: String,
    pub bytes: u64,
    pub received: DateTime<Utc>,
    pub sender: String,
    pub contract: String,
    pub contract_title: String,
    pub authority: Option<String>,
}

/// What was read from a document, and whether a page can show it.
#[derive(Clone, Debug)]
pub struct Shown {
    pub parts: Grid,
    /// `image`, `page` (the first of a PDF, drawn), `audio` or `video`; none where the reader may not see it or no page can show it.
    pub kind: Option<&'static str>,
}

/// The page of a received file.
#[derive(Clone, Debug, Template)]
#[template(path = "object.html")]
pub struct Object {
    pub shell: Shell,
    pub file: ObjectFile,
    pub runs: Vec<RunLine>,
    /// Tables its rows went to, with links.
    pub tables: Vec<(String, String)>,
    /// First rows to open, 1-based.
    pub rows: Vec<i64>,
    /// Of a document.
    pub shown: Option<Shown>,
}

/// A column of a row as the clean table holds it.
#[derive(Clone, Debug)]
pub struct RowField {
    pub name: String,
    pub meaning: String,
    pub value: Option<String>,
    pub href: Option<String>,
    pub class: Classification,
    /// Whether access rules hide the value.
    pub masked: bool,
}

/// One row of a file: as received, as understood, and what was drawn from it.
#[derive(Clone, Debug, Template)]
#[template(path = "row.html")]
pub struct Row {
    pub shell: Shell,
    pub file: ObjectFile,
    /// 1-based position in the file as a spreadsheet shows it.
    pub row: i64,
    /// The record as received.
    pub original: Option<String>,
    /// The clean row; empty when it was refused.
    pub fields: Vec<RowField>,
    /// Why it was refused; empty when it was accepted.
    pub reasons: Vec<Reason>,
    /// Warning codes in words.
    pub flags: Vec<String>,
    /// Persons, phones, vehicles, cases drawn from this row.
    pub mentions: Vec<LinkLine>,
}
