//! Rows as columns of codes: a value is stored once, a row holds its number.

pub mod column;
pub mod read;

use std::path::Path;

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use rayon::prelude::*;

use crate::link::error::LinkError;
use crate::link::normalise::normalise;
pub use column::{Column, Values};

/// A table of normalised text. Every column of the input may have any Arrow type that casts to text.
#[derive(Debug, Default, Clone)]
pub struct Table {
    /// For messages: a file's name.
    pub name: String,
    pub rows: usize,
    pub columns: Vec<Column>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|c| c.name.clone()).collect()
    }

    /// Reads CSV (any of the delimiters `,;|` and tab) or Parquet, by the file's ending.
    pub fn read(path: &Path, missing: &[String]) -> Result<Table, LinkError> {
        read::read(path, missing)
    }

    /// From batches in memory.
    pub fn from_batches(name: &str, batches: &[RecordBatch], missing: &[String]) -> Result<Table, LinkError> {
        let mut table = Table { name: name.into(), ..Table::default() };
        batches.iter().try_for_each(|b| table.push(b, missing))?;
        Ok(table)
    }

    /// Adds rows. All batches have the columns of the first.
    pub fn push(&mut self, batch: &RecordBatch, missing: &[String]) -> Result<(), LinkError> {
        if self.columns.is_empty() {
            let names = batch.schema().fields().iter().map(|f| f.name().trim().to_string()).collect::<Vec<_>>();
            self.columns = names.into_iter().map(Column::new).collect();
        }
        let table = &self.name;
        self.columns.par_iter_mut().zip(batch.columns().par_iter()).try_for_each(|(column, array)| {
            let text = cast(array, &DataType::Utf8)
                .map_err(|e| LinkError::Data(format!("{table}: column {} cannot be read as text: {e}", column.name)))?;
            let Some(text) = text.as_any().downcast_ref::<StringArray>() else {
                return Err(LinkError::Data(format!("{table}: column {} cannot be read as text", column.name)));
            };
            column.reserve(text.len());
            for i in 0..text.len() {
                let value = if text.is_null(i) { None } else { normalise(text.value(i), missing) };
                column.push(value.as_deref())?;
            }
            Ok(())
        })?;
        self.rows += batch.num_rows();
        Ok(())
    }
}
