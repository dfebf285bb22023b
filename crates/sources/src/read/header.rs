//! Finding the header among the first records of a delimited file or a sheet.

use std::collections::BTreeMap;

use super::ReadError;
use crate::contract::{Contract, Format, Header};
use crate::plan::{captures, find_header};

/// Records looked at before the header is given up.
pub(crate) const LOOKED: usize = 60;

/// Where the data begin and what stood before them.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub columns: Vec<String>,
    /// Number of records up to and including the header.
    pub consumed: usize,
    pub captures: BTreeMap<String, String>,
    /// The file says that it has no records.
    pub empty: bool,
}

/// Looks for the header in `records` (cells) with their `lines` (the record as one text).
pub(crate) fn find(
    contract: &Contract,
    format: &Format,
    name: &str,
    records: &[Vec<String>],
    lines: &[String],
) -> Result<Found, ReadError> {
    let blank = |r: &Vec<String>| r.iter().all(|c| c.trim().is_empty());
    let signature = &contract.signature;
    let (columns, first, consumed) = match &format.header {
        Header::None(columns) => {
            let preamble = lines.iter().take_while(|l| format.preamble.iter().any(|r| r.is_match(l.trim()))).count();
            (columns.clone(), preamble, preamble)
        }
        Header::Signature | Header::Rows(_) => {
            let height = match format.header {
                Header::Rows(n) => n,
                _ => 1,
            };
            let fits = |at: &usize| {
                let merged = merge(records, *at, height);
                if blank(&records[*at]) {
                    return false;
                }
                signature.iter().all(|s| contract.signature_names(s).any(|n| find_header(&merged, n).is_some()))
            };
            match (0..records.len()).find(fits) {
                Some(at) => (merge(records, at, height), at, (at + height).min(records.len())),
                None => {
                    if lines.iter().any(|l| format.empty.iter().any(|r| r.is_match(l.trim()))) {
                        let captures = preamble(format, lines);
                        return Ok(Found { columns: Vec::new(), consumed: records.len(), captures, empty: true });
                    }
                    return Err(not_found(contract, name, records, height));
                }
            }
        }
    };
    Ok(Found { columns, consumed, captures: preamble(format, &lines[..first.min(lines.len())]), empty: false })
}

fn not_found(contract: &Contract, name: &str, records: &[Vec<String>], height: usize) -> ReadError {
    let lacking = |at: usize| -> Vec<String> {
        let merged = merge(records, at, height);
        contract
            .signature
            .iter()
            .filter(|s| contract.signature_names(s).all(|n| find_header(&merged, n).is_none()))
            .cloned()
            .collect()
    };
    let missing = (0..records.len()).map(lacking).min_by_key(Vec::len).unwrap_or_else(|| contract.signature.clone());
    ReadError::HeaderNotFound { name: name.to_owned(), contract: contract.name.clone(), looked: records.len(), missing }
}

fn preamble(format: &Format, lines: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for line in lines {
        for pattern in &format.preamble {
            let groups = captures(pattern, line.trim()).unwrap_or_default();
            found.extend(groups.into_iter().map(|(k, v)| (format!("preamble:{k}"), v)));
        }
    }
    found
}

/// Column names of `height` header rows: the lowest non-empty text names the column.
pub(crate) fn merge(records: &[Vec<String>], at: usize, height: usize) -> Vec<String> {
    let rows = &records[at..(at + height).min(records.len())];
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..width)
        .map(|c| {
            let lowest = rows.iter().rev().filter_map(|r| r.get(c)).map(|t| t.trim()).find(|t| !t.is_empty());
            lowest.unwrap_or_default().to_owned()
        })
        .collect()
}

/// Named groups of the file name as `filename:NAME`; the name without its folders is looked at.
pub(crate) fn filename(format: &Format, name: &str) -> BTreeMap<String, String> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let groups = format.filename.as_ref().and_then(|r| captures(r, base)).unwrap_or_default();
    groups.into_iter().map(|(k, v)| (format!("filename:{k}"), v)).collect()
}
