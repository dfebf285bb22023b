//! Search by exact identifier (phone number, registration, FIR number, person key, hash) and by the beginning of a name.

use askama::Template;

use crate::Shell;
use crate::dossier::Kind;

/// One thing found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub kind: Kind,
    pub title: String,
    pub note: String,
    /// What it was found by, in words; empty for a file.
    pub matched: String,
    pub href: String,
    /// Rows that speak of it.
    pub rows: u64,
    /// Contract names that do.
    pub sources: Vec<String>,
}

/// The search page.
#[derive(Clone, Debug, Template)]
#[template(path = "search.html")]
pub struct Search {
    pub shell: Shell,
    pub q: String,
    pub hits: Vec<Hit>,
    /// What the text was read as, in words; empty when nothing was asked.
    pub read_as: Vec<String>,
    /// There are more than are shown.
    pub truncated: bool,
    /// Somebody asked for one person's page, and these share the identifier.
    pub several: bool,
}
