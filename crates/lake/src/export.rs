//! Rows out of the lake as a file: CSV, JSON, NDJSON, Parquet or a workbook, with the SHA-256 of what was written.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, RecordBatch};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use sha2::{Digest, Sha256};

use crate::error::{LakeError, Result};
use crate::runs::arrow_error;
use crate::session::{Answer, in_ist};

/// A format rows can leave in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Ndjson,
    Parquet,
    /// A workbook of one sheet, at most [`SHEET_ROWS`] rows.
    Xlsx,
}

/// Rows a sheet of Excel holds, without its header.
pub const SHEET_ROWS: usize = 1_048_575;

impl Format {
    /// The format a file's ending names.
    pub fn of_ending(ending: &str) -> Result<Format> {
        Ok(match ending {
            "csv" => Format::Csv,
            "json" => Format::Json,
            "ndjson" | "jsonl" => Format::Ndjson,
            "parquet" => Format::Parquet,
            "xlsx" => Format::Xlsx,
            other => return Err(LakeError::Invalid(format!("cannot write .{other}; use csv, json, ndjson, parquet or xlsx"))),
        })
    }

    /// The media type of such a file.
    pub fn media(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
            Format::Ndjson => "application/x-ndjson",
            Format::Parquet => "application/vnd.apache.parquet",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
    /// Received files the rows name as their origin, sorted; empty where they name none.
    #[serde(skip)]
    pub objects: Vec<String>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style<'a> {
    /// In CSV, a cell that a spreadsheet would take for a formula gets a leading apostrophe.
    pub for_spreadsheet: bool,
    /// Who took it out, when and for what; written into the file where the format has a place for it.
    pub mark: &'a str,
}

impl Format {
    /// Whether such a file has a place for a mark that no reader takes for a row.
    pub fn takes_mark(self) -> bool {
        matches!(self, Format::Parquet | Format::Xlsx)
    }
}

/// The received files that rows name, gathered on their way out.
#[derive(Default)]
struct Origins {
    seen: BTreeSet<String>,
    last: String,
}

impl Origins {
    fn note(&mut self, batch: &RecordBatch) -> Result<()> {
        let Some(column) = batch.column_by_name("_object") else { return Ok(()) };
        let column = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).map_err(arrow_error)?;
        for object in column.as_string::<i32>().iter().flatten() {
            if object != self.last {
                self.last = object.to_owned();
                self.seen.insert(object.to_owned());
            }
        }
        Ok(())
    }
}

struct Hashing<W: Write> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.hash.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Writes an answer to `out`. Text formats show instants in Indian time; Parquet keeps UTC.
pub async fn write(mut answer: Answer, format: Format, style: Style<'_>, out: impl Write + Send + 'static) -> Result<Written> {
    let mut out = Hashing { inner: BufWriter::new(out), hash: Sha256::new(), bytes: 0 };
    let mut rows = 0;
    let origins = Arc::<Mutex<Origins>>::default();
    let noting = origins.clone();
    answer.stream = {
        let schema = answer.schema.clone();
        let noted = answer.stream.map(move |batch| {
            let batch = batch?;
            if let Ok(mut origins) = noting.lock() {
                origins.note(&batch).map_err(crate::scan::external)?;
            }
            Ok(batch)
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, noted))
    };
    match format {
        Format::Parquet => {
            let mark = KeyValue::new("sarovar.export".to_owned(), style.mark.to_owned());
            let properties = WriterProperties::builder().set_key_value_metadata(Some(vec![mark])).build();
            let mut writer = ArrowWriter::try_new(&mut out, answer.schema.clone(), Some(properties))
                .map_err(|e| LakeError::Invalid(e.to_string()))?;
            while let Some(batch) = answer.stream.next().await {
                let batch = batch?;
                rows += batch.num_rows() as u64;
                writer.write(&batch).map_err(|e| LakeError::Invalid(e.to_string()))?;
            }
            writer.close().map_err(|e| LakeError::Invalid(e.to_string()))?;
        }
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(&mut out);
            let mut first = true;
            while let Some(batch) = answer.stream.next().await {
                let batch = shown(&batch?, style.for_spreadsheet)?;
                rows += batch.num_rows() as u64;
                first = false;
                writer.write(&batch).map_err(arrow_error)?;
            }
            if first {
                let empty = in_ist(&RecordBatch::new_empty(answer.schema.clone()))?;
                writer.write(&empty).map_err(arrow_error)?;
            }
        }
        Format::Json => {
            let mut writer =
                arrow::json::WriterBuilder::new().with_explicit_nulls(true).build::<_, arrow::json::writer::JsonArray>(&mut out);
            while let Some(batch) = answer.stream.next().await {
                let batch = in_ist(&batch?)?;
                rows += batch.num_rows() as u64;
                writer.write(&batch).map_err(arrow_error)?;
            }
            writer.finish().map_err(arrow_error)?;
        }
        Format::Ndjson => {
            let mut writer = arrow::json::WriterBuilder::new()
                .with_explicit_nulls(true)
                .build::<_, arrow::json::writer::LineDelimited>(&mut out);
            while let Some(batch) = answer.stream.next().await {
                let batch = in_ist(&batch?)?;
                rows += batch.num_rows() as u64;
                writer.write(&batch).map_err(arrow_error)?;
            }
            writer.finish().map_err(arrow_error)?;
        }
        Format::Xlsx => {
            let (count, book) = workbook(answer, style.mark).await?;
            rows = count;
            out.write_all(&book).map_err(LakeError::io("writing", "the export"))?;
        }
    }
    out.flush().map_err(LakeError::io("writing", "the export"))?;
    let objects = match origins.lock() {
        Ok(mut origins) => std::mem::take(&mut origins.seen).into_iter().collect(),
        Err(_) => return Err(LakeError::Audit("the origins of an export are lost".into())),
    };
    Ok(Written { rows, bytes: out.bytes, sha256: crate::raw::hex(&out.hash.finalize()), objects })
}

/// Every value is written as text: a spreadsheet neither rounds a number that identifies somebody nor runs a formula.
async fn workbook(mut answer: Answer, mark: &str) -> Result<(u64, Vec<u8>)> {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    let wrong = |e: rust_xlsxwriter::XlsxError| LakeError::Invalid(format!("workbook: {e}"));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let bold = rust_xlsxwriter::Format::new().set_bold();
    // On every printed page; a sign that begins a code is written twice there, and 255 characters are the most.
    let foot: String = mark.replace('&', "&&").chars().take(250).collect();
    sheet.set_footer(format!("&L{foot}"));
    for (column, field) in (0u16..).zip(answer.schema.fields()) {
        sheet.write_string_with_format(0, column, field.name(), &bold).map_err(wrong)?;
    }
    let options = FormatOptions::default().with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"));
    let mut rows = 0usize;
    while let Some(batch) = answer.stream.next().await {
        let batch = in_ist(&batch?)?;
        if rows + batch.num_rows() > SHEET_ROWS {
            let message = format!("a sheet of Excel holds {SHEET_ROWS} rows; export CSV or Parquet instead");
            return Err(LakeError::Invalid(message));
        }
        for (column, values) in (0u16..).zip(batch.columns()) {
            let cells = ArrayFormatter::try_new(values, &options).map_err(arrow_error)?;
            for row in (0..batch.num_rows()).filter(|row| values.is_valid(*row)) {
                let cut: String = cells.value(row).to_string().chars().take(32_767).collect();
                sheet.write_string((rows + row + 1) as u32, column, cut).map_err(wrong)?;
            }
        }
        rows += batch.num_rows();
    }
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_comment(mark));
    Ok((rows as u64, book.save_to_buffer().map_err(wrong)?))
}

/// Writes an answer to a new file; a failed export leaves none.
pub async fn to_file(answer: Answer, format: Format, style: Style<'_>, path: &Path) -> Result<Written> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temp = tempfile::NamedTempFile::new_in(dir).map_err(LakeError::io("writing in", dir))?;
    let file: File = temp.reopen().map_err(LakeError::io("writing", path))?;
    let written = write(answer, format, style, file).await?;
    temp.persist(path).map_err(|e| LakeError::Io { action: "writing", path: path.into(), source: e.error })?;
    Ok(written)
}

fn shown(batch: &RecordBatch, for_spreadsheet: bool) -> Result<RecordBatch> {
    use arrow::array::{AsArray, StringArray};
    let batch = in_ist(batch)?;
    if !for_spreadsheet {
        return Ok(batch);
    }
    let columns = batch
        .columns()
        .iter()
        .map(|c| match c.as_string_opt::<i32>() {
            Some(text) => {
                let safe: StringArray = text
                    .iter()
                    .map(|v| {
                        v.map(|v| {
                            if v.starts_with(['=', '+', '-', '@', '\t']) && v.len() > 1 && v.parse::<f64>().is_err() {
                                format!("'{v}")
                            } else {
                                v.to_string()
                            }
                        })
                    })
                    .collect();
                std::sync::Arc::new(safe) as arrow::array::ArrayRef
            }
            None => c.clone(),
        })
        .collect();
    RecordBatch::try_new(batch.schema(), columns).map_err(arrow_error)
}
