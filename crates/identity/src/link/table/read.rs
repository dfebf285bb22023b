//! Files to tables.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::link::error::LinkError;
use crate::link::table::Table;

const BATCH: usize = 65_536;

pub fn read(path: &Path) -> Result<Table, LinkError> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let mut table = Table { name, ..Table::default() };
    let file = File::open(path).map_err(LinkError::io("opening", path))?;
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "parquet" | "pq" => parquet(file, path, &mut table)?,
        "csv" | "tsv" | "txt" | "" => csv(file, path, &mut table)?,
        other => return Err(unreadable(path, format!("cannot read .{other}; give .csv or .parquet"))),
    }
    Ok(table)
}

fn unreadable(path: &Path, reason: impl ToString) -> LinkError {
    LinkError::Unreadable { path: path.into(), reason: reason.to_string() }
}

fn parquet(file: File, path: &Path, table: &mut Table) -> Result<(), LinkError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| unreadable(path, e))?;
    let reader = builder.with_batch_size(BATCH).build().map_err(|e| unreadable(path, e))?;
    for batch in reader {
        table.push(&batch.map_err(|e| unreadable(path, e))?)?;
    }
    Ok(())
}

fn csv(file: File, path: &Path, table: &mut Table) -> Result<(), LinkError> {
    let io = LinkError::io("reading", path);
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut mark = [0u8; 3];
    let n = reader.read(&mut mark).map_err(&io)?;
    let start = if n == 3 && mark == [0xef, 0xbb, 0xbf] { 3 } else { 0 };
    reader.seek(SeekFrom::Start(start)).map_err(&io)?;
    let mut header = Vec::new();
    reader.read_until(b'\n', &mut header).map_err(&io)?;
    let header = String::from_utf8_lossy(&header).into_owned();
    if header.trim().is_empty() {
        return Err(unreadable(path, "there is no header line; the first line must name the columns"));
    }
    let delimiter =
        [b',', b';', b'\t', b'|'].into_iter().max_by_key(|d| header.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let format = Format::default().with_header(true).with_delimiter(delimiter);
    let (schema, _) = format.infer_schema(header.as_bytes(), Some(0)).map_err(|e| unreadable(path, e))?;
    let fields: Vec<Field> = schema.fields().iter().map(|f| Field::new(f.name().trim(), DataType::Utf8, true)).collect();
    let mut names: Vec<&String> = fields.iter().map(Field::name).collect();
    names.sort();
    if let Some(twice) = names.windows(2).find(|w| w[0] == w[1]) {
        return Err(unreadable(path, format!("two columns are called {:?}", twice[0])));
    }
    reader.seek(SeekFrom::Start(start)).map_err(&io)?;
    let reader = ReaderBuilder::new(Arc::new(Schema::new(fields)))
        .with_header(true)
        .with_delimiter(delimiter)
        .with_truncated_rows(true)
        .with_batch_size(BATCH)
        .build(Utf8::new(reader))
        .map_err(|e| unreadable(path, e))?;
    for batch in reader {
        table.push(&batch.map_err(|e| unreadable(path, e))?)?;
    }
    Ok(())
}

/// Passes bytes on and replaces those that are not UTF-8, so that one Latin-1 letter does not stop a file.
struct Utf8<R> {
    inner: R,
    ready: Vec<u8>,
    at: usize,
    rest: Vec<u8>,
}

impl<R: Read> Utf8<R> {
    fn new(inner: R) -> Self {
        Utf8 { inner, ready: Vec::new(), at: 0, rest: Vec::new() }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let mut bytes = std::mem::take(&mut self.rest);
        let had = bytes.len();
        bytes.resize(had + (1 << 18), 0);
        let n = self.inner.read(&mut bytes[had..])?;
        bytes.truncate(had + n);
        self.at = 0;
        self.ready.clear();
        let mut from = 0;
        while from < bytes.len() {
            match std::str::from_utf8(&bytes[from..]) {
                Ok(_) => {
                    self.ready.extend_from_slice(&bytes[from..]);
                    return Ok(());
                }
                Err(e) => {
                    self.ready.extend_from_slice(&bytes[from..from + e.valid_up_to()]);
                    from += e.valid_up_to();
                    match e.error_len() {
                        // The last character goes on in what is read next.
                        None if n > 0 => {
                            self.rest = bytes[from..].to_vec();
                            return Ok(());
                        }
                        len => {
                            self.ready.extend_from_slice("\u{fffd}".as_bytes());
                            from += len.unwrap_or(bytes.len() - from);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: Read> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.at == self.ready.len() {
            self.fill()?;
            if self.ready.is_empty() && !self.rest.is_empty() {
                self.fill()?;
            }
        }
        Ok(&self.ready[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at += n;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn of(bytes: &[u8], ending: &str) -> Result<Table, LinkError> {
        let mut file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(file.path())
    }

    #[test]
    fn blanks_marks_delimiters_and_stray_bytes() {
        let t = of(b"\xef\xbb\xbfid; name ;x\n1; J\xf6rg;\n2;\"a;b\"\n", ".csv").unwrap();
        assert_eq!(t.names(), ["id", "name", "x"]);
        assert_eq!((t.columns[1].get(0), t.columns[1].get(1), t.columns[2].get(1)), ("J\u{fffd}rg", "a;b", ""));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        assert!(of(b"", ".csv").unwrap_err().to_string().contains("no header line"));
        assert!(of(b"a,a\n1,2\n", ".csv").unwrap_err().to_string().contains("two columns are called \"a\""));
        assert!(of(b"a,b\n1,2,3\n", ".csv").is_err());
        assert!(of(b"not parquet", ".parquet").is_err());
        assert!(of(b"x", ".docx").unwrap_err().to_string().contains("give .csv or .parquet"));
        assert!(read(Path::new("nowhere.csv")).unwrap_err().to_string().contains("opening nowhere.csv"));
    }
}
