//! A first contract from a sample file: columns, types, keys and how personal each seems, for a person to go over.
//!
//! Everything in a [`Draft`] is a guess that says why it was made, and may be changed before it is written as a contract. What is guessed
//! errs on the careful side: a column that may hold a person's data is personal until somebody says otherwise.

mod guess;
mod sample;
mod write;

use std::sync::Arc;

use model::Classification;
use serde::{Deserialize, Serialize};

use crate::contract::{Contract, ContractError};
use crate::read::ReadError;
use crate::{Limits, ReadSeek};

/// A contract in the making.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// `SYSTEM.DATASET`.
    pub name: String,
    pub version: String,
    pub title_en: String,
    pub title_hi: String,
    /// What one row is.
    pub purpose: String,
    pub owner: String,
    pub legal_basis: String,
    pub authority_required: bool,
    /// How often new data is expected, as `1 d`.
    pub every: String,
    /// How long rows are kept, as `1 y`.
    pub keep: String,
    pub looks: Looks,
    pub columns: Vec<Guess>,
    /// `mapping.sql`.
    pub mapping: String,
    /// Rows of the sample that were looked at.
    pub rows: usize,
}

/// How the file looks, in the words of a contract's `formats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Looks {
    /// `csv`, `sheet`, `json`, `ndjson`, `xml`, `parquet`.
    pub kind: String,
    /// Of CSV: `auto`, `tab` or one character.
    pub delimiter: String,
    /// Of CSV, JSON and XML: `auto` or a label.
    pub encoding: String,
    /// Of JSON and XML: where the rows are.
    pub rows: String,
    /// Of workbooks: `first`, `all` or a name.
    pub sheets: String,
}

/// A guessed column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guess {
    pub name: String,
    /// As the file writes it.
    pub header: String,
    pub meaning_en: String,
    pub meaning_hi: String,
    /// Whether the column is wanted.
    pub wanted: bool,
    /// `physicalType`.
    pub kind: String,
    /// Of dates and times.
    pub format: String,
    pub required: bool,
    pub key: bool,
    pub classification: Classification,
    /// A cleaning step, or nothing.
    pub clean: String,
    /// `none`, `auto`, `krutidev`, `devlys`.
    pub legacy_font: String,
    /// Why it is classed so.
    pub why: Why,
    /// Rows of the sample that have a value here, and how many different ones.
    pub filled: usize,
    pub different: usize,
    /// A few values of the sample.
    pub examples: Vec<String>,
}

impl Default for Guess {
    fn default() -> Self {
        Guess {
            name: String::new(),
            header: String::new(),
            meaning_en: String::new(),
            meaning_hi: String::new(),
            wanted: true,
            kind: "string".into(),
            format: String::new(),
            required: false,
            key: false,
            classification: Classification::Personal,
            clean: String::new(),
            legacy_font: String::new(),
            why: Why::default(),
            filled: 0,
            different: 0,
            examples: Vec::new(),
        }
    }
}

/// Why a column is classed as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    NameSensitive,
    NamePerson,
    FreeText,
    ValuesPhone,
    ValuesAadhaar,
    ValuesMail,
    ValuesPlate,
    #[default]
    Nothing,
}

impl Why {
    /// Stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::NameSensitive => "name_sensitive",
            Why::NamePerson => "name_person",
            Why::FreeText => "free_text",
            Why::ValuesPhone => "values_phone",
            Why::ValuesAadhaar => "values_aadhaar",
            Why::ValuesMail => "values_mail",
            Why::ValuesPlate => "values_plate",
            Why::Nothing => "nothing",
        }
    }

    /// In plain words.
    pub fn text(self) -> &'static str {
        match self {
            Why::NameSensitive => "its name tells of sensitive data",
            Why::NamePerson => "its name tells of persons",
            Why::FreeText => "free text may name persons",
            Why::ValuesPhone => "its values look like phone numbers",
            Why::ValuesAadhaar => "its values look like Aadhaar numbers",
            Why::ValuesMail => "its values look like mail addresses",
            Why::ValuesPlate => "its values look like registration marks",
            Why::Nothing => "nothing tells of persons",
        }
    }
}

/// Types a column may be given, as contracts name them.
pub const TYPES: [&str; 9] = ["string", "int32", "int64", "float64", "decimal(14,2)", "boolean", "date", "timestamp", "time"];
/// Cleaning steps that need no argument, as contracts name them.
pub const STEPS: [&str; 15] = [
    "id",
    "phone",
    "phone_strict",
    "plate",
    "imei",
    "imsi",
    "cell",
    "sex",
    "fir_no",
    "digits",
    "upper",
    "lower",
    "nfc",
    "unquote",
    "trim",
];
/// Units of spans of time.
pub const UNITS: [&str; 6] = ["min", "h", "d", "w", "m", "y"];

/// Why no contract could be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{name}: no table was found in it. A draft is made from CSV, Excel, JSON or NDJSON with names of columns")]
    NoTable { name: String },
    #[error("{0:?} is no name of a source; write SYSTEM.DATASET in lower-case letters, digits and underscores")]
    Name(String),
    #[error(
        "column {header:?}: {name:?} is no name of a column; write lower-case letters, digits and underscores, beginning with a letter"
    )]
    Column { header: String, name: String },
    #[error("{what}: {found:?} is no span of time; write a number and one of min, h, d, w, m, y, as `1 d`")]
    Span { what: &'static str, found: String },
    #[error("no column is wanted; a contract needs one at least")]
    NoColumns,
    #[error("the draft does not pass as a contract: {0}")]
    Contract(#[from] ContractError),
}

/// Drafts a contract named `contract` from the sample `input` (file name `name`).
pub fn draft(contract: &str, name: &str, input: &mut dyn ReadSeek) -> Result<Draft, DraftError> {
    parts(contract)?;
    let sample = sample::read(name, input, &Limits::default())?;
    let columns = guess::columns(&sample.header, &sample.rows);
    if columns.is_empty() {
        return Err(DraftError::NoTable { name: name.into() });
    }
    let mut draft = Draft {
        name: contract.into(),
        version: "0.1.0".into(),
        title_en: contract.into(),
        title_hi: contract.into(),
        purpose: "Drafted from a sample; say what one row is.".into(),
        owner: "to be named".into(),
        legal_basis: "to be named".into(),
        authority_required: false,
        every: "1 d".into(),
        keep: "1 y".into(),
        looks: sample.looks,
        columns,
        mapping: String::new(),
        rows: sample.rows.len(),
    };
    draft.mapping = draft.mapping_guess();
    draft.contract()?;
    Ok(draft)
}

/// System and dataset of a contract's name.
fn parts(contract: &str) -> Result<(&str, &str), DraftError> {
    contract.split_once('.').filter(|(s, d)| is_word(s) && is_word(d)).ok_or_else(|| DraftError::Name(contract.into()))
}

fn is_word(word: &str) -> bool {
    word.len() <= 63
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Draft {
    /// The draft as the contract it would be.
    pub fn contract(&self) -> Result<Arc<Contract>, DraftError> {
        Ok(Arc::new(Contract::parse(&self.yaml()?, &self.mapping)?))
    }

    /// Columns that are wanted.
    pub fn wanted(&self) -> impl Iterator<Item = &Guess> {
        self.columns.iter().filter(|c| c.wanted)
    }
}

#[cfg(test)]
mod tests;
