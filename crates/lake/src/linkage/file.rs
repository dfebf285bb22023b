//! A state of the linkage as files.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray, UInt8Array, UInt64Array,
};
use arrow::datatypes::{Float32Type, Int64Type, UInt8Type, UInt64Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::{Header, Linkage, Member, Pair};
use crate::error::{LakeError, Result};

/// Rows written at a time.
const ROWS: usize = 1 << 16;

/// The name of the folder in force.
pub fn current(dir: &Path) -> Result<Option<String>> {
    let path = dir.join("CURRENT");
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(Some(name.trim().to_string())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(LakeError::io("reading", path)(e)),
    }
}

/// Writes a state into a folder of its own and puts it in force; folders before it go.
pub fn write(dir: &Path, scratch: &Path, linkage: &Linkage) -> Result<String> {
    let name = format!("gen-{}", uuid::Uuid::now_v7().simple());
    let folder = dir.join(&name);
    std::fs::create_dir_all(&folder).map_err(LakeError::io("creating", &folder))?;
    table(&folder.join("members.parquet"), linkage.members.chunks(ROWS).map(members))?;
    table(&folder.join("pairs.parquet"), linkage.pairs.chunks(ROWS).map(pairs))?;
    let mut redirects: Vec<(u64, u64)> = linkage.redirects.iter().map(|(a, b)| (*a, *b)).collect();
    redirects.sort_unstable();
    table(&folder.join("redirects.parquet"), redirects.chunks(ROWS).map(redirected))?;
    let header = serde_json::to_vec_pretty(&linkage.header).map_err(|e| LakeError::Invalid(e.to_string()))?;
    whole(scratch, &folder.join("state.json"), &header)?;
    whole(scratch, &dir.join("CURRENT"), name.as_bytes())?;
    for entry in std::fs::read_dir(dir).map_err(LakeError::io("listing", dir))?.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        if other.starts_with("gen-") && other != name {
            // What cannot go now goes after the next run.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(name)
}

/// A file that is there whole or not at all.
fn whole(scratch: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", path))?;
    file.persist(path).map_err(|e| LakeError::Io { action: "writing", path: path.into(), source: e.error })?;
    let dir = path.parent().unwrap_or(path);
    File::open(dir).and_then(|d| d.sync_all()).map_err(LakeError::io("writing", dir))
}

fn table(path: &Path, batches: impl Iterator<Item = Result<RecordBatch>>) -> Result<()> {
    let broken = |e: parquet::errors::ParquetError| LakeError::Io {
        action: "writing",
        path: path.into(),
        source: std::io::Error::other(e),
    };
    let file = File::create(path).map_err(LakeError::io("creating", path))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer: Option<ArrowWriter<File>> = None;
    let kept = file.try_clone().map_err(LakeError::io("creating", path))?;
    for batch in batches {
        let batch = batch?;
        if writer.is_none() {
            let file = kept.try_clone().map_err(LakeError::io("creating", path))?;
            writer = Some(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone())).map_err(broken)?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch).map_err(broken)?;
        }
    }
    if let Some(writer) = writer {
        writer.close().map_err(broken)?;
    }
    file.sync_all().map_err(LakeError::io("writing", path))
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    RecordBatch::try_from_iter(columns).map_err(|e| LakeError::Invalid(e.to_string()))
}

fn numbers<T>(rows: &[T], of: impl Fn(&T) -> u64) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<UInt64Array>())
}

fn members(rows: &[Member]) -> Result<RecordBatch> {
    batch(vec![
        ("mention", numbers(rows, |m| m.mention)),
        ("source", Arc::new(rows.iter().map(|m| Some(&*m.source)).collect::<StringArray>())),
        ("_object", Arc::new(rows.iter().map(|m| Some(&*m.object)).collect::<StringArray>())),
        ("_row", Arc::new(rows.iter().map(|m| m.row).collect::<Int64Array>())),
        ("sealed", Arc::new(rows.iter().map(|m| Some(m.sealed)).collect::<BooleanArray>())),
        ("record", numbers(rows, |m| m.record)),
        ("person", numbers(rows, |m| m.person)),
        ("print", numbers(rows, |m| m.print)),
    ])
}

fn pairs(rows: &[Pair]) -> Result<RecordBatch> {
    batch(vec![
        ("left", numbers(rows, |p| p.left)),
        ("right", numbers(rows, |p| p.right)),
        ("bits", Arc::new(rows.iter().map(|p| p.bits).collect::<Float32Array>())),
        ("pattern", numbers(rows, |p| p.pattern)),
        ("flags", Arc::new(rows.iter().map(|p| p.flags).collect::<UInt8Array>())),
    ])
}

fn redirected(rows: &[(u64, u64)]) -> Result<RecordBatch> {
    batch(vec![("from", numbers(rows, |r| r.0)), ("to", numbers(rows, |r| r.1))])
}

/// Reads a folder.
pub fn read(folder: &Path) -> Result<Linkage> {
    let path = folder.join("state.json");
    let text = std::fs::read(&path).map_err(LakeError::io("reading", &path))?;
    let header: Header = serde_json::from_slice(&text).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
    let (mut found, mut evidence, mut redirects) = (Vec::new(), Vec::new(), HashMap::new());
    let mut texts: HashMap<String, Arc<str>> = HashMap::new();
    let mut once = |text: &str| texts.entry(text.to_string()).or_insert_with(|| text.into()).clone();
    each(&folder.join("members.parquet"), |b| {
        let (number, text) = (|c: usize| b.column(c).as_primitive::<UInt64Type>(), |c: usize| b.column(c).as_string::<i32>());
        let (rows, sealed) = (b.column(3).as_primitive::<Int64Type>(), b.column(4).as_boolean());
        found.extend((0..b.num_rows()).map(|i| Member {
            mention: number(0).value(i),
            source: once(text(1).value(i)),
            object: once(text(2).value(i)),
            row: rows.value(i),
            sealed: sealed.value(i),
            record: number(5).value(i),
            person: number(6).value(i),
            print: number(7).value(i),
        }));
    })?;
    each(&folder.join("pairs.parquet"), |b| {
        let number = |c: usize| b.column(c).as_primitive::<UInt64Type>();
        let (bits, flags) = (b.column(2).as_primitive::<Float32Type>(), b.column(4).as_primitive::<UInt8Type>());
        evidence.extend((0..b.num_rows()).map(|i| Pair {
            left: number(0).value(i),
            right: number(1).value(i),
            bits: bits.value(i),
            pattern: number(3).value(i),
            flags: flags.value(i),
        }));
    })?;
    each(&folder.join("redirects.parquet"), |b| {
        let number = |c: usize| b.column(c).as_primitive::<UInt64Type>();
        redirects.extend((0..b.num_rows()).map(|i| (number(0).value(i), number(1).value(i))));
    })?;
    Ok(Linkage::new(header, found, evidence, redirects))
}

fn each(path: &Path, mut f: impl FnMut(&RecordBatch)) -> Result<()> {
    let broken = |e: &dyn std::fmt::Display| LakeError::Invalid(format!("{}: {e}. Run `sarovar resolve --full`", path.display()));
    let file = File::open(path).map_err(LakeError::io("opening", path))?;
    if file.metadata().is_ok_and(|m| m.len() == 0) {
        return Ok(());
    }
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.with_batch_size(ROWS).build()).map_err(|e| broken(&e))?;
    for batch in reader {
        f(&batch.map_err(|e| broken(&e))?);
    }
    Ok(())
}
