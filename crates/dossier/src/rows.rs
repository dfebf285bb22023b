//! Query results, read by column name.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use lake::{LakeError, Result};

/// Collected rows; columns are text, 64-bit numbers, booleans or UTC microseconds.
#[derive(Debug, Default)]
pub struct Rows {
    batches: Vec<RecordBatch>,
}

/// One row. A column that is not there reads as absent: masks and older tables leave columns out.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    batch: &'a RecordBatch,
    at: usize,
}

impl Rows {
    /// Dates become text (`2025-03-10`): nothing here computes with them.
    pub fn new(batches: Vec<RecordBatch>) -> Result<Self> {
        let batches = batches.iter().map(simple).collect::<Result<_, _>>();
        Ok(Rows { batches: batches.map_err(|e| LakeError::Query(e.to_string()))? })
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |at| Row { batch, at }))
    }

    pub fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

fn simple(batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let to = match field.data_type() {
            t if t.is_integer() => DataType::Int64,
            t if t.is_floating() => DataType::Float64,
            DataType::Boolean => DataType::Boolean,
            DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8,
        };
        columns.push(cast(column, &to)?);
        fields.push(Field::new(field.name(), to, true));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

impl<'a> Row<'a> {
    fn cell(&self, column: &str) -> Option<&'a ArrayRef> {
        self.batch.column_by_name(column).filter(|c| c.is_valid(self.at))
    }

    /// Text that is not blank.
    pub fn text(&self, column: &str) -> Option<String> {
        let text = self.cell(column)?.as_string_opt::<i32>()?.value(self.at).trim();
        (!text.is_empty()).then(|| text.to_string())
    }

    /// A cell as text whatever its kind; blank where there is none.
    pub fn shown(&self, column: &str) -> String {
        let text = self.text(column).or_else(|| self.int(column).map(|n| n.to_string()));
        text.or_else(|| self.flag(column).map(|f| f.to_string())).unwrap_or_default()
    }

    pub fn int(&self, column: &str) -> Option<i64> {
        Some(self.cell(column)?.as_primitive_opt::<Int64Type>()?.value(self.at))
    }

    pub fn float(&self, column: &str) -> Option<f64> {
        Some(self.cell(column)?.as_primitive_opt::<Float64Type>()?.value(self.at))
    }

    pub fn flag(&self, column: &str) -> Option<bool> {
        Some(self.cell(column)?.as_boolean_opt()?.value(self.at))
    }

    pub fn time(&self, column: &str) -> Option<DateTime<Utc>> {
        let micros = self.cell(column)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(self.at);
        DateTime::from_timestamp_micros(micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Date32Array, Int32Array, StringViewArray, TimestampMillisecondArray};

    #[test]
    fn reads_what_the_engine_gives() {
        let batch = RecordBatch::try_from_iter([
            ("t", Arc::new(StringViewArray::from(vec![Some(" x "), Some("  "), None])) as ArrayRef),
            ("i", Arc::new(Int32Array::from(vec![Some(1), None, Some(3)]))),
            ("d", Arc::new(Date32Array::from(vec![0, 1, 2]))),
            ("m", Arc::new(TimestampMillisecondArray::from(vec![1000, 0, 0]))),
        ])
        .unwrap();
        let rows = Rows::new(vec![batch]).unwrap();
        let all: Vec<_> = rows.iter().collect();
        assert_eq!(rows.len(), 3);
        assert_eq!((all[0].text("t").as_deref(), all[1].text("t"), all[2].text("t")), (Some("x"), None, None));
        assert_eq!((all[0].int("i"), all[1].int("i")), (Some(1), None));
        assert_eq!(all[0].text("d").as_deref(), Some("1970-01-01"));
        assert_eq!(all[0].time("m").map(|t| t.timestamp()), Some(1));
        assert_eq!((all[0].text("absent"), all[0].int("t"), all[0].flag("t")), (None, None, None));
    }
}
