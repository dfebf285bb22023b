//! Suspect rows set apart by their key, so that those of one key meet, and no more of them are held than memory allows.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int8Array, RecordBatch, UInt32Array, new_null_array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Int8Type, Int64Type, Schema, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use sources::Contract;

use super::{Side, column};
use crate::error::{LakeError, Result};
use crate::runs::arrow_error;

/// Rows by slot: a range of key hashes. With one slot they stay in memory, with more they lie in scratch files.
pub(super) struct Scattered {
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    slots: usize,
    files: Vec<Option<StreamWriter<File>>>,
}

impl Scattered {
    pub fn new(contract: &Contract, slots: usize) -> Self {
        let mut fields: Vec<Field> = contract
            .arrow_schema()
            .fields()
            .iter()
            .map(|f| match f.data_type() {
                // Stored as text.
                DataType::Time32(_) | DataType::Time64(_) => Field::new(f.name(), DataType::Utf8, true),
                other => Field::new(f.name(), other.clone(), true),
            })
            .collect();
        fields.push(Field::new("_key", DataType::Int64, true));
        fields.push(Field::new("_row", DataType::Int64, true));
        fields.push(Field::new("_object", DataType::Utf8, true));
        fields.push(Field::new("_side", DataType::Int8, true));
        Scattered { schema: Arc::new(Schema::new(fields)), held: Vec::new(), slots, files: (0..slots).map(|_| None).collect() }
    }

    pub fn take(&mut self, batch: &RecordBatch, side: Side, work: &Path) -> Result<()> {
        let batch = self.normal(batch, side)?;
        if self.slots == 1 {
            self.held.push(batch);
            return Ok(());
        }
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.slots];
        for (i, key) in column(&batch, "_key")?.as_primitive::<Int64Type>().values().iter().enumerate() {
            // The high bits of the product: slots are ranges of equal width.
            rows[((*key as u64 as u128 * self.slots as u128) >> 64) as usize].push(i as u32);
        }
        for (slot, rows) in rows.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            let part = take_record_batch(&batch, &UInt32Array::from(rows)).map_err(arrow_error)?;
            let file = match &mut self.files[slot] {
                Some(file) => file,
                none => {
                    let file = tempfile::tempfile_in(work).map_err(LakeError::io("creating a scratch file in", work))?;
                    none.insert(StreamWriter::try_new(file, &self.schema).map_err(arrow_error)?)
                }
            };
            file.write(&part).map_err(arrow_error)?;
        }
        Ok(())
    }

    /// Gives the rows of a slot, once.
    pub fn each(&mut self, slot: usize, mut f: impl FnMut(RecordBatch, Side) -> Result<()>) -> Result<()> {
        let mut give = |batch: RecordBatch| {
            let side = match column(&batch, "_side")?.as_primitive::<Int8Type>().values().first() {
                None => return Ok(()),
                Some(0) => Side::New,
                Some(1) => Side::Old { tombstone: false },
                Some(_) => Side::Old { tombstone: true },
            };
            f(batch, side)
        };
        for batch in std::mem::take(&mut self.held) {
            give(batch)?;
        }
        let Some(writer) = self.files[slot].take() else { return Ok(()) };
        let mut file = writer.into_inner().map_err(arrow_error)?;
        file.seek(SeekFrom::Start(0)).map_err(LakeError::io("reading", "a scratch file"))?;
        for batch in StreamReader::try_new_buffered(file, None).map_err(arrow_error)? {
            give(batch.map_err(arrow_error)?)?;
        }
        Ok(())
    }

    /// The contract's columns and what tells the row. Files written under an older version of the contract may lack a
    /// column: nulls.
    fn normal(&self, batch: &RecordBatch, side: Side) -> Result<RecordBatch> {
        let n = batch.num_rows();
        let mark = match side {
            Side::New => 0,
            Side::Old { tombstone: false } => 1,
            Side::Old { tombstone: true } => 2,
        };
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for field in self.schema.fields() {
            columns.push(match (field.name().as_str(), batch.column_by_name(field.name())) {
                ("_side", _) => Arc::new(Int8Array::from_value(mark, n)),
                (_, Some(c)) if c.data_type() == field.data_type() => c.clone(),
                (_, Some(c)) => arrow::compute::cast(c, field.data_type()).map_err(arrow_error)?,
                (_, None) => new_null_array(field.data_type(), n),
            });
        }
        RecordBatch::try_new(self.schema.clone(), columns).map_err(arrow_error)
    }
}
