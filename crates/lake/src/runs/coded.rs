//! Texts of a run as numbers into the set of different texts. Gathering sorted rows then moves four bytes a row within a
//! stretch of memory that the processor's cache holds, and the encoder meets the same few texts again and again, instead of
//! one cache miss a row and column.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Int32Type};
use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

use super::pages::Values;

/// A number that stands for no text.
const NULL: i32 = -1;
/// Texts looked at before it can be said that they hardly repeat.
const FIRST: usize = 64 << 10;

/// A column of texts over all batches of a run, one after the other.
pub struct Coded {
    codes: Vec<i32>,
    texts: Arc<StringArray>,
    nulls: bool,
}

impl Values for Coded {
    fn count(&self) -> usize {
        self.texts.len()
    }
    fn bytes(&self, code: u32) -> &[u8] {
        self.texts.value(code as usize).as_bytes()
    }
}

impl Coded {
    /// None where the texts hardly repeat, so that coding them would not pay. `columns` are UTF-8 arrays.
    pub fn new(columns: &[&ArrayRef]) -> Option<Coded> {
        let total = columns.iter().map(|c| c.len()).sum();
        let mut codes = Vec::with_capacity(total);
        let mut texts: Vec<&str> = Vec::new();
        let mut known: HashTable<i32> = HashTable::new();
        let mut last = NULL;
        let mut nulls = false;
        for column in columns {
            let column = column.as_string_opt::<i32>()?;
            for row in 0..column.len() {
                if column.is_null(row) {
                    nulls = true;
                    codes.push(NULL);
                    continue;
                }
                let text = column.value(row);
                if last == NULL || texts[last as usize] != text {
                    let hash = xxh3_64(text.as_bytes());
                    let same = |code: &i32| texts[*code as usize] == text;
                    last = match known.find(hash, same) {
                        Some(code) => *code,
                        None => {
                            let code = texts.len() as i32;
                            texts.push(text);
                            known.insert_unique(hash, code, |code| xxh3_64(texts[*code as usize].as_bytes()));
                            code
                        }
                    };
                }
                codes.push(last);
            }
            if codes.len() > FIRST && texts.len() > codes.len() / 2 {
                return None;
            }
        }
        // A dictionary needs a text for its nulls to point at.
        let texts: StringArray =
            if texts.is_empty() { [""].into_iter().map(Some).collect() } else { texts.into_iter().map(Some).collect() };
        Some(Coded { codes, texts: Arc::new(texts), nulls })
    }

    /// The type of what [`Coded::gather`] gives.
    pub fn data_type() -> DataType {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
    }

    /// Codes of the given rows, counted over all batches; negative for a null.
    pub fn codes(&self, rows: &[u32]) -> Vec<i32> {
        rows.iter().map(|row| self.codes[*row as usize]).collect()
    }

    /// The given rows, counted over all batches.
    pub fn gather(&self, rows: &[u32]) -> Result<ArrayRef, arrow::error::ArrowError> {
        let codes = self.codes(rows);
        let keys = if self.nulls {
            let valid: NullBuffer = codes.iter().map(|code| *code != NULL).collect::<Vec<bool>>().into();
            Int32Array::try_new(codes.into_iter().map(|code| code.max(0)).collect(), Some(valid))?
        } else {
            Int32Array::from(codes)
        };
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, self.texts.clone())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathered_rows_are_the_texts_they_were() {
        let first: ArrayRef = Arc::new(StringArray::from(vec![Some("in"), None, Some("out"), Some("")]));
        let second: ArrayRef = Arc::new(StringArray::from(vec![Some("out"), Some("जयपुर")]));
        let coded = Coded::new(&[&first, &second]).unwrap();
        let got = arrow::compute::cast(&coded.gather(&[5, 4, 1, 3, 2, 0]).unwrap(), &DataType::Utf8).unwrap();
        let got: Vec<Option<&str>> = got.as_string::<i32>().iter().collect();
        assert_eq!(got, [Some("जयपुर"), Some("out"), None, Some(""), Some("out"), Some("in")]);
    }

    #[test]
    fn nothing_but_nulls_and_texts_that_never_repeat() {
        let none: ArrayRef = Arc::new(StringArray::new_null(3));
        let got = Coded::new(&[&none]).unwrap().gather(&[2, 0]).unwrap();
        assert_eq!((got.len(), got.null_count()), (2, 2));
        let all: ArrayRef = Arc::new(StringArray::from_iter_values((0..FIRST + 1).map(|i| i.to_string())));
        assert!(Coded::new(&[&all]).is_none());
    }
}
