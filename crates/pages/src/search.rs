//! Search: names in any script, numbers and parts of them, FIR numbers, person keys, hashes.

use askama::Template;

use crate::Shell;
use crate::dossier::{Kind, Standing};

/// A piece of a shown text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// It answers the question.
    pub marked: bool,
}

/// What the search was narrowed to, as it was filled in.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// The one kind looked for; empty for all.
    pub only: String,
    pub district: String,
    pub thana: String,
    pub source: String,
    pub sex: String,
    pub age_from: String,
    pub age_to: String,
    pub from: String,
    pub to: String,
}

impl Narrowed {
    /// Whether anything beside the kind is filled in.
    pub fn is_open(&self) -> bool {
        [&self.district, &self.thana, &self.source, &self.sex, &self.age_from, &self.age_to, &self.from, &self.to]
            .iter()
            .any(|t| !t.is_empty())
    }
}

/// One thing found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub kind: Kind,
    pub title: Vec<Piece>,
    pub note: Vec<Piece>,
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
    pub narrowed: Narrowed,
    pub hits: Vec<Hit>,
    /// What the text was read as, in words; empty when nothing was asked.
    pub read_as: Vec<String>,
    /// There are more than are shown.
    pub truncated: bool,
    /// There is no index yet, so that names are found by their beginning alone.
    pub unindexed: bool,
    /// Where more of them are shown; none where no more are given.
    pub more: Option<String>,
    /// Somebody asked for one person's page, and these share the identifier.
    pub several: bool,
}

impl Search {
    /// Kinds that can be looked for alone: code, word, and whether it is.
    pub fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        ["person", "phone", "handset", "vehicle", "case", "event", "place", "document"]
            .map(|kind| (kind, self.shell.t(&format!("kind-{kind}")), kind == self.narrowed.only))
            .to_vec()
    }

    /// Sexes that can be asked for: code, word, and whether it is.
    pub fn sexes(&self) -> Vec<(&'static str, String, bool)> {
        ["male", "female", "transgender"].map(|sex| (sex, self.shell.t(&format!("sex-{sex}")), sex == self.narrowed.sex)).to_vec()
    }
}

/// What a text that is being typed may become; a piece of the search page.
#[derive(Clone, Debug, Template)]
#[template(path = "suggest.html")]
pub struct Suggest {
    pub shell: Shell,
    pub hits: Vec<Hit>,
}
