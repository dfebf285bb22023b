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

/// A table of text, normalised but for its ids. Every column of the input may have any Arrow type that casts to text.
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
        let mut table = read::read(path)?;
        table.settle(missing)?;
        Ok(table)
    }

    /// The same with every value as it stands in the file, but for blanks around it: for files of ids.
    pub fn read_plain(path: &Path) -> Result<Table, LinkError> {
        read::read(path)
    }

    /// Normalises the columns that are not ids. Ids leave as they came.
    fn settle(&mut self, missing: &[String]) -> Result<(), LinkError> {
        let rows = self.rows;
        self.columns.par_iter_mut().try_for_each(|column| {
            let named = column.name.to_lowercase().contains("id");
            if named || (column.counts[0] == 0 && column.distinct() == rows) {
                return Ok(());
            }
            *column = column.map(&column.name, |v| normalise(v, missing).map(|v| v.into_owned()))?;
            Ok(())
        })
    }

    /// From batches in memory.
    pub fn from_batches(name: &str, batches: &[RecordBatch], missing: &[String]) -> Result<Table, LinkError> {
        let mut table = Table { name: name.into(), ..Table::default() };
        batches.iter().try_for_each(|b| table.push(b))?;
        table.settle(missing)?;
        Ok(table)
    }

    /// Adds rows as they are. All batches have the columns of the first.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), LinkError> {
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
                let value = if text.is_null(i) { "" } else { text.value(i).trim() };
                column.push((!value.is_empty()).then_some(value))?;
            }
            Ok(())
        })?;
        self.rows += batch.num_rows();
        Ok(())
    }
}
