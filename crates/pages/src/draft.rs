//! A contract drafted from a sample: the sample, the form with every guess, and what it would make of the sample's rows.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::people::Choice;
use crate::quarantine::Reason;
use crate::table::{FieldError, Grid};

/// A draft that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    pub id: String,
    pub name: String,
    pub file: String,
    pub at: DateTime<Utc>,
}

/// Where a sample is given.
#[derive(Clone, Debug, Template)]
#[template(path = "contract-new.html")]
pub struct NewContract {
    pub shell: Shell,
    pub name: String,
    pub errors: Vec<FieldError>,
    /// Largest sample in bytes.
    pub limit: u64,
    pub begun: Vec<Begun>,
}

impl NewContract {
    /// The error of a field.
    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

/// A text field: its name, the key of its label, its value.
#[derive(Clone, Debug)]
pub struct TextField {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
    /// Language of the text, where it is one's own.
    pub lang: &'static str,
}

/// A number and its unit.
#[derive(Clone, Debug)]
pub struct SpanField {
    pub name: &'static str,
    pub label: &'static str,
    pub number: String,
    pub units: Vec<Choice>,
}

/// A list to choose from.
#[derive(Clone, Debug)]
pub struct SelectField {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
}

/// One guessed column, as its form shows it.
#[derive(Clone, Debug)]
pub struct ColumnFields {
    /// As the file writes it.
    pub header: String,
    pub name: String,
    pub meaning_en: String,
    pub meaning_hi: String,
    pub wanted: bool,
    pub required: bool,
    pub key: bool,
    pub format: String,
    pub selects: Vec<SelectField>,
    /// Why it is classed so, in words.
    pub why: String,
    /// How often it is filled, and how many values there are, in words.
    pub told: String,
    pub examples: Vec<String>,
}

/// A refused row.
#[derive(Clone, Debug)]
pub struct RefusedLine {
    pub row: i64,
    pub reason: Reason,
    pub original: String,
}

/// What became of the sample's rows.
#[derive(Clone, Debug)]
pub struct Seen {
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    pub corrected: u64,
    pub reasons: Grid,
    pub refused: Vec<RefusedLine>,
    /// Numbers of repeated rows.
    pub repeated: String,
    pub rows: Grid,
    pub drawn: Vec<(String, u64)>,
    /// Warnings, and how the columns differ.
    pub remarks: Vec<String>,
    pub whole: bool,
}

/// The form of a draft.
#[derive(Clone, Debug, Template)]
#[template(path = "contract-draft.html")]
pub struct ContractDraft {
    pub shell: Shell,
    pub id: String,
    pub file: String,
    pub rows: u64,
    pub kind: String,
    pub texts: Vec<TextField>,
    pub spans: Vec<SpanField>,
    pub looks: Vec<SelectField>,
    /// Where the rows of a JSON document are, or which sheet of a workbook.
    pub place: Option<TextField>,
    pub authority: bool,
    pub columns: Vec<ColumnFields>,
    pub mapping: String,
    /// Version of the contract of this name that is kept here.
    pub kept: Option<String>,
    pub seen: Option<Seen>,
    pub errors: Vec<FieldError>,
}
