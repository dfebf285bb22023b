//! Search: names in any script, numbers and parts of them, FIR numbers, person keys, hashes.

use askama::Template;

use crate::Shell;
use crate::dossier::{Kind, Standing};

/// One thing found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub kind: Kind,
    pub title: String,
    pub note: String,
    /// How a person stands in law.
    pub standings: Vec<Standing>,
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
    /// The one kind looked for; empty for all.
    pub only: String,
    pub hits: Vec<Hit>,
    /// What the text was read as, in words; empty when nothing was asked.
    pub read_as: Vec<String>,
    /// There are more than are shown.
    pub truncated: bool,
    /// Somebody asked for one person's page, and these share the identifier.
    pub several: bool,
}

impl Search {
    /// Kinds that can be looked for alone: code, word, and whether it is.
    pub fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        ["person", "phone", "vehicle", "case", "place"]
            .map(|kind| (kind, self.shell.t(&format!("kind-{kind}")), kind == self.only))
            .to_vec()
    }
}

/// What a text that is being typed may become; a piece of the search page.
#[derive(Clone, Debug, Template)]
#[template(path = "suggest.html")]
pub struct Suggest {
    pub shell: Shell,
    pub hits: Vec<Hit>,
}
