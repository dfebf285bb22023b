//! The parallel part of an ingest: one thread finds record boundaries, the others parse, sort and write.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Int64Type, Schema, SchemaRef};
use sources::{Chunk, Contract, Limits, Trailer};

use super::keys::KeyLog;
use super::{Fates, Progress, RowSet};
use crate::direct::Reader;
use crate::error::{LakeError, Result};
use crate::quarantine;
use crate::runs::{RunWriter, Stamp, arrow_error, key_hashes};
use crate::table::{DataFile, Table};

pub struct Job {
    pub contract: Arc<Contract>,
    pub variant: usize,
    pub name: String,
    pub file: File,
    pub limits: Limits,
    pub stamp: Stamp,
    pub prefix: String,
    pub table_dir: PathBuf,
    pub quarantine_dir: PathBuf,
    pub schema: SchemaRef,
    pub work: PathBuf,
    /// Bytes for rows held in all writers together.
    pub memory: usize,
    pub threads: usize,
    /// Only these rows count; the others are passed over (a replay).
    pub only: Option<RowSet>,
    /// To be filled with what becomes of each row.
    pub fates: Option<Fates>,
    pub progress: Arc<Progress>,
}

/// Written but uncommitted files, and the counts.
pub struct Parsed {
    pub files: Vec<DataFile>,
    pub quarantined: Vec<DataFile>,
    pub keys: Vec<KeyLog>,
    pub input: u64,
    pub rejected: u64,
    pub reasons: BTreeMap<String, u64>,
    pub trailer: Trailer,
    /// Of the rows that alone count, those that were there.
    pub seen: RowSet,
    pub fates: Option<Fates>,
}

struct Worker {
    job: Arc<Job>,
    rows: RunWriter,
    refused: quarantine::Writer,
    keys: KeyLog,
    key: Vec<String>,
    input: u64,
    rejected: u64,
    reasons: BTreeMap<String, u64>,
    seen: RowSet,
    fates: Option<Fates>,
}

pub fn run(mut job: Job) -> Result<Parsed> {
    let file = job.file.try_clone().map_err(LakeError::io("opening", &job.name))?;
    let file = Counted { file: Reader::new(file), progress: job.progress.clone() };
    let name = job.name.clone();
    let read = |source| LakeError::Read { name: name.clone(), source };
    let mut reader = sources::open(&job.contract, job.variant, &job.name, Box::new(file), &job.limits).map_err(read)?;
    job.threads = job.threads.max(1);
    let threads = job.threads;
    let job = Arc::new(job);
    let (send, receive) = sync_channel::<Chunk>(threads);
    let receive = Arc::new(Mutex::new(receive));
    let handles: Vec<_> = (0..threads)
        .map(|_| {
            let (job, receive) = (job.clone(), receive.clone());
            std::thread::spawn(move || Worker::new(job).work(&receive))
        })
        .collect();
    let mut failure = None;
    loop {
        if let Err(e) = job.progress.check() {
            failure = Some(e);
            break;
        }
        match reader.next() {
            Ok(Some(chunk)) => {
                if send.send(chunk).is_err() {
                    break; // every worker failed; their errors are collected below
                }
            }
            Ok(None) => break,
            Err(e) => {
                failure = Some(read(e));
                break;
            }
        }
    }
    drop(send);
    let mut out = Parsed {
        files: Vec::new(),
        quarantined: Vec::new(),
        keys: Vec::new(),
        input: 0,
        rejected: 0,
        reasons: BTreeMap::new(),
        trailer: Trailer::default(),
        seen: RowSet::default(),
        fates: None,
    };
    for handle in handles {
        match handle.join() {
            Ok(Ok(done)) => {
                out.files.extend(done.files);
                out.quarantined.extend(done.quarantined);
                out.keys.push(done.keys);
                out.input += done.input;
                out.rejected += done.rejected;
                out.seen.extend(&done.seen);
                out.fates = Fates::joined(out.fates.take(), done.fates);
                for (code, n) in done.reasons {
                    *out.reasons.entry(code).or_default() += n;
                }
            }
            Ok(Err(e)) => failure = failure.or(Some(e)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    if let Some(e) = failure {
        return Err(e);
    }
    out.trailer = reader.finish();
    Ok(out)
}

/// The raw object, counting what has been read of it.
struct Counted {
    file: Reader,
    progress: Arc<Progress>,
}

impl Read for Counted {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buf)?;
        self.progress.parsed_bytes.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = self.file.seek(to)?;
        self.progress.parsed_bytes.store(at, Ordering::Relaxed);
        Ok(at)
    }
}

struct Done {
    files: Vec<DataFile>,
    quarantined: Vec<DataFile>,
    keys: KeyLog,
    input: u64,
    rejected: u64,
    reasons: BTreeMap<String, u64>,
    seen: RowSet,
    fates: Option<Fates>,
}

impl Worker {
    fn new(job: Arc<Job>) -> Self {
        let order = job.contract.orders.first().cloned().unwrap_or_default();
        let rows = RunWriter::new(
            &job.table_dir,
            &job.prefix,
            job.schema.clone(),
            &order,
            Some(job.stamp.clone()),
            job.memory / job.threads,
        );
        let refused = quarantine::Writer::new(&job.quarantine_dir, &job.prefix, &job.stamp);
        let columns: Vec<String> = job.contract.columns.iter().map(|c| c.name.clone()).collect();
        let key = if job.contract.key.is_empty() { columns } else { job.contract.key.clone() };
        // Beside the rows themselves: a sixteenth of the memory for all logs together.
        let keys = KeyLog::new(job.memory / job.threads / 16);
        let (reasons, seen, fates) = (BTreeMap::new(), RowSet::default(), job.fates.clone());
        Worker { job, rows, refused, keys, key, input: 0, rejected: 0, reasons, seen, fates }
    }

    fn work(mut self, chunks: &Mutex<Receiver<Chunk>>) -> Result<Done> {
        loop {
            let next = match chunks.lock() {
                Ok(guard) => guard.recv(),
                Err(_) => break,
            };
            let Ok(chunk) = next else { break };
            self.take(chunk)?;
        }
        Ok(Done {
            files: self.rows.finish()?,
            quarantined: self.refused.finish()?,
            keys: self.keys,
            input: self.input,
            rejected: self.rejected,
            reasons: self.reasons,
            seen: self.seen,
            fates: self.fates,
        })
    }

    fn take(&mut self, chunk: Chunk) -> Result<()> {
        let mut parsed = chunk.parse();
        if let Some(only) = &self.job.only {
            let rows = parsed.batch.column_by_name("_row").map(|c| c.as_primitive::<Int64Type>().clone());
            if let Some(rows) = rows {
                let keep: BooleanArray = rows.values().iter().map(|r| Some(only.contains(*r))).collect();
                parsed.batch = filter_record_batch(&parsed.batch, &keep).map_err(arrow_error)?;
                rows.values().iter().filter(|r| only.contains(**r)).for_each(|r| self.seen.insert(*r));
            }
            parsed.rejects.retain(|r| only.contains(r.row));
            parsed.rejects.iter().for_each(|r| self.seen.insert(r.row));
            parsed.rows_in = (parsed.batch.num_rows() + parsed.rejects.len()) as u64;
        }
        debug_assert_eq!(parsed.rows_in, (parsed.batch.num_rows() + parsed.rejects.len()) as u64);
        self.input += parsed.rows_in;
        self.rejected += parsed.rejects.len() as u64;
        self.job.progress.rows.fetch_add(parsed.rows_in, Ordering::Relaxed);
        self.job.progress.rejected.fetch_add(parsed.rejects.len() as u64, Ordering::Relaxed);
        for reject in &parsed.rejects {
            if let Some(reason) = reject.reasons.first() {
                *self.reasons.entry(reason.code.to_string()).or_default() += 1;
            }
        }
        self.refused.push(&parsed.rejects)?;
        if let Some(fates) = &mut self.fates {
            fates.parsed(&parsed.batch, &parsed.rejects);
        }
        if parsed.batch.num_rows() == 0 {
            return Ok(());
        }
        let batch = storable(parsed.batch)?;
        let columns: Vec<ArrayRef> = self.key.iter().filter_map(|k| batch.column_by_name(k).cloned()).collect();
        let keys = key_hashes(&columns, batch.num_rows())?;
        if let Some(rows) = batch.column_by_name("_row") {
            self.keys.push(&keys, rows.as_primitive::<Int64Type>(), &self.job.work)?;
        }
        self.note_withdrawals(&batch)?;
        let mut fields: Vec<_> = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
        fields.push(arrow::datatypes::Field::new("_key", DataType::Int64, false));
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(keys));
        self.rows.push(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)?)
    }

    fn note_withdrawals(&mut self, batch: &RecordBatch) -> Result<()> {
        let Some(w) = &self.job.contract.withdrawal else { return Ok(()) };
        let (Some(column), Some(rows)) = (batch.column_by_name(&w.column), batch.column_by_name("_row")) else { return Ok(()) };
        let text = arrow::compute::cast(column, &DataType::Utf8).map_err(arrow_error)?;
        let text = text.as_string::<i32>();
        let rows = rows.as_primitive::<Int64Type>();
        for i in 0..text.len() {
            if text.is_valid(i) && w.values.iter().any(|v| v == text.value(i)) {
                self.keys.withdrawals.push(rows.value(i));
            }
        }
        Ok(())
    }
}

/// Delta has no time of day: such columns are kept as text, `HH:MM:SS`.
fn storable(batch: RecordBatch) -> Result<RecordBatch> {
    let is_time = |t: &DataType| matches!(t, DataType::Time32(_) | DataType::Time64(_));
    if !batch.schema().fields().iter().any(|f| is_time(f.data_type())) {
        return Ok(batch);
    }
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if is_time(field.data_type()) {
            fields.push(field.as_ref().clone().with_data_type(DataType::Utf8));
            columns.push(arrow::compute::cast(column, &DataType::Utf8).map_err(arrow_error)?);
        } else {
            fields.push(field.as_ref().clone());
            columns.push(column.clone());
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)
}

/// Copies chosen rows of uncommitted files into another table's folder.
pub fn copy_rows(from: &Table, files: &[DataFile], to: &Table, prefix: &str, chosen: &RowSet) -> Result<Vec<DataFile>> {
    let mut out = Vec::new();
    for file in files {
        let path = from.root().join(&file.path);
        let name = format!("{prefix}-{}.parquet", uuid::Uuid::now_v7().simple());
        let copy = to.root().join(&name);
        std::fs::copy(&path, &copy).map_err(LakeError::io("copying", &copy))?;
        let whole = DataFile { path: name, ..file.clone() };
        let kept = format!("{prefix}-{}.parquet", uuid::Uuid::now_v7().simple());
        let kept = crate::rows::without(&to.name, to.root(), &whole, &[], &kept, &|_, row| !chosen.contains(row))?;
        match kept {
            None => out.push(whole),
            Some((rest, _)) => {
                std::fs::remove_file(&copy).map_err(LakeError::io("removing", &copy))?;
                out.extend(rest);
            }
        }
    }
    Ok(out)
}
