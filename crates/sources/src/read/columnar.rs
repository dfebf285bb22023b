//! Parquet, batch by batch.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

use super::json::number;
use super::sheet::Rows;
use super::{ReadError, ReadSeek, input};
use crate::Limits;

/// Rows of one chunk.
const ROWS: usize = 8192;

pub(crate) struct Columnar {
    reader: ParquetRecordBatchReader,
    name: String,
    row: i64,
}

/// Several readers of one input.
#[derive(Clone)]
struct Shared {
    input: Arc<Mutex<Box<dyn ReadSeek + Send>>>,
    length: u64,
}

struct From {
    shared: Shared,
    at: u64,
}

impl Shared {
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut input = self.input.lock().map_err(|_| io::Error::other("another reader of this file failed"))?;
        input.seek(SeekFrom::Start(at))?;
        input.read(buffer)
    }
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.shared.read_at(self.at, buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Length for Shared {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Shared {
    type T = io::BufReader<From>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(io::BufReader::new(From { shared: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        if start.saturating_add(length as u64) > self.length {
            return Err(ParquetError::EOF("a column lies beyond the end of the file".to_owned()));
        }
        let mut bytes = Vec::with_capacity(length);
        let mut from = From { shared: self.clone(), at: start };
        from.by_ref().take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Names of the columns, from the footer alone: the file may be larger than the memory.
pub(crate) fn names(name: &str, mut input: &mut dyn ReadSeek) -> Result<Vec<String>, ReadError> {
    let corrupt = |message: String| ReadError::Corrupt { name: name.to_owned(), kind: "Parquet", message };
    let fail = |e| ReadError::io(name, e);
    let length = input.seek(SeekFrom::End(0)).map_err(fail)?;
    let mut tail = [0u8; 8];
    if length < 12 {
        return Err(corrupt("it is cut off".to_owned()));
    }
    input.seek(SeekFrom::End(-8)).map_err(fail)?;
    input.read_exact(&mut tail).map_err(fail)?;
    let [a, b, c, d, magic @ ..] = tail;
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if magic != *b"PAR1" || footer + 12 > length {
        return Err(corrupt("its end is missing; ask the sender for it again".to_owned()));
    }
    input.seek(SeekFrom::Start(length - 8 - footer)).map_err(fail)?;
    let mut bytes = Vec::new();
    (&mut input).take(footer).read_to_end(&mut bytes).map_err(fail)?;
    let meta = parquet::file::metadata::ParquetMetaDataReader::decode_metadata(&bytes).map_err(|e| corrupt(e.to_string()))?;
    Ok(meta.file_metadata().schema().get_fields().iter().map(|f| f.name().to_owned()).collect())
}

impl Columnar {
    /// The file and its column names.
    pub fn open(name: &str, mut input: Box<dyn ReadSeek + Send>, limits: &Limits) -> Result<(Columnar, Vec<String>), ReadError> {
        let head = input::peek(name, input.as_mut(), 4)?;
        if head.is_empty() {
            return Err(ReadError::Empty { name: name.to_owned() });
        }
        if input::is_gzip(&head) {
            let mut bytes = Vec::new();
            let mut bounded = input::unwrap(input, name, limits)?.take(limits.max_sheet_bytes + 1);
            bounded.read_to_end(&mut bytes).map_err(|e| input::read_error(name, e))?;
            if bytes.len() as u64 > limits.max_sheet_bytes {
                return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit: limits.max_sheet_bytes });
            }
            input = Box::new(io::Cursor::new(bytes));
        }
        let corrupt = |message: String| ReadError::Corrupt { name: name.to_owned(), kind: "Parquet", message };
        let length = input.seek(SeekFrom::End(0)).map_err(|e| ReadError::io(name, e))?;
        let shared = Shared { input: Arc::new(Mutex::new(input)), length };
        let builder = ParquetRecordBatchReaderBuilder::try_new(shared).map_err(|e| corrupt(e.to_string()))?;
        let columns = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
        let reader = builder.with_batch_size(ROWS).build().map_err(|e| corrupt(e.to_string()))?;
        Ok((Columnar { reader, name: name.to_owned(), row: 1 }, columns))
    }

    pub fn next(&mut self) -> Result<Option<Rows>, ReadError> {
        let corrupt = |e: ArrowError| ReadError::Corrupt { name: self.name.clone(), kind: "Parquet", message: e.to_string() };
        let Some(batch) = self.reader.next().transpose().map_err(corrupt)? else { return Ok(None) };
        let mut rows: Vec<(i64, Vec<String>)> =
            (0..batch.num_rows()).map(|i| (self.row + i as i64, Vec::with_capacity(batch.num_columns()))).collect();
        self.row += batch.num_rows() as i64;
        let options = FormatOptions::default();
        for column in batch.columns() {
            let formatter = ArrayFormatter::try_new(column, &options).map_err(corrupt)?;
            for (i, (_, cells)) in rows.iter_mut().enumerate() {
                cells.push(match column.data_type() {
                    _ if column.is_null(i) => String::new(),
                    DataType::Float64 => number(column.as_primitive::<Float64Type>().value(i)),
                    DataType::Float32 => number(column.as_primitive::<Float32Type>().value(i).into()),
                    _ => formatter.value(i).to_string(),
                });
            }
        }
        Ok(Some(Rows { rows }))
    }
}
