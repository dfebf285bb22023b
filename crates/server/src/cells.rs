//! Arrow rows as cells of a page.

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use pages::table::{Cell, Grid, GridColumn};

use crate::fault::Reply;

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
    Ok(lake::preview::texts(batches, limit)?)
}

fn numeric(kind: &DataType) -> bool {
    kind.is_numeric()
}
