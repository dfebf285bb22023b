//! Refused rows: why, which field, and the record as it came. As protected as the table they were meant for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sources::Reject;

use crate::error::Result;
use crate::runs::{RunWriter, Stamp, arrow_error, system_fields};
use crate::table::DataFile;

/// Bytes of refused rows held before they are written.
const BUDGET: usize = 32 << 20;

/// `reason` (code of the first reason), `field`, `value`, `detail`, `reasons` (JSON of all), `original`, then origin.
pub fn schema() -> SchemaRef {
    let mut fields: Vec<Field> = ["reason", "field", "value", "detail", "reasons", "original"]
        .iter()
        .map(|n| Field::new(*n, DataType::Utf8, true))
        .collect();
    fields.extend(system_fields().into_iter().filter(|f| f.name() != "_key" && f.name() != "_flags"));
    Arc::new(Schema::new(fields))
}

/// Writes refused rows of one ingest.
pub struct Writer {
    runs: Option<RunWriter>,
    dir: PathBuf,
    prefix: String,
    stamp: Stamp,
}

impl Writer {
    pub fn new(dir: &Path, prefix: &str, stamp: &Stamp) -> Self {
        Writer { runs: None, dir: dir.into(), prefix: prefix.into(), stamp: stamp.clone() }
    }

    pub fn push(&mut self, rejects: &[Reject]) -> Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        let mut text: Vec<StringBuilder> = (0..6).map(|_| StringBuilder::new()).collect();
        let mut rows = Int64Builder::new();
        for reject in rejects {
            let first = reject.reasons.first();
            text[0].append_option(first.map(|r| r.code.to_string()));
            text[1].append_option(first.and_then(|r| r.column.as_deref()));
            text[2].append_option(first.and_then(|r| r.value.as_deref()));
            text[3].append_option(first.map(|r| r.message.as_str()));
            let all: Vec<_> = reject
                .reasons
                .iter()
                .map(|r| serde_json::json!({ "code": r.code.to_string(), "column": r.column, "value": r.value, "message": r.message }))
                .collect();
            text[4].append_value(serde_json::Value::Array(all).to_string());
            text[5].append_value(&reject.original);
            rows.append_value(reject.row);
        }
        self.write(text, rows)
    }

    fn write(&mut self, text: Vec<StringBuilder>, mut rows: Int64Builder) -> Result<()> {
        let mut fields: Vec<Field> = ["reason", "field", "value", "detail", "reasons", "original"]
            .iter()
            .map(|n| Field::new(*n, DataType::Utf8, true))
            .collect();
        fields.push(Field::new("_row", DataType::Int64, true));
        let mut columns: Vec<arrow::array::ArrayRef> =
            text.into_iter().map(|mut b| Arc::new(b.finish()) as arrow::array::ArrayRef).collect();
        columns.push(Arc::new(rows.finish()));
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)?;
        let (dir, prefix, stamp) = (&self.dir, &self.prefix, &self.stamp);
        self.runs.get_or_insert_with(|| RunWriter::new(dir, prefix, schema(), &[], Some(stamp.clone()), BUDGET)).push(batch)
    }

    /// Takes rows that a newer version stands against: row, why, values as JSON.
    pub fn superseded(&mut self, refused: &[(i64, String, String)]) -> Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let mut text: Vec<StringBuilder> = (0..6).map(|_| StringBuilder::new()).collect();
        let mut rows = Int64Builder::new();
        for (row, why, values) in refused {
            text[0].append_value("superseded");
            text[1].append_null();
            text[2].append_null();
            text[3].append_value(why);
            text[4].append_value(serde_json::json!([{ "code": "superseded", "message": why }]).to_string());
            text[5].append_value(values);
            rows.append_value(*row);
        }
        self.write(text, rows)
    }

    pub fn finish(self) -> Result<Vec<DataFile>> {
        self.runs.map_or_else(|| Ok(Vec::new()), RunWriter::finish)
    }
}
