//! The desk in numbers.

use askama::Template;

use super::Choice;
use crate::Shell;

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name in addresses.
    pub key: String,
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub note: String,
}

/// The report of some time.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/report.html")]
pub struct Report {
    pub shell: Shell,
    /// Days: `2026-11-01`.
    pub from: String,
    pub until: String,
    pub unit: String,
    pub units: Vec<Choice>,
    pub facts: Vec<(String, String)>,
    pub tables: Vec<Table>,
}

impl Report {
    /// The question again, for the addresses of downloads.
    pub fn question(&self) -> String {
        format!("from={}&until={}&unit={}", self.from, self.until, crate::shell::encode(&self.unit))
    }
}
