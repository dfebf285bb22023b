//! What a contract would make of a file, tried in a lake of its own that is thrown away.
//!
//! It is the ordinary ingest, key comparison and mapping included, so that what a preview says is what an ingest will do. The scratch lake
//! shares nothing with the real one: no row, no raw object and no record of it enters there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use governance::{Context, Principal};
use serde::Serialize;
use sources::Contract;
use sources::contract::Kind;

use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::ingest::{Progress, Report, Request};
use crate::session::{Access, At, Session, in_ist};
use crate::{Lake, Options};

/// Bytes of a file that are tried; of lines the first ones, other files are refused beyond it.
pub const MOST_BYTES: u64 = 64 << 20;
/// Refused rows, and numbers of repeated ones, that are told one by one.
pub const MOST_REFUSED: usize = 100;
/// Accepted rows that are shown.
pub const MOST_ROWS: usize = 20;
/// Bytes for rows in work.
const MEMORY: usize = 64 << 20;

/// Instants are shown in IST, to the second.
const SHOWN: FormatOptions<'static> = FormatOptions::new()
    .with_display_error(true)
    .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"))
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"));

/// What became of a file's rows. `input == accepted + rejected + duplicate`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Preview {
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    /// Accepted rows that stand for an older one of the same file.
    pub corrected: u64,
    /// Refused rows by their first reason.
    pub reasons: BTreeMap<String, u64>,
    pub warnings: Vec<String>,
    /// How the file's columns differ from the contract.
    pub drift: Vec<String>,
    /// The first [`MOST_REFUSED`] refused rows.
    pub refused: Vec<RefusedRow>,
    /// Numbers of the first repeated rows.
    pub repeated: Vec<i64>,
    /// The first [`MOST_ROWS`] accepted rows, with the number of each, under the contract's columns.
    pub columns: Vec<String>,
    pub rows: Vec<(i64, Vec<Option<String>>)>,
    /// Rows drawn for each POLE table of the mapping.
    pub drawn: BTreeMap<String, u64>,
    /// Whether all of the file was tried.
    pub whole: bool,
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// As a spreadsheet shows it.
    pub row: i64,
    pub code: String,
    pub column: Option<String>,
    pub value: Option<String>,
    pub message: String,
    pub original: String,
}

/// Tries `file` (its name is `name`) under `contract` in a scratch lake below `scratch`.
pub async fn preview(scratch: &Path, contract: &Arc<Contract>, name: &str, file: &mut File) -> Result<Preview> {
    let folder = tempfile::Builder::new().prefix("preview-").tempdir_in(scratch).map_err(LakeError::io("writing in", scratch))?;
    let (mut input, size, whole) = tokio::task::block_in_place(|| head(folder.path(), contract, name, file))?;
    let options = Options { threads: 2, contracts: vec![contract.clone()], ..Options::at(&folder.path().join("lake")) };
    let lake = Lake::open(options.with_memory(MEMORY)).await?;
    let request = Request {
        contract: Some(contract.clone()),
        by_row: true,
        name: name.into(),
        authority: Some("PREVIEW".into()),
        received_by: "preview".into(),
        ..Request::default()
    };
    let reports = lake.ingest(&mut input, size, request, &Arc::new(Progress::default())).await?;
    let mut out = Preview { whole, ..Preview::default() };
    reports.into_iter().for_each(|report| out.count(report));
    let purpose = Some(model::Purpose::Operation);
    let context = Context { purpose, case: None, authority: Some("PREVIEW".into()), now: lake.now() };
    let session = lake.session(&Access { principal: Principal::operator(), context, at: At::Now })?;
    out.look(&lake, &session, contract).await?;
    Ok(out)
}

/// What is tried of the file: all of it, or as many whole lines as [`MOST_BYTES`] hold.
fn head(folder: &Path, contract: &Contract, name: &str, file: &mut File) -> Result<(File, u64, bool)> {
    let wrong = |source| LakeError::Io { action: "reading", path: name.into(), source };
    let size = file.metadata().map_err(wrong)?.len();
    file.seek(SeekFrom::Start(0)).map_err(wrong)?;
    if size <= MOST_BYTES {
        return Ok((file.try_clone().map_err(wrong)?, size, true));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(wrong)?;
    let lines = contract.formats.iter().any(|f| matches!(f.kind, Kind::Csv | Kind::Ndjson)) && !bytes.starts_with(&[0x1f, 0x8b]);
    let end = bytes.iter().rposition(|b| *b == b'\n').filter(|_| lines).ok_or_else(|| {
        LakeError::Invalid(format!(
            "{name}: a preview takes at most {MOST_BYTES} bytes of this kind of file; give a smaller sample"
        ))
    })?;
    let mut part = tempfile::tempfile_in(folder).map_err(LakeError::io("writing in", folder))?;
    part.write_all(&bytes[..=end]).and_then(|()| part.rewind()).map_err(LakeError::io("writing in", folder))?;
    Ok((part, end as u64 + 1, false))
}

impl Preview {
    fn count(&mut self, report: Report) {
        self.input += report.input;
        self.accepted += report.accepted;
        self.rejected += report.rejected;
        self.duplicate += report.duplicate;
        self.corrected += report.corrected;
        report.reasons.into_iter().for_each(|(code, n)| *self.reasons.entry(code).or_default() += n);
        self.warnings.extend(report.warnings);
        // A member of an archive that could not be read.
        self.warnings.extend(report.message.map(|m| format!("{}: {m}", report.name)));
        self.drift.extend(report.drift);
        if let Some(fates) = report.rows {
            self.repeated.extend(fates.duplicate.iter().take(MOST_REFUSED));
        }
    }

    async fn look(&mut self, lake: &Lake, session: &Session, contract: &Contract) -> Result<()> {
        let held = TableName::quarantine(&contract.name);
        if lake.home().table(&held).is_dir() {
            let sql = format!(
                "SELECT \"_row\", reason, field, value, detail, original FROM {held} ORDER BY \"_row\" LIMIT {MOST_REFUSED}"
            );
            for row in texts(&session.rows(&sql).await?, MOST_REFUSED)? {
                let [at, code, column, value, message, original] = row.as_slice() else { continue };
                self.refused.push(RefusedRow {
                    row: at.as_deref().and_then(|n| n.parse().ok()).unwrap_or_default(),
                    code: code.clone().unwrap_or_default(),
                    column: column.clone(),
                    value: value.clone(),
                    message: message.clone().unwrap_or_default(),
                    original: original.clone().unwrap_or_default(),
                });
            }
        }
        let clean = TableName::clean(&contract.name);
        self.columns = contract.columns.iter().map(|c| c.name.clone()).collect();
        if lake.home().table(&clean).is_dir() {
            let columns: String = self.columns.iter().map(|c| format!(", \"{c}\"")).collect();
            let sql = format!("SELECT \"_row\"{columns} FROM {clean} ORDER BY \"_row\" LIMIT {MOST_ROWS}");
            for mut row in texts(&session.rows(&sql).await?, MOST_ROWS)? {
                let at = row.remove(0).and_then(|n| n.parse().ok()).unwrap_or_default();
                self.rows.push((at, row));
            }
        }
        for statement in &contract.mapping {
            let table = TableName::new("pole", &statement.table);
            if self.drawn.contains_key(&statement.table) || !lake.home().table(&table).is_dir() {
                continue;
            }
            let found = texts(&session.rows(&format!("SELECT count(*) AS n FROM {table}")).await?, 1)?;
            let n = found.first().and_then(|row| row[0].as_ref()?.parse().ok()).unwrap_or_default();
            self.drawn.insert(statement.table.clone(), n);
        }
        Ok(())
    }
}

/// The first `limit` rows as texts; NULL is none.
pub fn texts(batches: &[RecordBatch], limit: usize) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::new();
    for batch in batches {
        let batch = in_ist(batch)?;
        let formatters: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &SHOWN))
            .collect::<std::result::Result<_, _>>()
            .map_err(crate::runs::arrow_error)?;
        for i in 0..batch.num_rows().min(limit - rows.len().min(limit)) {
            let shown = formatters.iter().zip(batch.columns());
            rows.push(shown.map(|(format, column)| (!column.is_null(i)).then(|| format.value(i).to_string())).collect());
        }
    }
    Ok(rows)
}
