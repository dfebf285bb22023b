//! Which columns of a run hardly repeat themselves. A dictionary of such a column costs time to build, is given up when it
//! has grown too large, and has to be read whole by every look-up that wants one row.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use xxhash_rust::xxh3::xxh3_64;

/// Rows looked at over the whole run, and next to each other in so many places.
const SPREAD: usize = 4096;
const PLACES: usize = 16;
const NEXT: usize = 256;

/// Names of the columns in which, by a sample, nearly every value is new: among rows far apart (no small set of values)
/// and among neighbours (no stretches of one value). `order` is the order rows will be written in.
pub fn columns(held: &[RecordBatch], order: &[(usize, usize)]) -> Vec<String> {
    let Some(first) = held.first().filter(|_| order.len() >= 4 * SPREAD) else { return Vec::new() };
    let n = order.len();
    let spread: Vec<_> = (0..SPREAD).map(|i| order[i * n / SPREAD]).collect();
    let places: Vec<&[(usize, usize)]> = (0..PLACES).map(|i| i * n / PLACES).map(|at| &order[at..at + NEXT]).collect();
    let mut names = Vec::new();
    for (column, field) in first.schema().fields().iter().enumerate() {
        if !matches!(field.data_type(), DataType::Utf8 | DataType::Timestamp(TimeUnit::Microsecond, _)) {
            continue;
        }
        let far = distinct(held, column, &spread) as f64 / SPREAD as f64;
        let near: usize = places.iter().map(|place| distinct(held, column, place)).sum();
        if far > 0.95 && near as f64 / (PLACES * NEXT) as f64 > 0.6 {
            names.push(field.name().clone());
        }
    }
    names
}

fn distinct(held: &[RecordBatch], column: usize, rows: &[(usize, usize)]) -> usize {
    let hash = |(batch, row): &(usize, usize)| {
        let array = held[*batch].column(column);
        match array.data_type() {
            _ if array.is_null(*row) => None,
            DataType::Utf8 => Some(xxh3_64(array.as_string::<i32>().value(*row).as_bytes())),
            _ => Some(array.as_primitive::<TimestampMicrosecondType>().value(*row) as u64),
        }
    };
    let mut hashes: Vec<Option<u64>> = rows.iter().map(hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes.len()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    #[test]
    fn only_what_hardly_repeats_goes_without_a_dictionary() {
        let n = 20_000usize;
        let text = |f: &dyn Fn(usize) -> String| Arc::new(StringArray::from_iter_values((0..n).map(f))) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("new", text(&|i| format!("n{i}"))),
            // Few values, in any order.
            ("few", text(&|i| format!("f{}", i * 7919 % 300))),
            // Many values, each in a stretch of forty rows.
            ("stretches", text(&|i| format!("s{}", i / 40))),
            ("nothing", Arc::new(StringArray::new_null(n)) as ArrayRef),
        ])
        .unwrap();
        let order: Vec<_> = (0..n).map(|i| (0, i)).collect();
        assert_eq!(columns(std::slice::from_ref(&batch), &order), ["new"]);
        // A short run is not worth a sample.
        assert!(columns(&[batch], &order[..1000]).is_empty());
    }
}
