//! A report: a title, some facts, tables with a note under each.

use serde::Serialize;

use crate::{Fonts, Language, PaperError, world};

/// A part of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: String,
    /// A sentence before the table; may be empty.
    pub text: String,
    /// Heads of the columns; none: no table.
    pub columns: Vec<String>,
    /// Each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// What the numbers mean; may be empty.
    pub note: String,
}

/// A report in words of one language, as they are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub lang: Language,
    pub title: String,
    pub subtitle: String,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    pub sections: Vec<Section>,
    /// At the foot of every page.
    pub foot: String,
    /// What stands in place of an empty table.
    pub nothing: String,
}

impl Report {
    /// The report as PDF.
    pub fn pdf(&self, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
        world::print("report", include_str!("../templates/report.typ"), self, fonts)
    }
}
