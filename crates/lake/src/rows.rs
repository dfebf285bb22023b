//! Reading and rewriting single data files: finding rows by key hash, dropping rows by origin.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, Int64Array, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int64Type;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::file::statistics::Statistics;
use sources::Contract;

use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::runs::{FileWriter, arrow_error, in_order};
use crate::table::{Change, DataFile, Table};

/// Where a row came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// SHA-256 of the raw object.
    pub object: String,
    pub row: i64,
}

pub(crate) fn open(table: &TableName, path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let broken = |message: String| LakeError::DataFile {
        table: table.to_string(),
        file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        message,
    };
    let file = File::open(path).map_err(|e| broken(e.to_string()))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| broken(e.to_string()))
}

fn broken(table: &TableName, path: &Path) -> impl Fn(arrow::error::ArrowError) -> LakeError {
    move |e| LakeError::DataFile {
        table: table.to_string(),
        file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        message: e.to_string(),
    }
}

/// Gives every key hash of a file, some at a time. A file without the column (written by another program) gives none.
pub fn for_each_key(table: &TableName, path: &Path, mut f: impl FnMut(&Int64Array) -> Result<()>) -> Result<()> {
    let builder = open(table, path)?;
    if builder.schema().column_with_name("_key").is_none() {
        return Ok(());
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["_key"]);
    let reader = builder.with_projection(mask).with_batch_size(64 << 10).build().map_err(|e| broken(table, path)(e.into()))?;
    for batch in reader {
        let batch = batch.map_err(broken(table, path))?;
        let keys = batch.column(0).as_primitive::<Int64Type>();
        f(keys)?;
    }
    Ok(())
}

/// Gives the rows of a file whose key hash is wanted, all columns.
pub fn with_keys(
    table: &TableName,
    path: &Path,
    wanted: &Arc<dyn Fn(u64) -> bool + Send + Sync>,
    mut f: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let builder = open(table, path)?;
    if builder.schema().column_with_name("_key").is_none() {
        return Ok(());
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["_key"]);
    let wanted = wanted.clone();
    let predicate = ArrowPredicateFn::new(mask, move |batch| {
        let keys = batch.column(0).as_primitive::<Int64Type>();
        Ok(keys.values().iter().map(|k| Some(wanted(*k as u64))).collect::<BooleanArray>())
    });
    let reader =
        builder.with_row_filter(RowFilter::new(vec![Box::new(predicate)])).build().map_err(|e| broken(table, path)(e.into()))?;
    for batch in reader {
        let batch = batch.map_err(broken(table, path))?;
        if batch.num_rows() > 0 {
            f(plain(&batch)?)?;
        }
    }
    Ok(())
}

/// Dictionary columns as plain strings, so that rows of all files compare alike.
fn plain(batch: &RecordBatch) -> Result<RecordBatch> {
    use arrow::datatypes::{DataType, Field, Schema};
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        match field.data_type() {
            DataType::Dictionary(_, _) | DataType::Utf8View | DataType::LargeUtf8 => {
                fields.push(Field::new(field.name(), DataType::Utf8, true));
                columns.push(arrow::compute::cast(column, &DataType::Utf8).map_err(arrow_error)?);
            }
            _ => {
                fields.push(field.as_ref().clone());
                columns.push(column.clone());
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
}

/// The key ranges of new files, by their Parquet footers: which older files can hold one of their keys?
pub struct KeyRanges<'a> {
    contract: &'a Contract,
    /// `None` where a file does not tell.
    new: Vec<Option<Ranges>>,
}

impl<'a> KeyRanges<'a> {
    pub fn of(contract: &'a Contract, dir: &Path, new: &[DataFile]) -> Self {
        KeyRanges { contract, new: new.iter().map(|f| ranges(contract, &dir.join(&f.path))).collect() }
    }

    pub fn may_meet(&self, old: &Path) -> bool {
        let Some(old) = ranges(self.contract, old) else { return true };
        let apart = |new: &Ranges| {
            old.iter().zip(new).any(|(a, b)| match (a, b) {
                (Some(a), Some(b)) => a.1 < b.0 || b.1 < a.0,
                _ => false,
            })
        };
        self.new.iter().any(|new| !new.as_ref().is_some_and(apart))
    }
}

/// Least and greatest value of each key column, where known.
type Ranges = Vec<Option<(Vec<u8>, Vec<u8>)>>;

/// Minimum and maximum of each required key column over a whole file, order-preserving; `None` where unknown.
fn ranges(contract: &Contract, path: &Path) -> Option<Ranges> {
    let file = File::open(path).ok()?;
    let meta = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok()?;
    let schema = meta.metadata().file_metadata().schema_descr();
    let mut out = Vec::new();
    for key in &contract.key {
        let index = (0..schema.num_columns()).find(|i| schema.column(*i).name() == key)?;
        let mut range: Option<(Vec<u8>, Vec<u8>)> = None;
        let mut known = true;
        for group in meta.metadata().row_groups() {
            let bounds = group.column(index).statistics().filter(|s| s.null_count_opt() == Some(0)).and_then(bounds);
            let Some((low, high)) = bounds else {
                known = false;
                break;
            };
            range = Some(match range {
                None => (low, high),
                Some((l, h)) => (l.min(low), h.max(high)),
            });
        }
        out.push(if known { range } else { None });
    }
    Some(out)
}

/// How much of a file came with one ingest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    All,
    Some,
    None,
}

/// The share of `object`'s rows taken in at `ingested_at` (microseconds) in a file, by its footer; `Some` where that does not tell.
pub fn share(path: &Path, object: &str, ingested_at: i64) -> Share {
    let found = || -> Option<Share> {
        let file = File::open(path).ok()?;
        let meta = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok()?;
        let schema = meta.metadata().file_metadata().schema_descr();
        let index = |name: &str| (0..schema.num_columns()).find(|i| schema.column(*i).name() == name);
        let wanted = [(index("_object")?, object.as_bytes().to_vec()), (index("_ingested_at")?, ordered(ingested_at))];
        let (mut all, mut none) = (true, true);
        for group in meta.metadata().row_groups() {
            let (mut all_here, mut none_here) = (true, false);
            for (column, value) in &wanted {
                let statistics = group.column(*column).statistics()?;
                let (low, high) = bounds(statistics)?;
                all_here &= statistics.null_count_opt() == Some(0) && low == *value && high == *value;
                none_here |= *value < low || *value > high;
            }
            all &= all_here;
            none &= none_here;
        }
        Some(match (all, none) {
            (_, true) => Share::None,
            (true, _) => Share::All,
            _ => Share::Some,
        })
    };
    found().unwrap_or(Share::Some)
}

fn bounds(s: &Statistics) -> Option<(Vec<u8>, Vec<u8>)> {
    match s {
        Statistics::Int32(v) => Some((ordered(i64::from(*v.min_opt()?)), ordered(i64::from(*v.max_opt()?)))),
        Statistics::Int64(v) => Some((ordered(*v.min_opt()?), ordered(*v.max_opt()?))),
        Statistics::ByteArray(v) => Some((v.min_opt()?.data().to_vec(), v.max_opt()?.data().to_vec())),
        _ => None,
    }
}

fn ordered(v: i64) -> Vec<u8> {
    ((v as u64) ^ (1 << 63)).to_be_bytes().to_vec()
}

/// A copy of `file` without the rows for which `drop` holds. `None` when nothing is dropped.
pub fn without(
    table: &TableName,
    dir: &Path,
    file: &DataFile,
    order: &[String],
    name: &str,
    drop: &dyn Fn(&str, i64) -> bool,
) -> Result<Option<(Option<DataFile>, u64)>> {
    filtered(table, dir, file, order, name, &|batch| keep(batch, drop))
}

/// A copy of `file` with the rows that `keep` marks; it sees the columns of origin at least.
fn filtered(
    table: &TableName,
    dir: &Path,
    file: &DataFile,
    order: &[String],
    name: &str,
    keep: &dyn Fn(&RecordBatch) -> Result<BooleanArray>,
) -> Result<Option<(Option<DataFile>, u64)>> {
    let path = dir.join(&file.path);
    let mut found = false;
    origins(table, &path, |batch| found = found || keep(batch).is_ok_and(|k| k.false_count() > 0))?;
    if !found {
        return Ok(None);
    }
    let reader = open(table, &path)?;
    let sorted = in_order(reader.metadata(), order);
    let reader = reader.build().map_err(|e| broken(table, &path)(e.into()))?;
    let mut writer: Option<FileWriter> = None;
    let mut dropped = 0;
    for batch in reader {
        let batch = plain(&batch.map_err(broken(table, &path))?)?;
        let keep = keep(&batch)?;
        dropped += keep.false_count() as u64;
        let kept = filter_record_batch(&batch, &keep).map_err(arrow_error)?;
        if kept.num_rows() == 0 {
            continue;
        }
        let writer = match &mut writer {
            Some(w) => w,
            none => none.insert(FileWriter::create(dir, name, batch.schema(), order, sorted)?),
        };
        writer.write(&kept)?;
    }
    Ok(Some((writer.map(FileWriter::finish).transpose()?, dropped)))
}

/// Gives the columns `_object`, `_row` and `_source` of a file, batch by batch.
pub fn origins(table: &TableName, path: &Path, mut f: impl FnMut(&RecordBatch)) -> Result<()> {
    let builder = open(table, path)?;
    let names = ["_object", "_row", "_source"];
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let reader = builder.with_projection(mask).with_batch_size(32 << 10).build().map_err(|e| broken(table, path)(e.into()))?;
    for batch in reader {
        let batch = plain(&batch.map_err(broken(table, path))?)?;
        let at: Option<Vec<usize>> = names.iter().map(|n| batch.schema().index_of(n).ok()).collect();
        if let Some(at) = at {
            f(&batch.project(&at).map_err(arrow_error)?);
        }
    }
    Ok(())
}

/// What a whole file holds.
#[derive(Debug, Default)]
pub struct ReadThrough {
    pub rows: u64,
    /// Rows without `_object`: put there by another program.
    pub without_origin: u64,
}

/// Reads every value of a file.
pub fn read_through(table: &TableName, path: &Path) -> Result<ReadThrough> {
    let reader = open(table, path)?.with_batch_size(32 << 10).build().map_err(|e| broken(table, path)(e.into()))?;
    let mut out = ReadThrough::default();
    for batch in reader {
        let batch = batch.map_err(broken(table, path))?;
        out.rows += batch.num_rows() as u64;
        out.without_origin += batch.column_by_name("_object").map_or(batch.num_rows(), |c| c.null_count()) as u64;
    }
    Ok(out)
}

/// Number of rows of a file that `chosen` names by object and row.
pub fn count(table: &TableName, path: &Path, chosen: &dyn Fn(&str, i64) -> bool) -> Result<u64> {
    let mut n = 0;
    origins(table, path, |batch| {
        let objects = batch.column(0).as_string::<i32>();
        let rows = batch.column(1).as_primitive::<Int64Type>();
        n += objects.iter().zip(rows.values()).filter(|(o, row)| o.is_some_and(|o| chosen(o, **row))).count() as u64;
    })?;
    Ok(n)
}

/// Gives some columns of a file, as far as it has them, batch by batch; texts as plain strings.
pub fn some(table: &TableName, path: &Path, names: &[&str], mut f: impl FnMut(&RecordBatch)) -> Result<()> {
    let builder = open(table, path)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(32 << 10).build().map_err(|e| broken(table, path)(e.into()))?;
    for batch in reader {
        f(&plain(&batch.map_err(broken(table, path))?)?);
    }
    Ok(())
}

fn keep(batch: &RecordBatch, drop: &dyn Fn(&str, i64) -> bool) -> Result<BooleanArray> {
    let (Some(objects), Some(rows)) = (batch.column_by_name("_object"), batch.column_by_name("_row")) else {
        return Ok(BooleanArray::from(vec![true; batch.num_rows()]));
    };
    let objects = objects.as_string::<i32>();
    let rows = rows.as_primitive::<Int64Type>();
    Ok((0..batch.num_rows()).map(|i| Some(!drop(objects.value(i), rows.value(i)))).collect())
}

/// Drops committed rows by origin, in one commit. Gives how many.
pub async fn drop_committed(
    table: &mut Table,
    order: &[String],
    transaction: Option<String>,
    drop: &(dyn Fn(&str, i64) -> bool + Sync),
) -> Result<u64> {
    for _ in 0..8 {
        table.refresh().await?;
        if let Some(id) = &transaction
            && table.has(id).await?
        {
            return Ok(0);
        }
        let mut change = Change { transaction: transaction.clone(), ..Change::default() };
        let mut dropped = 0;
        for file in table.files()? {
            let name = format!("kept-{}.parquet", uuid::Uuid::now_v7().simple());
            if let Some((kept, n)) = without(&table.name, table.root(), &file, order, &name, drop)? {
                change.remove.push(file);
                change.add.extend(kept);
                dropped += n;
            }
        }
        if change.remove.is_empty() {
            return Ok(0);
        }
        match table.commit(change).await {
            Err(LakeError::Contended { .. }) => continue,
            other => return other.map(|_| dropped),
        }
    }
    Err(LakeError::Contended { table: table.name.to_string(), tries: 8 })
}

/// Drops all rows that were derived under contract `source` from `objects`, in one commit that is made also when there are
/// none: repeated, it must not drop what was derived anew.
pub async fn drop_derived(table: &mut Table, transaction: String, source: &str, objects: &HashSet<String>) -> Result<()> {
    if table.has(&transaction).await? {
        return Ok(());
    }
    let keep = |batch: &RecordBatch| -> Result<BooleanArray> {
        let text = |name: &str| batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
        let (Some(from), Some(sources)) = (text("_object"), text("_source")) else {
            return Ok(BooleanArray::from(vec![true; batch.num_rows()]));
        };
        let pairs = from.iter().zip(sources.iter());
        Ok(pairs.map(|(o, s)| Some(!(s == Some(source) && o.is_some_and(|o| objects.contains(o))))).collect())
    };
    let mut change = Change { transaction: Some(transaction), ..Change::default() };
    for file in table.files()? {
        let name = format!("kept-{}.parquet", uuid::Uuid::now_v7().simple());
        if let Some((kept, _)) = filtered(&table.name, table.root(), &file, &[], &name, &keep)? {
            change.remove.push(file);
            change.add.extend(kept);
        }
    }
    table.commit(change).await?;
    Ok(())
}
