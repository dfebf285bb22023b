//! What an ingest says at its end.

use std::collections::BTreeMap;

use sources::{Contract, Trailer};

use crate::error::{LakeError, Result};
use crate::table::Table;

/// How an ingest ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Done,
    /// The same bytes had been taken in before; nothing changed.
    Already,
    Failed,
}

/// The account of one file. `input == accepted + rejected + duplicate`, always.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Report {
    pub contract: String,
    pub contract_version: String,
    pub variant: usize,
    pub object: String,
    pub name: String,
    pub state: State,
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    /// Accepted rows that replaced an older version of themselves.
    pub corrected: u64,
    /// Accepted rows by which the source withdrew a record.
    pub withdrawn: u64,
    /// Refused rows by the first reason of each.
    pub reasons: BTreeMap<String, u64>,
    /// Rows the file itself says it has.
    pub declared: Option<u64>,
    pub warnings: Vec<String>,
    pub drift: Vec<String>,
    pub seconds: f64,
    pub message: Option<String>,
    /// Why it failed, in one word ([`LakeError::code`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub run: Option<String>,
    /// What became of each row, where the request asked for it; never kept.
    #[serde(skip)]
    pub rows: Option<Box<super::Fates>>,
}

impl Report {
    /// Of a file that could not be read.
    pub fn failed(name: &str, error: &LakeError) -> Report {
        let code = Some(error.code().to_string());
        Report { name: name.into(), state: State::Failed, message: Some(error.to_string()), code, ..Report::default() }
    }

    /// Whether the account is complete.
    pub fn balances(&self) -> bool {
        self.input == self.accepted + self.rejected + self.duplicate
    }
}

/// The account that an object's commit carries.
pub(super) async fn committed(table: &Table, sha256: &str) -> Result<Option<Report>> {
    for commit in table.history(100_000).await? {
        let info = commit.get("sarovar").or_else(|| commit.get("info").and_then(|i| i.get("sarovar")));
        if let Some(report) = info.and_then(|v| serde_json::from_value::<Report>(v.clone()).ok())
            && report.object == sha256
        {
            return Ok(Some(report));
        }
    }
    Ok(None)
}

/// The report of a file that had been taken in before: all its rows are duplicates now.
pub(super) async fn again(
    table: &Table,
    sha256: &str,
    contract: &Contract,
    variant: usize,
    name: &str,
    finished: bool,
) -> Result<Report> {
    let first = committed(table, sha256).await?;
    if finished && let Some(report) = first {
        // The earlier run was cut off after its commit; this one finished it, and its account is this one's.
        return Ok(Report {
            name: name.into(),
            message: Some("an interrupted ingest of this file was finished".into()),
            ..report
        });
    }
    let input = first.as_ref().map_or(0, |r| r.input);
    Ok(Report {
        contract: contract.name.clone(),
        contract_version: contract.version.clone(),
        variant,
        object: sha256.into(),
        name: name.into(),
        state: State::Already,
        input,
        duplicate: input,
        message: Some("the same file is in the lake already; nothing changed".into()),
        ..Report::default()
    })
}

pub(super) fn with_superseded(mut reasons: BTreeMap<String, u64>, superseded: u64) -> BTreeMap<String, u64> {
    if superseded > 0 {
        *reasons.entry("superseded".into()).or_default() += superseded;
    }
    reasons
}

pub(super) fn warnings(trailer: &Trailer, input: u64) -> Vec<String> {
    let mut out: Vec<String> = trailer.warnings.iter().map(|w| format!("{}: {}", w.code, w.message)).collect();
    if let Some(declared) = trailer.declared_rows
        && declared != input
    {
        out.push(format!(
            "count_mismatch: the file says it has {declared} rows; {input} were found. Ask the sender whether it is complete"
        ));
    }
    out
}

pub(super) fn drift(trailer: &Trailer) -> Vec<String> {
    let mut out: Vec<String> = trailer.drift.new.iter().map(|c| format!("new column: {c}")).collect();
    out.extend(trailer.drift.missing.iter().map(|c| format!("missing column: {c}")));
    out.extend(trailer.drift.renamed.iter().map(|(a, b)| format!("column {a} may be {b}, renamed: add it to `from`")));
    out
}
