//! The catalogue: every table, and one table in full.

use askama::Template;
use chrono::{DateTime, Utc};
use model::Classification;

use crate::Shell;
use crate::intake::{Freshness, RunLine};
use crate::lineage::Lineage;
use crate::table::{Grid, Sort};

/// One table in the list.
#[derive(Clone, Debug)]
pub struct TableLine {
    /// `layer.table`, as in SQL.
    pub name: String,
    pub title: String,
    pub description: String,
    pub layer: String,
    pub rows: u64,
    pub last: Option<DateTime<Utc>>,
    pub owner: String,
    /// The strictest classification among its columns.
    pub class: Classification,
    /// Rows accepted and refused so far.
    pub accepted: u64,
    pub rejected: u64,
}

impl TableLine {
    /// Link to the table's page.
    pub fn href(&self) -> String {
        format!("/catalogue/{}", self.name)
    }
}

/// The list of tables.
#[derive(Clone, Debug, Template)]
#[template(path = "catalogue.html")]
pub struct Catalogue {
    pub shell: Shell,
    pub q: String,
    pub sort: Sort,
    pub tables: Vec<TableLine>,
    /// Tables in the lake, whatever was asked for.
    pub total: u64,
}

/// One column as documented.
#[derive(Clone, Debug)]
pub struct ColumnLine {
    pub name: String,
    /// Label in the page's language.
    pub meaning: String,
    pub description: String,
    pub type_name: String,
    pub class: Classification,
    pub required: bool,
    /// 1-based position in the key.
    pub key: Option<u32>,
    /// Quality rules as text.
    pub rules: Vec<String>,
}

/// One line of the agreement: a label and a text.
#[derive(Clone, Debug)]
pub struct Term {
    pub label: String,
    pub text: String,
}

/// A version of a table.
#[derive(Clone, Debug)]
pub struct VersionLine {
    pub version: u64,
    pub at: DateTime<Utc>,
    /// What was done: `append`, `merge`, `delete`, `optimize`.
    pub operation: String,
    pub rows: Option<u64>,
}

/// One table in full.
#[derive(Clone, Debug, Template)]
#[template(path = "table.html")]
pub struct Table {
    pub shell: Shell,
    pub line: TableLine,
    pub freshness: Freshness,
    /// Owner, contract, legal basis, retention, usage, limits.
    pub terms: Vec<Term>,
    pub columns: Vec<ColumnLine>,
    pub bytes: u64,
    pub files: u64,
    pub lineage: Lineage,
    pub sample: Grid,
    pub versions: Vec<VersionLine>,
    pub runs: Vec<RunLine>,
}
