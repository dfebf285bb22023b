//! The SQL page: schema, editor, answer, history.

use askama::Template;
use chrono::{DateTime, Utc};
use model::Classification;

use crate::Shell;
use crate::table::Grid;

/// A table in the schema browser.
#[derive(Clone, Debug)]
pub struct SchemaTable {
    pub name: String,
    pub rows: u64,
    pub columns: Vec<SchemaColumn>,
}

/// A column in the schema browser.
#[derive(Clone, Debug)]
pub struct SchemaColumn {
    pub name: String,
    pub type_name: String,
    pub class: Classification,
}

/// What became of a query.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Still at work for so many seconds.
    Running { id: String, seconds: f64 },
    /// Rows; `shown` of `total`, the total being unknown when the query was cut off.
    Rows { id: String, grid: Grid, shown: u64, total: Option<u64>, seconds: f64 },
    /// Refused or failed: what the engine said, and what to do about it.
    Failed { message: String, advice: String },
    /// Stopped by the reader.
    Cancelled,
}

/// A query asked before.
#[derive(Clone, Debug)]
pub struct Asked {
    pub text: String,
    pub at: DateTime<Utc>,
    pub rows: Option<u64>,
    pub seconds: f64,
    /// Badge class and catalogue key: `ok`/`run-done`, `bad`/`run-failed`, `warn`/`run-cancelled`.
    pub state: crate::intake::RunState,
    /// Link that puts it in the editor.
    pub href: String,
}

/// The SQL page.
#[derive(Clone, Debug, Template)]
#[template(path = "sql.html")]
pub struct Sql {
    pub shell: Shell,
    pub text: String,
    /// Time travel: a table version or a moment; empty for now.
    pub at: String,
    pub tables: Vec<SchemaTable>,
    pub answer: Option<Answer>,
    pub history: Vec<Asked>,
    /// Queries to begin with: title, text.
    pub starters: Vec<(String, String)>,
}
