use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Stable word: `missing_column`, `missing_value`, `bad_type`, `bad_format`, `out_of_range`, `not_in_list`, `pattern`,
    /// `rule`, `scientific_notation`, `ragged`, `bad_encoding`, `nul_byte`, `too_long`, `superseded`, `key_missing`.
    pub code: &'static str,
    pub column: Option<String>,
    /// The value that was refused, shortened to 200 characters and masked like stored values.
    pub value: Option<String>,
    /// What happened and what to do, in plain words.
    pub message: String,
}

/// A refused record with its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// 1-based position in the object as a spreadsheet shows it.
    pub row: i64,
    pub reasons: Vec<Reason>,
    /// The record as received: raw text for delimited files, JSON and XML; a JSON object of column to text for sheets and
    /// Parquet. Aadhaar-like numbers are masked. [`crate::reparse`] reads it again.
    pub original: String,
}

/// What one chunk yields. `rows_in == batch.num_rows() + rejects.len()` always holds.
#[derive(Debug)]
pub struct Parsed {
    /// [`crate::Contract::parsed_schema`]: the contract's columns, `_row` (Int64), `_flags` (Utf8).
    pub batch: RecordBatch,
    pub rejects: Vec<Reject>,
    pub rows_in: u64,
}

/// How the columns of a file differ from the contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Columns of the file that the contract does not name.
    pub new: Vec<String>,
    /// Contract columns the file lacks.
    pub missing: Vec<String>,
    /// Probable renames: (contract's name, file's name).
    pub renamed: Vec<(String, String)>,
    /// The columns are there but in another order than the contract's.
    pub reordered: bool,
}

impl Drift {
    pub fn is_empty(&self) -> bool {
        *self == Drift::default()
    }
}

/// Something about a whole file that does not refuse a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable word: `count_mismatch`, `no_footer`, `empty_report`, `hidden_sheet`, `unclosed_quote`.
    pub code: &'static str,
    pub message: String,
}

/// What is known once a file has been read to its end and every chunk of it was parsed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trailer {
    /// Number of rows the footer or preamble declares.
    pub declared_rows: Option<u64>,
    /// Records seen, refused ones included.
    pub rows_in: u64,
    pub warnings: Vec<Warning>,
    pub drift: Drift,
    /// Named groups of the preamble, footer and file name patterns.
    pub captures: BTreeMap<String, String>,
}
