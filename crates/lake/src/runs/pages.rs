//! Column chunks of texts. The library's encoder looks the value of every row up in a hash table; where a run has numbered its texts
//! ([`super::coded`]), or a column has one value, the numbers are the indices of a Parquet dictionary already; where texts
//! hardly repeat, a dictionary is of no use.
//!
//! Written are a dictionary page (PLAIN) and data pages of version 1 (RLE_DICTIONARY or PLAIN, Snappy), as Apache Parquet's format describes them
//! (<https://parquet.apache.org/docs/file-format/data-pages/encodings/>).

use bytes::Bytes;
use parquet::basic::{BoundaryOrder, Compression, Encoding, Type};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// The library cuts bounds at this length; chunks that would need it are left to it.
const LONGEST_BOUND: usize = 64;
const NEW: u32 = u32::MAX;

/// The values that a column's codes number.
pub trait Values {
    fn count(&self) -> usize;
    /// UTF-8, or a 64-bit integer as it is stored: little-endian. Of integers there is but one.
    fn bytes(&self, code: u32) -> &[u8];
}

/// A written column chunk, on its way into a row group.
pub struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Chunk {
    fn new(
        sink: TrackedWrite<Vec<u8>>,
        metadata: ColumnChunkMetaData,
        column_index: Option<ColumnIndexMetaData>,
        offset_index: OffsetIndexMetaData,
        rows: usize,
    ) -> Result<Chunk, ParquetError> {
        let bytes = Bytes::from(sink.into_inner()?);
        let (bytes_written, rows_written) = (bytes.len() as u64, rows as u64);
        let offset_index = Some(offset_index);
        let close = ColumnCloseResult { bytes_written, rows_written, metadata, bloom_filter: None, column_index, offset_index };
        Ok(Chunk { bytes, close })
    }

    pub fn append_to<W: std::io::Write + Send>(self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), ParquetError> {
        group.append_column(&self.bytes, self.close)
    }
}

/// What a column is written by.
#[derive(Clone)]
pub struct Kind {
    descr: ColumnDescPtr,
    statistics: EnabledStatistics,
    /// Rows of a page.
    page: usize,
    /// Bytes of a dictionary at most.
    dictionary: usize,
}

impl Kind {
    pub fn new(descr: ColumnDescPtr, properties: &WriterProperties) -> Kind {
        let (page, dictionary) = (properties.data_page_row_count_limit(), properties.dictionary_page_size_limit());
        Kind { statistics: properties.statistics_enabled(descr.path()), page, dictionary, descr }
    }

    /// Adds a value as PLAIN has it.
    fn plain(&self, value: &[u8], out: &mut Vec<u8>) {
        if self.descr.physical_type() == Type::BYTE_ARRAY {
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        }
        out.extend_from_slice(value);
    }

    /// Whether the library would cut the value where it is a bound.
    fn cut(&self, value: &[u8]) -> bool {
        self.statistics != EnabledStatistics::None && value.len() > LONGEST_BOUND
    }

    /// The chunk of these values without a dictionary; none where a bound is too long.
    pub fn values(&self, rows: &[Option<&[u8]>]) -> Result<Option<Chunk>, ParquetError> {
        if rows.iter().flatten().any(|value| self.cut(value)) {
            return Ok(None);
        }
        let mut sink = TrackedWrite::new(Vec::with_capacity(rows.len() * 8));
        let mut out = Writing::new(self, &mut sink);
        let mut body = Vec::new();
        for rows in rows.chunks(self.page) {
            let missing = out.levels(rows.len(), rows.iter().map(Option::is_some), &mut body);
            rows.iter().flatten().for_each(|value| self.plain(value, &mut body));
            out.page(rows.len(), missing, &body, Encoding::PLAIN, bounds(rows.iter().flatten().copied()))?;
        }
        let (metadata, column_index, offset_index) = out.finish()?;
        Chunk::new(sink, metadata, column_index, offset_index, rows.len()).map(Some)
    }
}

/// Writes the chunks of one column from codes, one row group after the other.
pub struct Encoder<'a> {
    kind: Kind,
    values: &'a dyn Values,
    /// Index into the group's dictionary, by code.
    places: Vec<u32>,
    /// Codes of the group's dictionary.
    used: Vec<u32>,
}

impl<'a> Encoder<'a> {
    pub fn new(kind: Kind, values: &'a dyn Values) -> Self {
        Encoder { kind, values, places: vec![NEW; values.count()], used: Vec::new() }
    }

    /// The chunk of these rows; a negative code is a null. Without a dictionary where that would be too large; none where the library does it: a
    /// bound is too long.
    pub fn chunk(&mut self, codes: &[i32]) -> Result<Option<Chunk>, ParquetError> {
        for code in self.used.drain(..) {
            self.places[code as usize] = NEW;
        }
        let mut dictionary = Vec::new();
        for code in codes.iter().filter_map(|code| u32::try_from(*code).ok()) {
            let place = &mut self.places[code as usize];
            if *place != NEW {
                continue;
            }
            *place = self.used.len() as u32;
            self.used.push(code);
            let value = self.values.bytes(code);
            if self.kind.cut(value) {
                return Ok(None);
            }
            self.kind.plain(value, &mut dictionary);
            if dictionary.len() > self.kind.dictionary {
                let value = |code: &i32| u32::try_from(*code).ok().map(|code| self.values.bytes(code));
                return self.kind.values(&codes.iter().map(value).collect::<Vec<_>>());
            }
        }
        self.write(codes, &dictionary).map(Some)
    }

    fn write(&self, codes: &[i32], dictionary: &[u8]) -> Result<Chunk, ParquetError> {
        let width = 32 - (self.used.len() as u32).saturating_sub(1).leading_zeros();
        let expected = dictionary.len() + codes.len() * width as usize / 8 + 4096;
        let mut sink = TrackedWrite::new(Vec::with_capacity(expected));
        let mut out = Writing::new(&self.kind, &mut sink);
        out.dictionary(dictionary, self.used.len())?;
        let (mut body, mut indices) = (Vec::new(), Vec::with_capacity(self.kind.page));
        for rows in codes.chunks(self.kind.page) {
            indices.clear();
            indices.extend(rows.iter().filter_map(|code| u32::try_from(*code).ok()).map(|code| self.places[code as usize]));
            let missing = out.levels(rows.len(), rows.iter().map(|code| *code >= 0), &mut body);
            body.push(width as u8);
            hybrid(&indices, width, &mut body);
            let there = rows.chunk_by(|a, b| a == b).filter_map(|same| u32::try_from(same[0]).ok());
            out.page(rows.len(), missing, &body, Encoding::RLE_DICTIONARY, bounds(there.map(|code| self.values.bytes(code))))?;
        }
        let (metadata, column_index, offset_index) = out.finish()?;
        Chunk::new(sink, metadata, column_index, offset_index, codes.len())
    }
}

/// Least and greatest.
fn bounds<'v>(values: impl Iterator<Item = &'v [u8]>) -> Option<(&'v [u8], &'v [u8])> {
    let mut found: Option<(&[u8], &[u8])> = None;
    for value in values {
        found = match found {
            None => Some((value, value)),
            // Sorted columns bring the same value again and again.
            Some((_, most)) if value == most => found,
            Some((least, most)) => Some((least.min(value), most.max(value))),
        };
    }
    found
}

/// A column chunk that is being written.
struct Writing<'a> {
    kind: &'a Kind,
    pages: SerializedPageWriter<'a, Vec<u8>>,
    offsets: OffsetIndexBuilder,
    bounds: ColumnIndexBuilder,
    /// Bounds of the page before, and whether none so far was below (above) the one before it.
    before: Option<(Vec<u8>, Vec<u8>)>,
    rising: bool,
    falling: bool,
    least: Option<Vec<u8>>,
    most: Option<Vec<u8>>,
    stats: Vec<PageEncodingStats>,
    rows: usize,
    nulls: usize,
    plain: usize,
    packed: usize,
    /// Where the dictionary and the first data page begin.
    dictionary: Option<u64>,
    first: Option<u64>,
    snappy: snap::raw::Encoder,
}

impl<'a> Writing<'a> {
    fn new(kind: &'a Kind, sink: &'a mut TrackedWrite<Vec<u8>>) -> Self {
        Writing {
            kind,
            pages: SerializedPageWriter::new(sink),
            offsets: OffsetIndexBuilder::new(),
            bounds: ColumnIndexBuilder::new(kind.descr.physical_type()),
            before: None,
            rising: true,
            falling: true,
            least: None,
            most: None,
            stats: Vec::new(),
            rows: 0,
            nulls: 0,
            plain: 0,
            packed: 0,
            dictionary: None,
            first: None,
            snappy: snap::raw::Encoder::new(),
        }
    }

    fn dictionary(&mut self, values: &[u8], count: usize) -> Result<(), ParquetError> {
        let buf = self.compressed(values)?;
        let page = Page::DictionaryPage { buf, num_values: count as u32, encoding: Encoding::PLAIN, is_sorted: false };
        let wrote = self.write(page, values.len())?;
        self.dictionary = Some(wrote.offset);
        Ok(())
    }

    /// Begins the body of a data page with what rows have a value; gives how many have none.
    fn levels(&self, count: usize, there: impl Iterator<Item = bool>, body: &mut Vec<u8>) -> usize {
        body.clear();
        let levels: Vec<u32> = there.map(u32::from).collect();
        let missing = levels.iter().filter(|level| **level == 0).count();
        if self.kind.descr.max_def_level() > 0 {
            body.extend_from_slice(&[0; 4]);
            match missing {
                0 => run(1, count, 1, body),
                _ => hybrid(&levels, 1, body),
            }
            let length = (body.len() - 4) as u32;
            body[..4].copy_from_slice(&length.to_le_bytes());
        }
        missing
    }

    fn page(
        &mut self,
        rows: usize,
        nulls: usize,
        body: &[u8],
        encoding: Encoding,
        bounds: Option<(&[u8], &[u8])>,
    ) -> Result<(), ParquetError> {
        let page = Page::DataPage {
            buf: self.compressed(body)?,
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let wrote = self.write(page, body.len())?;
        self.first.get_or_insert(wrote.offset);
        self.offsets.append_row_count(rows as i64);
        self.offsets.append_offset_and_size(wrote.offset as i64, wrote.compressed_size as i32);
        (self.rows, self.nulls) = (self.rows + rows, self.nulls + nulls);
        if self.kind.statistics == EnabledStatistics::None {
            return Ok(());
        }
        if self.kind.statistics == EnabledStatistics::Page {
            let (least, most) = bounds.unwrap_or_default();
            self.bounds.append(bounds.is_none(), least.to_vec(), most.to_vec(), nulls as i64);
        }
        if let Some((least, most)) = bounds {
            if let Some((before_least, before_most)) = &self.before {
                self.rising &= before_least.as_slice() <= least && before_most.as_slice() <= most;
                self.falling &= before_least.as_slice() >= least && before_most.as_slice() >= most;
            }
            self.before = Some((least.to_vec(), most.to_vec()));
            if self.least.as_ref().is_none_or(|known| least < known.as_slice()) {
                self.least = Some(least.to_vec());
            }
            if self.most.as_ref().is_none_or(|known| most > known.as_slice()) {
                self.most = Some(most.to_vec());
            }
        }
        Ok(())
    }

    fn write(&mut self, page: Page, plain: usize) -> Result<PageWriteSpec, ParquetError> {
        let (page_type, encoding) = (page.page_type(), page.encoding());
        match self.stats.last_mut() {
            Some(last) if last.page_type == page_type => last.count += 1,
            _ => self.stats.push(PageEncodingStats { page_type, encoding, count: 1 }),
        }
        let wrote = self.pages.write_page(CompressedPage::new(page, plain))?;
        (self.plain, self.packed) = (self.plain + wrote.uncompressed_size, self.packed + wrote.compressed_size);
        Ok(wrote)
    }

    fn compressed(&mut self, bytes: &[u8]) -> Result<Bytes, ParquetError> {
        self.snappy.compress_vec(bytes).map(Bytes::from).map_err(|e| ParquetError::External(Box::new(e)))
    }

    fn finish(mut self) -> Result<(ColumnChunkMetaData, Option<ColumnIndexMetaData>, OffsetIndexMetaData), ParquetError> {
        let mut encodings = vec![Encoding::PLAIN, Encoding::RLE];
        encodings.extend(self.dictionary.map(|_| Encoding::RLE_DICTIONARY));
        let mut metadata = ColumnChunkMetaData::builder(self.kind.descr.clone())
            .set_compression(Compression::SNAPPY)
            .set_encodings(encodings)
            .set_page_encoding_stats(self.stats)
            .set_total_uncompressed_size(self.plain as i64)
            .set_total_compressed_size(self.packed as i64)
            .set_num_values(self.rows as i64)
            .set_dictionary_page_offset(self.dictionary.map(|at| at as i64))
            .set_data_page_offset(self.first.unwrap_or_default() as i64);
        if self.kind.statistics != EnabledStatistics::None {
            let nulls = Some(self.nulls as u64);
            metadata = metadata.set_statistics(match self.kind.descr.physical_type() {
                // Only one integer is ever written, so that the order of its bytes does not matter.
                Type::INT64 => {
                    let integer = |bytes: Option<Vec<u8>>| bytes.and_then(|b| b.try_into().ok()).map(i64::from_le_bytes);
                    Statistics::int64(integer(self.least), integer(self.most), None, nulls, false)
                }
                _ => Statistics::byte_array(self.least.map(ByteArray::from), self.most.map(ByteArray::from), None, nulls, false),
            });
        }
        self.bounds.set_boundary_order(match (self.rising, self.falling) {
            (true, _) => BoundaryOrder::ASCENDING,
            (false, true) => BoundaryOrder::DESCENDING,
            _ => BoundaryOrder::UNORDERED,
        });
        let column_index = match self.kind.statistics {
            EnabledStatistics::Page => Some(self.bounds.build()?),
            _ => None,
        };
        Ok((metadata.build()?, column_index, self.offsets.build()))
    }
}

/// The format's hybrid of runs and bit-packed groups of eight, `width` bits a value.
fn hybrid(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut packed_from, mut at) = (0, 0);
    while at < values.len() {
        let value = values[at];
        let same = 1 + values[at + 1..].iter().take_while(|next| **next == value).count();
        if same < 8 {
            at = (at + 8).min(values.len());
            continue;
        }
        pack(&values[packed_from..at], width, out);
        run(value, same, width, out);
        at += same;
        packed_from = at;
    }
    pack(&values[packed_from..], width, out);
}

fn run(value: u32, count: usize, width: u32, out: &mut Vec<u8>) {
    varint((count as u64) << 1, out);
    out.extend_from_slice(&value.to_le_bytes()[..width.div_ceil(8) as usize]);
}

/// Groups of eight; the last is filled with zeros.
fn pack(values: &[u32], width: u32, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    let groups = values.len().div_ceil(8);
    varint((groups as u64) << 1 | 1, out);
    let end = out.len() + groups * width as usize;
    let (mut bits, mut held) = (0u64, 0u32);
    for value in values {
        bits |= u64::from(*value) << held;
        held += width;
        if held >= 32 {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= 32;
            held -= 32;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes());
    out.resize(end, 0);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
    use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::types::ColumnPath;

    use super::super::{Coded, DICTIONARY, PAGE};
    use super::*;

    /// As the library writes the columns, and as this does.
    fn both(columns: Vec<(&str, ArrayRef)>, statistics: EnabledStatistics) -> [(ParquetMetaData, RecordBatch); 2] {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_data_page_row_count_limit(PAGE)
            .set_write_batch_size(PAGE)
            .set_dictionary_page_size_limit(DICTIONARY)
            .set_statistics_enabled(EnabledStatistics::Chunk);
        properties = properties.set_column_statistics_enabled(ColumnPath::from("text"), statistics);
        let properties = properties.build();
        let mut library = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut library, batch.schema(), Some(properties.clone())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();

        let schema = parquet::arrow::ArrowSchemaConverter::new().convert(&batch.schema()).unwrap();
        let mut own = Vec::new();
        let mut file = SerializedFileWriter::new(&mut own, schema.root_schema_ptr(), Arc::new(properties.clone())).unwrap();
        let mut group = file.next_row_group().unwrap();
        for (i, column) in batch.columns().iter().enumerate() {
            let rows: Vec<u32> = (0..column.len() as u32).collect();
            let kind = Kind::new(schema.column(i), &properties);
            let chunk = match column.as_any().downcast_ref::<TimestampMicrosecondArray>() {
                Some(instants) => {
                    let one = super::super::Constant::Instant(instants.value(0).to_le_bytes());
                    Encoder::new(kind, &one).chunk(&vec![0; rows.len()]).unwrap()
                }
                None => {
                    let coded = Coded::new(&[column]).unwrap();
                    Encoder::new(kind, &coded).chunk(&coded.codes(&rows)).unwrap()
                }
            };
            chunk.unwrap().append_to(&mut group).unwrap();
        }
        group.close().unwrap();
        file.close().unwrap();
        [library, own].map(|file| {
            let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
            let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::from(file), options).unwrap();
            let metadata = reader.metadata().as_ref().clone();
            let rows = reader.with_batch_size(1 << 20).build().unwrap().next().unwrap().unwrap();
            (metadata, rows)
        })
    }

    /// Texts with runs, stretches without, nulls here and there and a page of nulls; three pages and a bit.
    fn texts(kinds: usize) -> ArrayRef {
        let text = |i: usize| match i {
            _ if (PAGE..2 * PAGE).contains(&i) || i % 97 == 5 => None,
            _ if i < PAGE / 2 => Some(format!("run {}", i / 300 % kinds)),
            _ => Some(format!("text {}", i * 7919 % kinds)),
        };
        Arc::new(StringArray::from_iter((0..3 * PAGE + 3).map(text)))
    }

    #[test]
    fn what_is_read_is_what_the_library_writes() {
        for kinds in [1, 2, 3, 9, 200, 1500] {
            let instant = TimestampMicrosecondArray::from_value(1_790_000_000_000_000, 3 * PAGE + 3).with_timezone("UTC");
            let none: ArrayRef = Arc::new(StringArray::new_null(3 * PAGE + 3));
            for statistics in [EnabledStatistics::None, EnabledStatistics::Chunk, EnabledStatistics::Page] {
                let columns = vec![("text", texts(kinds)), ("at", Arc::new(instant.clone()) as ArrayRef), ("none", none.clone())];
                let [(theirs, rows), (ours, own)] = both(columns, statistics);
                assert_eq!(own, rows, "{kinds} kinds");
                for column in 0..3 {
                    let (a, b) = (theirs.row_group(0).column(column), ours.row_group(0).column(column));
                    assert_eq!(a.statistics(), b.statistics(), "column {column} of {kinds} kinds, {statistics:?}");
                    assert_eq!((a.num_values(), a.compression_codec()), (b.num_values(), b.compression_codec()));
                    let pages = |m: &ParquetMetaData| {
                        let index = &m.offset_index().unwrap()[0][column];
                        index.page_locations().iter().map(|p| p.first_row_index).collect::<Vec<_>>()
                    };
                    assert_eq!(pages(&theirs), pages(&ours));
                }
                if statistics == EnabledStatistics::Page {
                    let bounds = |m: &ParquetMetaData| format!("{:?}", m.column_index().unwrap()[0][0]);
                    // The library counts levels too, which nobody asks for.
                    let plain = |text: String| {
                        let (before, rest) = text.split_once("repetition_level").unwrap();
                        format!("{before}{}", rest.split_once('}').unwrap().1)
                    };
                    assert_eq!(plain(bounds(&theirs)), plain(bounds(&ours)));
                }
            }
        }
    }

    #[test]
    fn a_bound_that_would_be_cut_is_left_to_the_library() {
        let schema =
            arrow::datatypes::Schema::new(vec![arrow::datatypes::Field::new("t", arrow::datatypes::DataType::Utf8, true)]);
        let descr = parquet::arrow::ArrowSchemaConverter::new().convert(&schema).unwrap().column(0);
        let chunk = |statistics| {
            let column: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(LONGEST_BOUND + 1); 3]));
            let coded = Coded::new(&[&column]).unwrap();
            let properties = WriterProperties::builder().set_statistics_enabled(statistics).build();
            Encoder::new(Kind::new(descr.clone(), &properties), &coded).chunk(&coded.codes(&[0, 1, 2])).unwrap().is_some()
        };
        assert!(!chunk(EnabledStatistics::Chunk));
        assert!(chunk(EnabledStatistics::None));
    }

    #[test]
    fn many_texts_go_without_a_dictionary() {
        let text = |i: usize| (i % 11 != 3).then(|| format!("{:020}", i / 2));
        let column: ArrayRef = Arc::new(StringArray::from_iter((0..80_000).map(text)));
        let [(_, rows), (ours, own)] = both(vec![("text", column)], EnabledStatistics::Page);
        assert_eq!(own, rows);
        let chunk = ours.row_group(0).column(0);
        assert_eq!(chunk.dictionary_page_offset(), None);
        assert!(!chunk.encodings().any(|e| e == Encoding::RLE_DICTIONARY));
    }

    #[test]
    fn a_second_row_group_has_a_dictionary_of_its_own() {
        let column: ArrayRef = Arc::new(StringArray::from_iter_values((0..40).map(|i| format!("t{}", i % 7))));
        let coded = Coded::new(&[&column]).unwrap();
        let schema =
            arrow::datatypes::Schema::new(vec![arrow::datatypes::Field::new("t", arrow::datatypes::DataType::Utf8, true)]);
        let schema = parquet::arrow::ArrowSchemaConverter::new().convert(&schema).unwrap();
        let properties = Arc::new(WriterProperties::builder().build());
        let mut file = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut file, schema.root_schema_ptr(), properties.clone()).unwrap();
        let mut encoder = Encoder::new(Kind::new(schema.column(0), &properties), &coded);
        for rows in [vec![6, 5, 13], vec![0, 7, 12, 5]] {
            let mut group = writer.next_row_group().unwrap();
            encoder.chunk(&coded.codes(&rows)).unwrap().unwrap().append_to(&mut group).unwrap();
            group.close().unwrap();
        }
        writer.close().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(file)).unwrap().build().unwrap();
        let mut read = Vec::new();
        for batch in reader {
            let batch = batch.unwrap();
            let texts = arrow::array::AsArray::as_string::<i32>(batch.column(0)).clone();
            read.extend(texts.iter().flatten().map(String::from));
        }
        assert_eq!(read, ["t6", "t5", "t6", "t0", "t0", "t5", "t5"]);
    }
}
