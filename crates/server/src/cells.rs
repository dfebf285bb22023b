//! Arrow rows as cells of a page.

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use lake::{LakeError, in_ist};
use pages::table::{Cell, Grid, GridColumn};

use crate::fault::{HttpError, Reply};

/// Instants are shown in IST, to the second.
const OPTIONS: FormatOptions<'static> = FormatOptions::new()
    .with_display_error(true)
    .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"))
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"));

/// A table of the first `limit` rows. A row that carries its origin links to it.
pub(crate) fn grid(schema: &SchemaRef, batches: &[RecordBatch], limit: usize) -> Reply<Grid> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| GridColumn { name: field.name().clone(), numeric: numeric(field.data_type()), class: None })
        .collect();
    let mut rows = Vec::new();
    let (object, row) = (schema.index_of("_object").ok(), schema.index_of("_row").ok());
    for values in texts(batches, limit)? {
        let origin =
            object.zip(row).and_then(|(o, r)| Some((r, format!("/object/{}/row/{}", values[o].as_ref()?, values[r].as_ref()?))));
        rows.push(
            values
                .into_iter()
                .enumerate()
                .map(|(i, text)| Cell { text, href: origin.as_ref().filter(|(at, _)| *at == i).map(|(_, href)| href.clone()) })
                .collect(),
        );
    }
    Ok(Grid { columns, rows })
}

/// The first `limit` rows as texts; NULL is none.
pub(crate) fn texts(batches: &[RecordBatch], limit: usize) -> Reply<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::new();
    for batch in batches {
        let batch = in_ist(batch)?;
        let formatters = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &OPTIONS))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| HttpError::from(LakeError::Invalid(error.to_string())))?;
        for i in 0..batch.num_rows().min(limit - rows.len().min(limit)) {
            rows.push(
                formatters
                    .iter()
                    .zip(batch.columns())
                    .map(|(format, column)| (!column.is_null(i)).then(|| format.value(i).to_string()))
                    .collect(),
            );
        }
    }
    Ok(rows)
}

fn numeric(kind: &DataType) -> bool {
    kind.is_numeric()
}
