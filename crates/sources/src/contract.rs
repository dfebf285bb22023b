//! A source as data: what a contract folder says, parsed and checked.
//!
//! [`Contract::parse`] reads an ODCS v3 document with our `customProperties` and the mapping SQL beside it. Everything
//! that can be wrong in a contract is found here, before a file is touched; a parsed contract is a promise that columns
//! named anywhere in it exist and that its regular expressions compile.

mod build;
mod column;
mod document;
mod error;
mod format;
mod mapping;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

pub use column::{Clean, Column, From, LegacyFont, MapOther, Physical, Rule, RuleCheck, Severity, ValueMap};
pub use error::ContractError;
pub use format::{Encoding, Format, Header, Kind, Sheets};
pub use mapping::{Mapping, View};

/// A text in both languages of the product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bilingual {
    pub en: String,
    pub hi: String,
}

/// A span of time as a contract states it, e.g. 2 years.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    pub value: f64,
    /// As written: `minutes`, `hours`, `days`, `months`, `years` or their first letter.
    pub unit: String,
}

/// A row with one of `values` in `column` deletes the row of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    pub column: String,
    pub values: Vec<String>,
}

/// What to do with columns of a file that the contract does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownColumns {
    /// Name them in the report as drift and read on.
    KeepInReport,
    /// Refuse the file.
    Refuse,
}

/// One source: its formats, columns, rules and mapping.
#[derive(Debug, Clone)]
pub struct Contract {
    /// `system.dataset`.
    pub name: String,
    pub system: String,
    pub dataset: String,
    pub id: String,
    pub version: String,
    pub status: String,
    pub domain: String,
    pub title: Bilingual,
    pub purpose: String,
    pub usage: String,
    pub limitations: String,
    pub owner: String,
    pub legal_basis: String,
    /// Rows may be read only under a live authority (call records, subscribers).
    pub authority_required: bool,
    /// How often new data is expected.
    pub freshness: Option<Period>,
    pub retention: Option<Period>,
    pub formats: Vec<Format>,
    /// What identifies a file of this source: columns of this contract, or header names as written.
    pub signature: Vec<String>,
    pub columns: Vec<Column>,
    /// Names of the key columns in key order; empty when rows have no identity of their own.
    pub key: Vec<String>,
    /// Physical orders of the table; the first is the main table's, a second one is stored as a second table.
    pub orders: Vec<Vec<String>>,
    /// Column that says which of two rows with one key is newer.
    pub version_column: Option<String>,
    pub withdrawal: Option<Withdrawal>,
    pub unknown_columns: UnknownColumns,
    /// What several statements of the mapping read, made once.
    pub views: Vec<View>,
    pub mapping: Vec<Mapping>,
    /// The documents as given, for the catalogue.
    pub yaml: String,
    pub mapping_sql: String,
}

impl Contract {
    /// Reads `contract.yaml` and `mapping.sql` (which may be empty: a source that maps to no POLE table).
    pub fn parse(yaml: &str, mapping: &str) -> Result<Contract, ContractError> {
        build::contract(yaml, mapping)
    }

    /// Table name without schema: `cctns.fir` → `cctns_fir`.
    pub fn table(&self) -> String {
        format!("{}_{}", self.system, self.dataset)
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The column that says when an event happened: the first instant of the physical orders, else the first required one.
    pub fn event_time(&self) -> Option<&str> {
        let instant = |c: &&Column| matches!(c.field().data_type(), DataType::Timestamp(..));
        let ordered = self.orders.iter().flatten().filter_map(|name| self.column(name)).find(instant);
        ordered.or_else(|| self.columns.iter().filter(|c| c.required).find(instant)).map(|c| c.name.as_str())
    }

    /// Names under which an entry of the signature may stand in a file: a column's own source names, or the entry itself.
    pub fn signature_names<'a>(&'a self, entry: &'a str) -> impl Iterator<Item = &'a str> {
        let column = self.column(entry);
        column.into_iter().flat_map(Column::source_names).chain(column.is_none().then_some(entry))
    }

    /// Arrow schema of the contract's own columns in contract order. All fields are nullable except required ones.
    pub fn arrow_schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>()))
    }

    /// [`Contract::arrow_schema`] followed by `_row` (Int64) and `_flags` (Utf8, null when clean): what parsing yields.
    pub fn parsed_schema(&self) -> SchemaRef {
        let mut fields: Vec<Field> = self.columns.iter().map(Column::field).collect();
        fields.push(Field::new("_row", DataType::Int64, false));
        fields.push(Field::new("_flags", DataType::Utf8, true));
        Arc::new(Schema::new(fields))
    }
}

/// Arrow type of stored instants: microseconds, UTC.
pub(crate) fn timestamp_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}
