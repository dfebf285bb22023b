//! Which bytes of encoded rows tell them apart, so that sorting compares sixteen bytes and follows no pointer.
//!
//! Rows of one run have much in common: a country's numbers begin alike, the times of a file lie within days, lengths are
//! the same. Bytes that are equal in every row decide nothing; where all rows are equally long and sixteen bytes or fewer are
//! left, those alone, in their order, compare as the whole rows do.

use arrow::row::Rows;

const KEY: usize = 16;
/// Rows with longer encodings are compared by their beginnings and, where those are equal, as a whole.
const LONGEST: usize = 128;

/// What to take of each row.
#[derive(Debug, PartialEq, Eq)]
pub struct Telling {
    places: Vec<usize>,
    /// The places decide every comparison.
    pub all: bool,
}

/// Looks at every row of a run.
pub fn bytes(runs: &[Rows]) -> Telling {
    let beginning = Telling { places: (0..KEY).collect(), all: false };
    let mut rows = runs.iter().flat_map(|rows| rows.iter());
    let Some(first) = rows.next() else { return beginning };
    let first = first.as_ref();
    if first.len() > LONGEST {
        return beginning;
    }
    let mut differs = [0u8; LONGEST];
    let mut same_length = true;
    for row in rows {
        let row = row.as_ref();
        same_length &= row.len() == first.len();
        for ((d, a), b) in differs.iter_mut().zip(row).zip(first) {
            *d |= a ^ b;
        }
    }
    let places: Vec<usize> = (0..first.len()).filter(|i| differs[*i] != 0).collect();
    match same_length && places.len() <= KEY {
        true => Telling { places, all: true },
        false => beginning,
    }
}

impl Telling {
    /// The telling bytes of a row, first ones highest.
    #[inline]
    pub fn of(&self, row: &[u8]) -> u128 {
        let mut head = [0u8; KEY];
        for (to, from) in head.iter_mut().zip(&self.places) {
            *to = row.get(*from).copied().unwrap_or_default();
        }
        u128::from_be_bytes(head)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use arrow::datatypes::DataType;
    use arrow::row::{RowConverter, SortField};

    use super::*;

    fn encoded(texts: &[&str], numbers: &[i64]) -> Rows {
        let converter = RowConverter::new(vec![SortField::new(DataType::Utf8), SortField::new(DataType::Int64)]).unwrap();
        let columns: [ArrayRef; 2] = [Arc::new(StringArray::from(texts.to_vec())), Arc::new(Int64Array::from(numbers.to_vec()))];
        converter.convert_columns(&columns).unwrap()
    }

    fn agrees(rows: Rows) -> bool {
        let rows = [rows];
        let telling = bytes(&rows);
        for a in rows[0].iter() {
            for b in rows[0].iter() {
                let quick = telling.of(a.as_ref()).cmp(&telling.of(b.as_ref()));
                let whole = a.cmp(&b);
                assert!(quick == whole || (!telling.all && quick.is_eq()), "{a:?} {b:?} {telling:?}");
            }
        }
        telling.all
    }

    #[test]
    fn the_telling_bytes_compare_as_the_rows_do() {
        let numbers = [1_700_000_000_000_000, 1_700_000_000_000_000, 1_700_000_361_000_000, 1_699_999_999_000_000, 5, -7];
        assert!(agrees(encoded(&["7000000001", "7000000002", "7000000001", "7000512345", "7000000001", "7000000001"], &numbers)));
        // Unequal lengths and long texts still sort, by the whole row where the beginning is equal.
        assert!(!agrees(encoded(
            &["7000000001", "", "70", "a text of more than thirty-two bytes, and then some", "b", "70"],
            &numbers
        )));
        let long = "x".repeat(200);
        assert!(!agrees(encoded(&[&long, &long, "y"], &numbers[..3])));
    }
}
