//! Checked rows on their way to disk: gathered up to a byte budget, sorted by the table's physical order, written as
//! one Parquet file per run.
//!
//! Several writers work side by side, each with its own runs, so no row crosses a thread after it has been parsed. A
//! run is never concatenated: sorting yields (batch, row) pairs and slices are gathered straight into the encoder, so
//! memory stays near the budget.

mod coded;
mod distinct;
mod pages;
mod telling;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::compute::interleave;
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef, TimeUnit};
use arrow::row::{RowConverter, SortField};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowWriterOptions, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use coded::Coded;
use pages::Values;

use crate::durable::Durable;
use crate::error::{LakeError, Result};
use crate::table::DataFile;

/// Rows of a row group: small enough to skip most of a table, large enough to compress.
const ROW_GROUP: usize = 256 << 10;
/// Rows of a page; a look-up by number decodes about one of them per file and column.
const PAGE: usize = 4 << 10;
/// And of a POLE table, of which a search reads many single rows.
const SMALL_PAGE: usize = 512;
/// Bytes of a dictionary: a look-up reads it whole for one row of its group, so that a larger one does not pay.
const DICTIONARY: usize = 512 << 10;
/// And of a POLE table.
const SMALL_DICTIONARY: usize = 4 << 10;
const SLICE: usize = 32 << 10;

/// Where rows came from; the same for all rows of one ingest.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    pub source: String,
    pub object: String,
    pub contract: String,
    /// Microseconds since 1970 UTC.
    pub ingested_at: i64,
}

/// The columns that follow a contract's own in every clean table.
pub fn system_fields() -> Vec<Field> {
    vec![
        Field::new("_row", DataType::Int64, true),
        Field::new("_flags", DataType::Utf8, true),
        Field::new("_key", DataType::Int64, true),
        Field::new("_source", DataType::Utf8, true),
        Field::new("_object", DataType::Utf8, true),
        Field::new("_contract", DataType::Utf8, true),
        Field::new("_ingested_at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
    ]
}

/// `columns` and the system columns, all nullable, as stored.
pub fn stored_schema(columns: &Schema) -> SchemaRef {
    let mut fields: Vec<Field> = columns
        .fields()
        .iter()
        .filter(|f| !f.name().starts_with('_'))
        .map(|f| f.as_ref().clone().with_nullable(true).with_metadata(Default::default()))
        .collect();
    fields.extend(system_fields());
    Arc::new(Schema::new(fields))
}

/// 64-bit hash of the key columns of each row, the same for the same values on every machine. A null is a value of its own.
pub fn key_hashes(columns: &[ArrayRef], rows: usize) -> Result<Int64Array> {
    let mut hashes = vec![0u64; rows];
    for column in columns {
        match column.data_type() {
            DataType::Utf8 => {
                let a = column.as_string::<i32>();
                for (i, h) in hashes.iter_mut().enumerate() {
                    *h = if a.is_null(i) {
                        h.wrapping_mul(31).wrapping_add(7)
                    } else {
                        xxh3_64_with_seed(a.value(i).as_bytes(), *h)
                    };
                }
            }
            _ => {
                let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(arrow_error)?;
                let encoded = converter.convert_columns(std::slice::from_ref(column)).map_err(arrow_error)?;
                for (i, h) in hashes.iter_mut().enumerate() {
                    *h = xxh3_64_with_seed(encoded.row(i).as_ref(), *h);
                }
            }
        }
    }
    Ok(hashes.into_iter().map(|h| h as i64).collect())
}

pub(crate) fn arrow_error(e: arrow::error::ArrowError) -> LakeError {
    LakeError::Invalid(format!("columns: {e}"))
}

/// Writes sorted runs into one folder.
pub struct RunWriter {
    dir: PathBuf,
    prefix: String,
    schema: SchemaRef,
    order: Vec<String>,
    stamp: Option<Stamp>,
    budget: usize,
    held: Vec<RecordBatch>,
    bytes: usize,
    written: Vec<DataFile>,
    durable: Option<Durable>,
}

impl RunWriter {
    /// `schema` is the stored schema; `order` the columns rows are sorted by; with a `stamp`, batches come without the
    /// four columns that tell their origin and get them here; `budget` is the memory for held rows in bytes.
    pub fn new(dir: &Path, prefix: &str, schema: SchemaRef, order: &[String], stamp: Option<Stamp>, budget: usize) -> Self {
        RunWriter {
            dir: dir.into(),
            prefix: prefix.into(),
            schema,
            order: order.to_vec(),
            stamp,
            budget,
            held: Vec::new(),
            bytes: 0,
            written: Vec::new(),
            durable: None,
        }
    }

    /// Takes a batch whose columns are found by name.
    pub fn push(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        self.bytes += batch.get_array_memory_size();
        self.held.push(batch);
        if self.bytes >= self.budget { self.flush() } else { Ok(()) }
    }

    /// Writes what is held and gives the files, durable and not yet part of any table.
    pub fn finish(mut self) -> Result<Vec<DataFile>> {
        self.flush()?;
        self.durable.map_or(Ok(()), Durable::settle)?;
        Ok(self.written)
    }

    fn flush(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        self.bytes = 0;
        let order = sorted(&held, &self.order)?;
        let name = format!("{}-{}.parquet", self.prefix, uuid::Uuid::now_v7().simple());
        let plain = distinct::columns(&held, &order);
        let properties = properties(&self.schema, &self.order, &plain, true);
        let file = FileWriter::with(&self.dir, &name, self.schema.clone(), properties, self.stamp.clone())?;
        let path = file.path.clone();
        let (written, file) = file.write_sorted(&held, &order, &plain)?;
        self.durable.get_or_insert_with(Durable::new).begin(file, path);
        self.written.push(written);
        Ok(())
    }
}

/// Texts are handed to the encoder as views: gathering sorted rows then moves 16 bytes a text, and short texts (most
/// identifiers have 12 bytes or fewer) are never looked up again.
fn as_view(field: &Field) -> Field {
    match field.data_type() {
        DataType::Utf8 => field.clone().with_data_type(DataType::Utf8View),
        _ => field.clone(),
    }
}

/// (batch, row) pairs of `held` in the order of `columns`; arrival order where there is none.
fn sorted(held: &[RecordBatch], columns: &[String]) -> Result<Vec<(usize, usize)>> {
    let total = held.iter().map(|b| b.num_rows()).sum();
    let mut pairs = Vec::with_capacity(total);
    if columns.is_empty() {
        for (b, batch) in held.iter().enumerate() {
            pairs.extend((0..batch.num_rows()).map(|r| (b, r)));
        }
        return Ok(pairs);
    }
    let pick = |batch: &RecordBatch| -> Result<Vec<ArrayRef>> {
        columns
            .iter()
            .map(|c| {
                batch.column_by_name(c).cloned().ok_or_else(|| LakeError::Invalid(format!("order column {c} is not in the rows")))
            })
            .collect()
    };
    let fields = pick(&held[0])?.iter().map(|c| SortField::new(c.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let mut encoded = Vec::with_capacity(held.len());
    for batch in held {
        encoded.push(converter.convert_columns(&pick(batch)?).map_err(arrow_error)?);
    }
    let telling = telling::bytes(&encoded);
    let mut keys: Vec<(u128, u32, u32)> = Vec::with_capacity(total);
    for (b, rows) in encoded.iter().enumerate() {
        for r in 0..rows.num_rows() {
            keys.push((telling.of(rows.row(r).as_ref()), b as u32, r as u32));
        }
    }
    if telling.all {
        keys.sort_unstable();
    } else {
        keys.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0)
                .then_with(|| encoded[a.1 as usize].row(a.2 as usize).cmp(&encoded[b.1 as usize].row(b.2 as usize)))
                .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
        });
    }
    pairs.extend(keys.into_iter().map(|(_, b, r)| (b as usize, r as usize)));
    Ok(pairs)
}

/// Writes one Parquet data file, rows in the order given.
pub struct FileWriter {
    writer: ArrowWriter<File>,
    /// The types columns are handed over in; what is stored has the table's own.
    physical: SchemaRef,
    stamp: Option<Stamp>,
    path: PathBuf,
    name: String,
    rows: u64,
}

impl FileWriter {
    /// `sorted` says whether rows will come in `order`.
    pub fn create(dir: &Path, name: &str, schema: SchemaRef, order: &[String], sorted: bool) -> Result<Self> {
        let properties = properties(&schema, order, &[], sorted);
        FileWriter::with(dir, name, schema, properties, None)
    }

    fn with(dir: &Path, name: &str, schema: SchemaRef, properties: WriterProperties, stamp: Option<Stamp>) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(LakeError::io("creating", dir))?;
        let path = dir.join(name);
        let file = File::options().write(true).create_new(true).open(&path).map_err(LakeError::io("creating", &path))?;
        let physical: Vec<Field> = schema
            .fields()
            .iter()
            .map(|f| match f.name().as_str() {
                // One value for the whole file: a dictionary of one entry instead of a copy per row.
                "_source" | "_object" | "_contract" if stamp.is_some() => {
                    Field::new(f.name(), DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)), true)
                }
                _ => as_view(f),
            })
            .collect();
        let physical = Arc::new(Schema::new(physical));
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, physical.clone(), options).map_err(|e| parquet_error(&path, e))?;
        Ok(FileWriter { writer, physical, stamp, path, name: name.into(), rows: 0 })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let n = batch.num_rows();
        let target = &self.physical;
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(target.fields().len());
        for field in target.fields() {
            let column: ArrayRef = match self.stamp.as_ref().and_then(|s| s.constant(field.name())) {
                Some(constant) => constant.rows(n),
                None => match batch.column_by_name(field.name()) {
                    Some(c) if c.data_type() == field.data_type() => c.clone(),
                    Some(c) => arrow::compute::cast(c, field.data_type()).map_err(arrow_error)?,
                    None => arrow::array::new_null_array(field.data_type(), n),
                },
            };
            columns.push(column);
        }
        let out = RecordBatch::try_new(target.clone(), columns).map_err(arrow_error)?;
        self.writer.write(&out).map_err(|e| parquet_error(&self.path, e))?;
        self.rows += n as u64;
        Ok(())
    }

    /// Writes the rows of `held` in the order of the (batch, row) pairs, column by column, and ends the file: the part of a
    /// column that a run holds mostly fits the processor's cache, all columns together do not.
    fn write_sorted(self, held: &[RecordBatch], order: &[(usize, usize)], plain: &[String]) -> Result<(DataFile, File)> {
        let wrong = |e| parquet_error(&self.path, e);
        let (mut file, factory) = self.writer.into_serialized_writer().map_err(wrong)?;
        let groups: Vec<&[(usize, usize)]> = order.chunks(ROW_GROUP).collect();
        let mut encoders = Vec::with_capacity(groups.len());
        for group in 0..groups.len() {
            encoders.push(factory.create_column_writers(group).map_err(wrong)?.into_iter());
        }
        let (properties, columns) = (file.properties().clone(), file.schema_descr().columns().to_vec());
        let mut encoded: Vec<Vec<Encoded>> = groups.iter().map(|_| Vec::new()).collect();
        let rows = Rows::new(held, order);
        for (field, descr) in self.physical.fields().iter().zip(columns) {
            let column = match self.stamp.as_ref().and_then(|s| s.constant(field.name())) {
                Some(constant) => Column::Constant(constant),
                None => Column::of(held, field, plain.contains(field.name()))?,
            };
            let field = column.field(field);
            let kind = pages::Kind::new(descr, &properties);
            let mut own = column.values().map(|values| pages::Encoder::new(kind.clone(), values));
            let mut from = 0;
            for ((group, encoders), encoded) in groups.iter().zip(&mut encoders).zip(&mut encoded) {
                let Some(mut encoder) = encoders.next() else { continue };
                let chunk = match (&mut own, &column) {
                    (Some(own), _) => own.chunk(&column.codes(&rows.flat[from..from + group.len()])),
                    (None, Column::Texts(texts)) => kind.values(&values(texts, group)),
                    (None, _) => Ok(None),
                };
                if let Some(chunk) = chunk.map_err(wrong)? {
                    encoded.push(Encoded::Own(chunk));
                    from += group.len();
                    continue;
                }
                for slice in group.chunks(SLICE) {
                    let flat = &rows.flat[from..from + slice.len()];
                    for leaf in compute_leaves(&field, &column.gather(slice, flat)?).map_err(wrong)? {
                        encoder.write(&leaf).map_err(wrong)?;
                    }
                    from += slice.len();
                }
                encoded.push(Encoded::Library(encoder.close().map_err(wrong)?));
            }
        }
        for chunks in encoded {
            let mut group = file.next_row_group().map_err(wrong)?;
            for chunk in chunks {
                match chunk {
                    Encoded::Own(chunk) => chunk.append_to(&mut group),
                    Encoded::Library(chunk) => chunk.append_to_row_group(&mut group),
                }
                .map_err(wrong)?;
            }
            group.close().map_err(wrong)?;
        }
        let file = file.into_inner().map_err(wrong)?;
        let size = file.metadata().map_err(LakeError::io("reading", &self.path))?.len();
        Ok((DataFile { path: self.name, size, rows: order.len() as u64 }, file))
    }

    /// Bytes encoded so far.
    pub fn size(&self) -> usize {
        self.writer.bytes_written() + self.writer.in_progress_size()
    }

    /// Ends the file and makes it durable.
    pub fn finish(self) -> Result<DataFile> {
        let path = self.path.clone();
        let (written, file) = self.close()?;
        file.sync_data().map_err(LakeError::io("writing", path))?;
        Ok(written)
    }

    /// Ends the file; the caller makes it durable before anything is committed.
    fn close(self) -> Result<(DataFile, File)> {
        let file = self.writer.into_inner().map_err(|e| parquet_error(&self.path, e))?;
        let size = file.metadata().map_err(LakeError::io("reading", &self.path))?.len();
        Ok((DataFile { path: self.name, size, rows: self.rows }, file))
    }
}

/// The rows of a run in the order they are written in, counted over all its batches.
struct Rows {
    flat: Vec<u32>,
}

impl Rows {
    fn new(held: &[RecordBatch], order: &[(usize, usize)]) -> Rows {
        let mut starts = Vec::with_capacity(held.len());
        let mut next = 0u32;
        for batch in held {
            starts.push(next);
            next += batch.num_rows() as u32;
        }
        Rows { flat: order.iter().map(|(batch, row)| starts[*batch] + *row as u32).collect() }
    }
}

/// Texts of the rows, in their order.
fn values<'a>(texts: &'a [ArrayRef], rows: &[(usize, usize)]) -> Vec<Option<&'a [u8]>> {
    let texts: Vec<&StringArray> = texts.iter().map(|batch| batch.as_string::<i32>()).collect();
    rows.iter().map(|(batch, row)| texts[*batch].is_valid(*row).then(|| texts[*batch].value(*row).as_bytes())).collect()
}

/// A column's part of a row group.
enum Encoded {
    Own(pages::Chunk),
    Library(ArrowColumnChunk),
}

/// One column of the rows of a run.
enum Column {
    Constant(Constant),
    /// By batch.
    Held(Vec<ArrayRef>),
    /// UTF-8 that hardly repeats, by batch.
    Texts(Vec<ArrayRef>),
    Coded(Coded),
}

impl Column {
    /// `plain`: its values hardly repeat.
    fn of(held: &[RecordBatch], field: &Field, plain: bool) -> Result<Column> {
        if *field.data_type() == DataType::Utf8View {
            let there: Vec<&ArrayRef> = held.iter().filter_map(|b| b.column_by_name(field.name())).collect();
            if there.len() == held.len() && there.iter().all(|column| *column.data_type() == DataType::Utf8) {
                let coded = if plain { None } else { Coded::new(&there) };
                return Ok(match coded {
                    Some(coded) => Column::Coded(coded),
                    None => Column::Texts(there.into_iter().cloned().collect()),
                });
            }
        }
        let of_batch = |batch: &RecordBatch| -> Result<ArrayRef> {
            Ok(match batch.column_by_name(field.name()) {
                None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
                Some(c) if c.data_type() == field.data_type() => c.clone(),
                Some(c) => match (c.data_type(), field.data_type()) {
                    (DataType::Utf8, DataType::Utf8View) => Arc::new(StringViewArray::from(c.as_string::<i32>())),
                    (_, wanted) => arrow::compute::cast(c, wanted).map_err(arrow_error)?,
                },
            })
        };
        held.iter().map(of_batch).collect::<Result<_>>().map(Column::Held)
    }

    /// What its rows' codes number, where it has such.
    fn values(&self) -> Option<&dyn Values> {
        match self {
            Column::Constant(constant) => Some(constant),
            Column::Coded(coded) => Some(coded),
            Column::Held(_) | Column::Texts(_) => None,
        }
    }

    /// Codes of the rows, counted over all batches; negative for a null.
    fn codes(&self, flat: &[u32]) -> Vec<i32> {
        match self {
            Column::Coded(coded) => coded.codes(flat),
            _ => vec![0; flat.len()],
        }
    }

    /// The field as it is handed over.
    fn field(&self, field: &Field) -> Field {
        match self {
            Column::Texts(_) => field.clone().with_data_type(DataType::Utf8),
            Column::Coded(_) => field.clone().with_data_type(Coded::data_type()),
            _ => field.clone(),
        }
    }

    /// The same rows twice: by batch, and counted over all batches.
    fn gather(&self, rows: &[(usize, usize)], flat: &[u32]) -> Result<ArrayRef> {
        match self {
            Column::Constant(value) => Ok(value.rows(rows.len())),
            Column::Coded(coded) => coded.gather(flat).map_err(arrow_error),
            Column::Held(arrays) | Column::Texts(arrays) => {
                let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
                interleave(&arrays, rows).map_err(arrow_error)
            }
        }
    }
}

/// One value for every row of a file.
enum Constant {
    Text(String),
    /// Microseconds, little-endian.
    Instant([u8; 8]),
}

impl Values for Constant {
    fn count(&self) -> usize {
        1
    }

    fn bytes(&self, _: u32) -> &[u8] {
        match self {
            Constant::Text(text) => text.as_bytes(),
            Constant::Instant(micros) => micros,
        }
    }
}

impl Constant {
    fn rows(&self, n: usize) -> ArrayRef {
        match self {
            Constant::Text(value) => constant(value, n),
            Constant::Instant(micros) => {
                Arc::new(TimestampMicrosecondArray::from_value(i64::from_le_bytes(*micros), n).with_timezone("UTC"))
            }
        }
    }
}

impl Stamp {
    /// What the stamp says in a column of that name.
    fn constant(&self, column: &str) -> Option<Constant> {
        Some(match column {
            "_source" => Constant::Text(self.source.clone()),
            "_object" => Constant::Text(self.object.clone()),
            "_contract" => Constant::Text(self.contract.clone()),
            "_ingested_at" => Constant::Instant(self.ingested_at.to_le_bytes()),
            _ => return None,
        })
    }
}

fn constant(value: &str, n: usize) -> ArrayRef {
    let keys = Int32Array::from_value(0, n);
    let values: ArrayRef = Arc::new(StringArray::from_iter_values([value]));
    Arc::new(DictionaryArray::<Int32Type>::new(keys, values))
}

/// Whether a file says of itself that its rows lie in `order`. One that was written when its table had another order, or by another program, does
/// not.
pub(crate) fn in_order(file: &ParquetMetaData, order: &[String]) -> bool {
    let columns = file.file_metadata().schema_descr().columns();
    let named =
        |s: &SortingColumn| columns.get(s.column_idx as usize).filter(|_| !s.descending && s.nulls_first).map(|c| c.name());
    let said = |group: &RowGroupMetaData| group.sorting_columns().map(|columns| columns.iter().map(named).collect::<Vec<_>>());
    let wanted: Vec<Option<&str>> = order.iter().map(|column| Some(column.as_str())).collect();
    wanted.is_empty() || file.row_groups().iter().all(|group| said(group).is_some_and(|columns| columns.starts_with(&wanted)))
}

/// How a file is written whose rows lie in `order`, or are to be looked for by it; without a dictionary for the columns in `plain`.
fn properties(schema: &Schema, order: &[String], plain: &[String], sorted: bool) -> WriterProperties {
    let place = |name: &String| {
        let column_idx = schema.index_of(name).ok()? as i32;
        Some(SortingColumn { column_idx, descending: false, nulls_first: true })
    };
    let sorting: Option<Vec<SortingColumn>> = if sorted { order.iter().map(place).collect() } else { None };
    // A source's own table keeps the hash of each row's key.
    let own = schema.column_with_name("_key").is_some();
    let (page, dictionary) = if own { (PAGE, DICTIONARY) } else { (SMALL_PAGE, SMALL_DICTIONARY) };
    let mut p = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_data_page_row_count_limit(page)
        .set_write_batch_size(page)
        .set_dictionary_page_size_limit(dictionary)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_sorting_columns(sorting.filter(|columns| !columns.is_empty()))
        .set_created_by("sarovar".into());
    for field in schema.fields() {
        let path = ColumnPath::from(field.name().as_str());
        if order.contains(field.name()) {
            p = p.set_column_statistics_enabled(path.clone(), EnabledStatistics::Page);
        } else if !order.is_empty() && *field.data_type() == DataType::Utf8 && !field.name().starts_with('_') {
            // In the order of other columns a text is anywhere: its bounds rule nothing out, and every value would be compared twice for them.
            p = p.set_column_statistics_enabled(path.clone(), EnabledStatistics::None);
        }
        if plain.contains(field.name()) {
            p = p.set_column_dictionary_enabled(path.clone(), false);
        }
        match field.name().as_str() {
            // Hashes do not repeat and do not compress.
            "_key" => {
                p = p
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_compression(path.clone(), Compression::UNCOMPRESSED)
                    .set_column_statistics_enabled(path, EnabledStatistics::None);
            }
            "_row" => {
                p = p.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
            }
            _ => {}
        }
    }
    p.build()
}

fn parquet_error(path: &Path, e: parquet::errors::ParquetError) -> LakeError {
    use parquet::errors::ParquetError::External;
    match e {
        External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => LakeError::Io { action: "writing", path: path.into(), source: *io },
            Err(other) => LakeError::Invalid(format!("writing {}: {other}", path.display())),
        },
        other => LakeError::Invalid(format!("writing {}: {other}", path.display())),
    }
}
